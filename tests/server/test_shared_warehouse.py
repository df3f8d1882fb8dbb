"""A warehouse in ClickHouse: what is refused at a first use, where its password is, and processes beside each other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount import settings
from headcount.server.data.directory import DataDirectory
from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse, read_address
from headcount.warehouse.clickhouse import _servers as servers
from headcount.warehouse.clickhouse._connection import ClickHouse
from tests.support.certificates import Authority
from tests.support.clickhouse import NAME, PASSWORD, READER, USER, Cluster, clickhouse_missing
from tests.support.clickhouse.ports import free_ports
from tests.support.command import Done, headcount
from tests.support.reports import report
from tests.support.requires import require
from tests.support.serving import Served, ingesting, serving
from tests.support.waiting import wait_until

AT_FIRST = {"HEADCOUNT", "NEW", "inbox"}
"""What is in a data directory before a warehouse was used."""

WRONG = "no such horse"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two shards, with a user that has a password and one that may only read."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)


def _url(cluster: Cluster, database: str = "headcount", user: str = USER, name: str = NAME) -> str:
    return f"clickhouse://{user}@127.0.0.1:{cluster.ports[0]}/{database}?cluster={name}"


def _on_each(cluster: Cluster, *statements: str) -> None:
    """Run statements on each server."""
    for port in cluster.ports:
        with closing(ClickHouse(Address("127.0.0.1", port, USER, "default", password=PASSWORD))) as connection:
            for statement in statements:
                connection.execute(statement)


def _sentence(done: Done) -> str:
    """Return the one sentence in which a command is refused."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("headcount: ")
    assert line.endswith(".")
    assert PASSWORD not in line
    assert WRONG not in line
    return line.removeprefix("headcount: ")


def _refused(data: Path, url: str, says: str) -> None:
    """`serve`, `ingest` and a command say the same, before anything is made."""
    for command in (("serve", "--port=0"), ("ingest", "--port=0"), ("token",)):
        assert says in _sentence(headcount(*command, f"--data={data}", f"--warehouse={url}"))
        assert {path.name for path in data.iterdir()} == AT_FIRST
        assert not [*(data / "inbox").iterdir()]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "postgres://somebody@example.org/headcount",
            "the URL of the warehouse cannot be read: it looks like clickhouse://",
        ),
        ("clickhouse://somebody@example.org:x/headcount", "the URL of the warehouse cannot be read"),
        ("clickhouse://somebody@example.org/", "names no database of letters, digits and _"),
        (
            "clickhouse://somebody@example.org/headcount?replicas=yes",
            "replicas=, which is yes, and stands beside cluster=",
        ),
    ],
)
def test_a_url_that_cannot_be_read_is_said(tmp_path: Path, url: str, says: str) -> None:
    """In one sentence, without the URL, before anything is made."""
    _refused(tmp_path / "data", url, says)


def test_a_url_with_a_password_is_refused_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lists processes would read it; on standard error it would be in a log."""
    url = f"clickhouse://counter:{WRONG.replace(' ', '-')}@example.org/headcount"
    assert headcount("token", f"--data={tmp_path / 'data'}").returncode == 0
    done = headcount("ask", "installs", f"--data={tmp_path / 'data'}", f"--warehouse={url}")
    assert "holds a password" in _sentence(done)
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE", url)
    for command in ("serve", "ingest"):
        done = headcount(command, f"--data={tmp_path / 'data'}")
        assert "must hold no password" in _sentence(done)
        assert WRONG.replace(" ", "-") not in done.stderr


def test_secrets_are_in_no_flag_and_no_text_of_the_settings() -> None:
    """Nor in that of the address that is made of them."""
    given = settings.Settings(warehouse_password=WRONG)
    assert WRONG not in repr(given)
    assert settings.flag("warehouse_password") == ""
    address = read_address("clickhouse://counter@example.org/headcount", WRONG)
    assert WRONG not in f"{address} {address!r} {address.at('example.net', 9000)!r}"


def test_nobody_there(tmp_path: Path) -> None:
    """A first use is refused: an address with an error in it would be remembered."""
    (port,) = free_ports(1)
    _refused(tmp_path / "data", f"clickhouse://127.0.0.1:{port}/headcount", "cannot be reached")


@pytest.mark.ci
def test_what_will_not_do_is_said_before_anything_is_made(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too old, no such cluster, without rights, a wrong password, somebody else's tables, a newer Headcount's."""
    data = tmp_path / "data"
    with monkeypatch.context() as patch:
        patch.setattr(servers, "OLDEST", (99, 1))
        _refused(data, _url(cluster), "is 18.16.1: Headcount needs 99.1 or newer")
    _refused(data, _url(cluster, name="three"), "knows no cluster three: give the name")
    _refused(data, _url(cluster, user=READER), "refused the user or the password")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", "")
    _refused(data, _url(cluster, user=READER), "lacks rights on the ClickHouse server")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", WRONG)
    _refused(data, _url(cluster), "refused the user or the password")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    one = "(number UInt32) ENGINE = MergeTree ORDER BY tuple()"
    _on_each(cluster, "CREATE DATABASE theirs", f"CREATE TABLE theirs.theirs {one}")
    _refused(data, _url(cluster, "theirs"), "holds tables that are none of Headcount's")
    newer = "newer.schema_local"
    _on_each(cluster, "CREATE DATABASE newer", f"CREATE TABLE {newer} {one}", f"INSERT INTO {newer} SELECT 99")
    _refused(data, _url(cluster, "newer"), "was written by a newer Headcount (schema 99): install that one")


def _warehouse(cluster: Cluster, database: str = "headcount") -> ClickHouseWarehouse:
    return ClickHouseWarehouse(read_address(_url(cluster, database), PASSWORD))


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
    url = _url(cluster)
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
            done = headcount("ask", "installs", f"--data={here}", f"--warehouse={_url(cluster, 'elsewhere')}")
            assert "is of the warehouse" in _sentence(done)
            assert (beside.stop(), same.stop()) == ("", "")
        settings_page = served.request("GET", "/privacy").body.decode()
        assert PASSWORD not in settings_page
        assert served.stop() == ""
    says = f"holds pseudonyms of a key that is not here: copy pseudonym.key of a data directory that has it to {other}"
    _refused(other, url, says)
    key = DataDirectory(other).key
    key.write_bytes((here / key.name).read_bytes()[::-1])
    key.chmod(0o600)
    assert "was made with another pseudonym key" in _sentence(
        headcount("token", f"--data={other}", f"--warehouse={url}")
    )
    for command in (("backup", tmp_path / "b"), ("restore", tmp_path / "b"), ("restore", "--empty"), ("rotate-key",)):
        assert "headcount" not in _sentence(headcount(*command, f"--data={here}")).partition(" ")[0]
    done = headcount("ask", "installs", "--format=csv", f"--data={here}")
    assert "alive,8," in done.stdout, done.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


@pytest.mark.soak
def test_a_cluster_that_speaks_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To who trusts its authority; whoever does not, or speaks in the clear, is refused, and sends no password."""
    require(clickhouse_missing())
    (tmp_path / "other").mkdir()
    authority, other = Authority(tmp_path), Authority(tmp_path / "other").file
    with Cluster(tmp_path / "cluster", authority=authority) as cluster:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.secure_ports[0]}/headcount?cluster={NAME}"
        data = tmp_path / "data"
        _refused(data, url, "cannot be reached, or broke off")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_TLS", "yes")
        _refused(data, url, "cannot be reached, or broke off")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(other))
        _refused(data, url, "cannot be reached, or broke off")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(tmp_path / "none.pem"))
        _refused(data, url, "which warehouse_ca names, cannot be read")
        monkeypatch.setenv("HEADCOUNT_WAREHOUSE_CA", str(authority.file))
        simulate = ("simulate", "--installs=5", "--days=40", f"--into={data}", f"--warehouse={url}")
        assert headcount(*simulate).returncode == 0
        assert headcount("ask", "installs", f"--data={data}").returncode == 0


@pytest.mark.soak
def test_one_process_publishes_and_the_others_show_it(cluster: Cluster, tmp_path: Path) -> None:
    """Of three that publish the same week at the same moment one does, whatever k each was told; all have the same file.

    Where one is killed in the middle the next one does it. A server fetches what was published elsewhere.
    """
    url = _url(cluster, "publishing")
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


def test_a_directory_with_a_file_of_its_own_is_of_no_other_warehouse(tmp_path: Path) -> None:
    """It would begin anew there, and what is in the file would be in no answer."""
    data = tmp_path / "data"
    assert headcount("token", f"--data={data}").returncode == 0
    assert headcount("publish", f"--data={data}").returncode == 1  # makes the file, and nothing is published
    done = headcount("ask", "installs", f"--data={data}", "--warehouse=clickhouse://127.0.0.1:9/headcount")
    assert "has its warehouse in a file of its own, warehouse.duckdb" in _sentence(done)


def test_commands_that_need_no_cluster_import_no_driver() -> None:
    """Nor does who uses a cluster import DuckDB, but for files of Parquet."""
    code = (
        "import sys; from headcount.server.data import opened, stores; "
        "assert not {'duckdb', 'clickhouse_driver'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
