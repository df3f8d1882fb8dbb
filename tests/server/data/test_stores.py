"""Where the warehouse of a data directory is: what is refused at a first use, and where its password is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount import settings
from headcount.server.data.directory import open_directory
from headcount.warehouse.clickhouse import _tables as tables
from headcount.warehouse.clickhouse import read_address
from tests.support.clickhouse import PASSWORD, READER, Cluster, clickhouse_missing
from tests.support.clickhouse.ports import free_ports
from tests.support.command import headcount
from tests.support.requires import require
from tests.support.shared import WRONG, assert_refused, on_each, sentence, url_of


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two shards, with a user that has a password and one that may only read."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)


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
    assert_refused(tmp_path / "data", url, says)


def test_a_url_with_a_password_is_refused_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lists processes would read it; on standard error it would be in a log."""
    url = f"clickhouse://counter:{WRONG.replace(' ', '-')}@example.org/headcount"
    assert headcount("token", f"--data={tmp_path / 'data'}").returncode == 0
    done = headcount("ask", "installs", f"--data={tmp_path / 'data'}", f"--warehouse={url}")
    assert "holds a password" in sentence(done)
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE", url)
    for command in ("serve", "ingest"):
        done = headcount(command, f"--data={tmp_path / 'data'}")
        assert "must hold no password" in sentence(done)
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
    assert_refused(tmp_path / "data", f"clickhouse://127.0.0.1:{port}/headcount", "cannot be reached")


@pytest.mark.ci
def test_what_will_not_do_is_said_before_anything_is_made(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too old, no such cluster, without rights, a wrong password, somebody else's tables, a newer Headcount's."""
    data = tmp_path / "data"
    with monkeypatch.context() as patch:
        patch.setattr(tables, "OLDEST", (99, 1))
        assert_refused(data, url_of(cluster), "is 18.16.1: Headcount needs 99.1 or newer")
    assert_refused(data, url_of(cluster, name="three"), "knows no cluster three: give the name")
    assert_refused(data, url_of(cluster, user=READER), "refused the user or the password")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", "")
    assert_refused(data, url_of(cluster, user=READER), "lacks rights on the ClickHouse server")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", WRONG)
    assert_refused(data, url_of(cluster), "refused the user or the password")
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    one = "(number UInt32) ENGINE = MergeTree ORDER BY tuple()"
    on_each(cluster, "CREATE DATABASE theirs", f"CREATE TABLE theirs.theirs {one}")
    assert_refused(data, url_of(cluster, "theirs"), "holds tables that are none of Headcount's")
    newer = "newer.schema_local"
    on_each(cluster, "CREATE DATABASE newer", f"CREATE TABLE {newer} {one}", f"INSERT INTO {newer} SELECT 99")
    assert_refused(data, url_of(cluster, "newer"), "was written by a newer Headcount (schema 99): install that one")


def test_a_directory_with_a_file_of_its_own_is_of_no_other_warehouse(tmp_path: Path) -> None:
    """It would begin anew there, and what is in the file would be in no answer."""
    data = tmp_path / "data"
    assert headcount("token", f"--data={data}").returncode == 0
    assert headcount("publish", f"--data={data}").returncode == 1  # makes the file, and nothing is published
    done = headcount("ask", "installs", f"--data={data}", "--warehouse=clickhouse://127.0.0.1:9/headcount")
    assert "has its warehouse in a file of its own, warehouse.duckdb" in sentence(done)


def test_a_url_that_differs_in_replicas_is_of_another_warehouse(tmp_path: Path) -> None:
    """Without it loads would not wait for a second replica, and answers could be of one that lags behind."""
    data, url = tmp_path / "data", "clickhouse://127.0.0.1:9/headcount?cluster=main"
    for remembered, given in ((f"{url}&replicas=yes", url), (url, f"{url}&replicas=yes")):
        open_directory(data, create=True).remember_url(remembered)
        done = headcount("ask", "installs", f"--data={data}", f"--warehouse={given}")
        assert f"is of the warehouse {remembered}, and not of clickhouse://default@127.0.0.1:9/" in sentence(done)


def test_commands_that_need_no_cluster_import_no_driver() -> None:
    """Nor does who uses a cluster import DuckDB, but for files of Parquet."""
    code = (
        "import sys; from headcount.server.data import opened, stores; "
        "assert not {'duckdb', 'clickhouse_driver'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
