"""`headcount serve`: the process, its data directory, its socket and its stop."""

from __future__ import annotations

import socket
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from headcount.fleet import simulate
from headcount.ingest import load_key
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import captures
from tests.support.command import headcount
from tests.support.reports import REPORT, report
from tests.support.serving import serving


def test_what_was_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    """Also after the server was killed between the acknowledgement and the load, and asked without a server."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        assert served.post("/v1/reports", REPORT).status == 202
        served.process.kill()
        served.process.wait()
    asked = headcount("ask", "installs", "--data", str(data), "--format", "csv")
    assert asked.stdout.splitlines() == [
        "state,installations,share",
        "alive,1,1.0",
        "confirmed,0,0.0",
        "unconfirmed,1,1.0",
        "new,1,1.0",
        "set apart,0,0.0",
        "lapsed,0,0.0",
    ]
    with serving(data, tmp_path / "stderr") as served:
        assert served.ever_seen() == 1


@pytest.mark.ci
def test_a_command_finds_what_was_sent_just_before(tmp_path: Path) -> None:
    """What comes first is loaded at once; what comes next waits, unless a command asks."""
    with serving(tmp_path / "data", tmp_path / "stderr", "--load-seconds", "3600") as served:
        assert served.post("/v1/reports", report(1)).status == 202
        served.wait_for_installations(1)
        for number in (2, 3):
            assert served.post("/v1/reports", report(number)).status == 202
            assert served.ever_seen() == number - 1
            asked = headcount("ask", "installs", "--data", served.data, "--format", "csv").stdout
            assert f"alive,{number}," in asked
        assert served.post("/v1/reports", report(4)).status == 202
        assert served.stop() == ""
    assert "alive,4," in headcount("ask", "installs", "--data", tmp_path / "data", "--format", "csv").stdout


@pytest.mark.ci
def test_large_reports_are_read_before_the_end(tmp_path: Path) -> None:
    """Stock hears 200 at once; what it sent just before the server stops is read, and kept."""
    data, errors = tmp_path / "data", tmp_path / "stderr"
    bodies = [
        {
            **captures.body("430-min-basic"),
            "installid": f"{number:040x}",
            "builders": [[f"a.B{n}" for n in range(250_000)]],
        }
        for number in range(2)
    ]
    with serving(data, errors) as served:
        for body in bodies:
            assert served.post("/events/phone_home", body).status == 200
        assert served.stop() == ""
    with serving(data, errors) as served:
        assert served.ever_seen() == len(bodies)


def test_commands_go_through_the_running_server(tmp_path: Path) -> None:
    """The warehouse has one owner: a command asks it by the socket in the data directory, and gets the same answer."""
    data = tmp_path / ("deep" * 12) / ("deeper" * 12)  # longer than a socket's address may be
    with serving(data, tmp_path / "stderr") as served:
        assert served.post("/v1/reports", REPORT).status == 202
        served.wait_for_installations(1)
        asked = headcount("ask", "environments", "--by", "db", "--data", data, "--format", "csv", as_process=True)
        assert asked.stdout.splitlines() == ["value,installations,share", "sqlite,1,1.0"], asked.stderr
        mode = (data / "headcount.sock").stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) & 0o077 == 0
        fleet = str(tmp_path / "fleet.ndjson")
        written = headcount("simulate", "--installs", "6", "--days", "60", "--out", fleet)
        assert written.returncode == 0, written.stderr
        added = headcount("import", fleet, "--data", str(data))
        assert added.returncode == 0, added.stderr
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        made = {event.truth.install for event in simulate(6, 60, 1, yesterday)} - {None}
        assert made
        served.wait_for_installations(1 + len(made))
        assert served.stop() == ""
    assert not (data / "headcount.sock").exists()


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    """One sentence, no traceback; a port in use likewise."""
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        second = headcount("serve", "--data", served.data, "--port", "0", as_process=True)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.count("\n") == 1
        assert "another process works on" in second.stderr
        third = headcount(
            "serve", "--data", tmp_path / "other", "--port", served.url.rpartition(":")[2], as_process=True
        )
        assert third.returncode == 1
        assert third.stderr.count("\n") == 1
        assert "is in use: stop what uses it, or give another --port" in third.stderr


def _foreign(path: Path) -> None:
    path.mkdir()
    (path / "thesis.tex").write_text("x")


def _newer(path: Path) -> None:
    path.mkdir()
    (path / "HEADCOUNT").write_text("headcount-data 99\n")


def _damaged(path: Path) -> None:
    path.mkdir()
    (path / "HEADCOUNT").write_text("something else")


def _file(path: Path) -> None:
    path.write_text("x")


def _another_key(path: Path) -> None:
    path.mkdir()
    (path / "HEADCOUNT").write_text("headcount-data 1\n")
    load_key(path / "pseudonym.key")
    with closing(DuckWarehouse(path / "warehouse.duckdb", "another")):
        pass


def _no_key(path: Path) -> None:
    _another_key(path)
    (path / "pseudonym.key").unlink()


def _bad_key(path: Path) -> None:
    path.mkdir()
    (path / "HEADCOUNT").write_text("headcount-data 1\n")
    (path / "pseudonym.key").write_text("short")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_foreign, "is not empty, and no data directory of Headcount's: give another one with --data"),
        (_newer, "was written by a newer Headcount (data version 99): install that one"),
        (_damaged, "is no data directory of Headcount's"),
        (_file, "is a file: give a directory with --data"),
        (_another_key, "was made with another pseudonym key: put the original back"),
        (_no_key, "pseudonym.key is missing: put it back"),
        (_bad_key, "put the original back"),
    ],
)
def test_data_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, make: Any, says: str) -> None:
    """One sentence that says what to do, exit status 1, and every file as it was."""
    data = tmp_path / "data"
    make(data)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    refused = headcount("serve", "--data", data, "--port", "0", as_process=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before


def test_asking_where_there_is_no_data_makes_none(tmp_path: Path) -> None:
    """A mistyped directory is not created."""
    refused = headcount("ask", "installs", "--data", str(tmp_path / "typo"))
    assert refused.returncode == 1
    assert "there is no data directory" in refused.stderr
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"])
def test_an_address_that_is_not_here_is_refused(tmp_path: Path, host: str) -> None:
    """One sentence."""
    refused = headcount("serve", "--data", tmp_path / "data", "--host", host, "--port", "0", as_process=True)
    assert refused.returncode == 1
    assert f"cannot listen on {host}" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_dead_servers_socket_is_no_obstacle(tmp_path: Path) -> None:
    """It is replaced, since who owns the warehouse owns the socket."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "HEADCOUNT").write_text("headcount-data 1\n")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(data / "headcount.sock"))
    with serving(data, tmp_path / "stderr") as served:
        assert headcount("ask", "installs", "--data", str(served.data)).returncode == 0
