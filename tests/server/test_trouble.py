"""A server in trouble: a full disk, a read-only one, damaged files. It stays up, keeps what is good, and recovers."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from headcount.server.commands.connection import running_server
from headcount.server.data.directory import DataDirectory
from tests.support import captures
from tests.support.command import headcount
from tests.support.disks import disk
from tests.support.reports import PHONE_HOME, REPORT, REPORTS, report
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until


def _wait_until_taken(server: Served, number: int) -> None:
    wait_until(lambda: server.post(REPORTS, report(number)).status == 202, "reports are taken again")


def test_a_full_disk(tmp_path: Path) -> None:
    """Our reporter hears 503 and when to try again, stock 200; what was acknowledged is there once there is room."""
    with disk(tmp_path / "disk", 64) as small, serving(small.path / "data", tmp_path / "stderr") as server:
        for number in range(20):
            assert server.post(REPORTS, report(number)).status == 202
        server.wait_for_installations(20)
        small.fill()
        wait_until(lambda: server.post(REPORTS, report(99)).status == 503, "the disk is full for the server too")
        refused = server.post(REPORTS, report(99))
        assert (refused.status, refused.headers["retry-after"]) == (503, "60")
        nameless = {key: value for key, value in REPORT.items() if key != "installid"}
        assert server.post(REPORTS, nameless).status == 503  # its count is to be as durable as any
        assert server.post(PHONE_HOME, captures.body("430-min-basic")).status == 200
        assert server.process.poll() is None
        small.empty()
        _wait_until_taken(server, 20)
        server.wait_for_installations(22)  # the report of stock was kept in memory
        assert server.post(REPORTS, nameless).status == 202
        log = server.stop()
        assert "full" in log
        assert log.count("\n") < 20
    assert "Traceback" not in log


@pytest.mark.ci
def test_a_start_on_a_full_disk_is_no_crash_loop(tmp_path: Path) -> None:
    """It comes up, refuses honestly, and takes reports when there is room."""
    with disk(tmp_path / "disk", 64) as small:
        data = small.path / "data"
        with serving(data, tmp_path / "stderr") as server:
            assert server.post(REPORTS, report(1)).status == 202
            server.wait_for_installations(1)
            server.process.kill()
            server.process.wait()
        (data / "headcount.sock").unlink()  # or its place would do for the next one
        small.fill()
        with serving(data, tmp_path / "stderr") as server:
            assert server.post(REPORTS, report(2)).status == 503
            assert not _commanded(data)
            small.empty()
            _wait_until_taken(server, 3)
            wait_until(lambda: _installations(server) == 2, "all are answered")
            _obeys(data)
            assert "Traceback" not in server.stop()


def test_a_read_only_disk(tmp_path: Path) -> None:
    """Likewise: it serves what it can, and writes when it may."""
    with disk(tmp_path / "disk", 64) as small:
        data = small.path / "data"
        with serving(data, tmp_path / "stderr") as server:
            assert server.post(REPORTS, report(1)).status == 202
            server.wait_for_installations(1)
            assert server.stop() == ""
        small.remount("ro")
        with serving(data, tmp_path / "stderr") as server:
            refused = server.post(REPORTS, report(2))
            assert (refused.status, refused.headers["retry-after"]) == (503, "60")
            assert server.post(PHONE_HOME, captures.body("430-min-basic")).status == 200
            assert not _commanded(data)
            small.remount("rw")
            _wait_until_taken(server, 2)
            wait_until(lambda: _installations(server) == 3, "all are answered")
            _obeys(data)
            assert "Traceback" not in server.stop()


def test_a_damaged_inbox_is_set_aside_and_what_is_good_is_kept(tmp_path: Path) -> None:
    """The rows of good pages are loaded, each as it was written; reports are taken in meanwhile."""
    data = tmp_path / "data"
    path = data / "inbox" / "serve.sqlite"
    with serving(data, tmp_path / "stderr") as server:
        assert server.stop() == ""
    warehouse = (data / "warehouse.duckdb").read_bytes()
    (data / "warehouse.duckdb").write_bytes(b"unreadable" * 1000)  # so that all reports wait in the inbox
    with serving(data, tmp_path / "stderr") as server:
        for number in range(400):
            assert server.post(REPORTS, report(number)).status == 202
        server.stop()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = db.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    assert len(content) > 20 * size
    start = random.Random(4).randrange(8, len(content) // size - 8) * size
    content[start : start + 2 * size] = random.Random(5).randbytes(2 * size)
    path.write_bytes(content)
    (data / "warehouse.duckdb").write_bytes(warehouse)
    with serving(data, tmp_path / "stderr") as server:
        _wait_until_taken(server, 1000)
        wait_until(lambda: 300 < server.ever_seen() < 401, "most reports are loaded")
        log = server.stop()
    assert list(path.parent.glob("serve.sqlite.damaged-*"))
    assert "the inbox was damaged" in log
    assert "Traceback" not in log


def test_an_inbox_that_is_no_database_any_more(tmp_path: Path) -> None:
    """It is set aside, as it is, and a new one made."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as server:
        assert server.stop() == ""
    for part in (data / "inbox").glob("serve.sqlite*"):
        part.write_text("no database " * 2000)
    with serving(data, tmp_path / "stderr") as server:
        _wait_until_taken(server, 1)
        server.wait_for_installations(1)
        assert "the inbox was damaged" in server.stop()
    (aside,) = (data / "inbox").glob("serve.sqlite.damaged-*Z")
    assert aside.read_text() == "no database " * 2000


def test_a_damaged_warehouse_loses_nothing_that_is_acknowledged(tmp_path: Path) -> None:
    """Reports are taken and wait; questions hear 503; once a good file is in its place all of it is answered."""
    data = tmp_path / "data"
    path = data / "warehouse.duckdb"
    with serving(data, tmp_path / "stderr") as server:
        assert server.post(REPORTS, report(1)).status == 202
        server.wait_for_installations(1)
        assert server.stop() == ""
    good = path.read_bytes()
    for bad in (good[: len(good) // 2], b"no database " * 2000):
        path.write_bytes(bad)
        with serving(data, tmp_path / "stderr") as server:
            assert server.post(REPORTS, report(2)).status == 202
            signed_in = {"Authorization": f"Bearer {server.token}"}
            asked = server.request("GET", "/api/ask/installs", headers=signed_in)
            assert (asked.status, asked.headers["retry-after"]) == (503, "60")
            assert "headcount doctor" in asked.json()["problem"]
            assert server.request("GET", "/", headers=signed_in).status == 503
            assert path.read_bytes() == bad
            path.unlink()
            path.write_bytes(good)
            wait_until(lambda: _installations(server) == 2, "the good file is opened")
            log = server.stop()
        assert "Traceback" not in log
        assert log.count("\n") < 10
    path.write_bytes(b"no database " * 2000)
    refused = headcount("ask", "installs", "--data", str(data))
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "cannot be opened as a warehouse" in refused.stderr


def _commanded(data: Path) -> bool:
    """Whether commands reach the server that runs on a data directory."""
    with running_server(DataDirectory(data)) as server:
        return server is not None


def _obeys(data: Path) -> None:
    """The server does what only the owner of the warehouse can."""
    wait_until(lambda: _commanded(data), "commands reach the server")
    assert "the warehouse can be read: " in headcount("doctor", "--rebuild", "--data", str(data)).stdout
    made = headcount("backup", f"{data}.kept", "--data", str(data))
    assert (made.returncode, made.stderr) == (0, "")


def _installations(server: Served) -> int | None:
    asked = server.request("GET", "/api/ask/installs", headers={"Authorization": f"Bearer {server.token}"})
    denominator: int | None = asked.json().get("denominator")
    return denominator
