"""Processes beside each other over one warehouse in ClickHouse."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount.server.data.directory import DataDirectory
from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse import ClickHouseWarehouse, read_address
from tests.support.certificates import Authority
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.command import headcount
from tests.support.reports import report
from tests.support.requires import require
from tests.support.serving import Served, ingesting, serving
from tests.support.shared import assert_refused, sentence, url_of
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two shards, with a user that has a password and one that may only read."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)


def _warehouse(cluster: Cluster, database: str = "headcount") -> ClickHouseWarehouse:
    return ClickHouseWarehouse(read_address(url_of(cluster, database), PASSWORD))


def _wait_for(warehouse: Warehouse, installs: int) -> None:
    def seen() -> bool:
        with warehouse.snapshot() as snapshot:
            return len(snapshot.query("SELECT install FROM latest", {})) == installs

    wait_until(seen, f"{installs} installations are in the warehouse")


def _status(served: Served, number: int) -> int:
    return served.post("/v1/reports", report(number)).status


@pytest.mark.soak
def test_processes_share_the_key_and_the_cluster_alone(cluster: Cluster, tmp_path: Path) -> None:
    """A server, and an ingest process on a directory of its own: a copy of the first one's, with the inboxes in it.

    Each report is there once, whoever took it; the password is in no output, no file and no list of processes; another
    key, and another warehouse, are refused.
    """
    here, there, other = tmp_path / "here", tmp_path / "there", tmp_path / "other"
    url = url_of(cluster)
    with serving(here, tmp_path / "served", f"--warehouse={url}") as served, closing(_warehouse(cluster)) as warehouse:
        assert [_status(served, number) for number in (1, 2, 3)] == [202] * 3
        _wait_for(warehouse, 3)
        shutil.copytree(here, there, ignore=shutil.ignore_patterns("*.sock"))
        with ingesting(there, tmp_path / "beside", "--load-seconds=0") as beside, \
             ingesting(here, tmp_path / "same", "--load-seconds=0") as same:  # fmt: skip
            for number, to in enumerate((beside, same, served, beside, same, beside), 3):
                assert _status(to, number) == 202
            _wait_for(warehouse, 8)
            listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
            assert PASSWORD not in listed
            doctor = headcount("doctor", f"--data={here}")
            assert f"well   the warehouse is {url}\n" in doctor.stdout
            assert PASSWORD not in doctor.stdout + doctor.stderr
            done = headcount("ask", "installs", f"--data={here}", f"--warehouse={url_of(cluster, 'elsewhere')}")
            assert "is of the warehouse" in sentence(done)
            assert (beside.stop(), same.stop()) == ("", "")
        settings_page = served.request("GET", "/privacy").body.decode()
        assert PASSWORD not in settings_page
        assert served.stop() == ""
    says = f"holds pseudonyms of a key that is not here: copy pseudonym.key of a data directory that has it to {other}"
    assert_refused(other, url, says)
    key = DataDirectory(other).key
    key.write_bytes((here / key.name).read_bytes()[::-1])
    key.chmod(0o600)
    assert "was made with another pseudonym key" in sentence(
        headcount("token", f"--data={other}", f"--warehouse={url}")
    )
    frozen = f"the warehouse {url} is on its servers: what they kept at `headcount freeze` is put back there"
    for command, begins in (
        (("backup", tmp_path / "b"), f"the warehouse {url} is on its servers: `headcount freeze NAME` has them keep"),
        (("restore", tmp_path / "b"), frozen),
        (("restore", "--empty"), frozen),
        (("rotate-key",), "other processes may load under the key into this warehouse"),
    ):
        assert sentence(headcount(*command, f"--data={here}")).startswith(begins)
    done = headcount("ask", "installs", "--format=csv", f"--data={here}")
    assert "alive,8," in done.stdout, done.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


@pytest.mark.soak
def test_a_cluster_that_speaks_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To who trusts its authority; whoever does not, or speaks in the clear, is refused."""
    require(clickhouse_missing())
    (tmp_path / "other").mkdir()
    authority, other = Authority(tmp_path), Authority(tmp_path / "other").file
    with Cluster(tmp_path / "cluster", authority=authority) as cluster:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.secure_ports[0]}/headcount?cluster={NAME}"
        data = tmp_path / "data"
        assert_refused(data, url, "cannot be reached, or broke off")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_TLS", "yes")
        assert_refused(data, url, "is not trusted: ")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(other))
        assert_refused(data, url, "is not trusted: ")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(tmp_path / "none.pem"))
        assert_refused(data, url, "which warehouse_ca names, cannot be read")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(authority.file))
        simulate = ("simulate", "--installs=5", "--days=40", f"--into={data}", f"--warehouse={url}")
        assert headcount(*simulate).returncode == 0
        assert headcount("ask", "installs", f"--data={data}").returncode == 0


@pytest.mark.soak
def test_one_process_publishes_and_the_others_show_it(cluster: Cluster, tmp_path: Path) -> None:
    """Of three that publish the same week at the same moment one does, whatever k each was told; all have the same file.

    Where one is killed in the middle the next one does it. A server fetches what was published elsewhere.
    """
    url = url_of(cluster, "publishing")
    places = [tmp_path / name for name in ("one", "two", "three")]
    simulate = ("simulate", "--installs=80", "--days=100", f"--into={places[0]}", f"--warehouse={url}")
    assert headcount(*simulate).returncode == 0
    for place in places[1:]:
        place.mkdir(mode=0o700)
        shutil.copy(places[0] / "pseudonym.key", place)
        assert headcount("token", f"--data={place}", f"--warehouse={url}").returncode == 0
    command = [sys.executable, "-m", "headcount", "publish", f"--warehouse={url}"]
    killed = subprocess.Popen([*command, f"--data={places[0]}"])
    wait_until((places[0] / "warehouse.url").exists, "it began")
    killed.kill()
    killed.wait()
    racing = [
        subprocess.Popen([*command, f"--data={place}", f"--k={k}"], stdout=subprocess.PIPE, text=True)
        for k, place in enumerate(places, 5)
    ]
    said = [process.communicate(timeout=120)[0] for process in racing]
    assert sorted("is published" in each for each in said) == [False, False, True], said
    files = [next((place / "publications").iterdir()) for place in places]
    assert len({file.name for file in files}) == 1
    assert len({file.read_bytes() for file in files}) == 1
    published = files[2].read_bytes()
    files[2].unlink()
    with serving(places[2], tmp_path / "served") as served:
        wait_until(files[2].exists, "what was published was fetched")
        assert files[2].read_bytes() == published
        assert served.request("GET", "/public").status == 200


@pytest.mark.soak
def test_servers_that_hang_hold_up_no_start(cluster: Cluster, tmp_path: Path) -> None:
    """A process starts all the same over a warehouse that it used before, and takes reports, which are loaded later."""
    data, url = tmp_path / "data", url_of(cluster, "hanging")
    with ingesting(data, tmp_path / "first", f"--warehouse={url}") as first:
        assert _status(first, 1) == 202
    cluster.pause(0)
    try:
        with ingesting(data, tmp_path / "second", "--load-seconds=0") as second:
            assert _status(second, 2) == 202
            cluster.resume(0)
            with closing(_warehouse(cluster, "hanging")) as warehouse:
                _wait_for(warehouse, 2)
    finally:
        cluster.resume(0)
