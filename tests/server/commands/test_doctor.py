"""`headcount doctor`: what it says of reports that cannot be loaded."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox
from headcount.server.data.directory import open_directory
from headcount.server.data.inboxes import open_key
from tests.support.command import headcount
from tests.support.reports import REPORTS, report
from tests.support.serving import serving
from tests.support.waiting import wait_until

CONTENT = Profile("headcount", "basic").canonical()


@pytest.mark.ci
def test_rows_that_could_not_be_loaded_are_named(tmp_path: Path) -> None:
    """How many, since when, and that the others were: for a week it is wrong, and then it is known."""
    data = tmp_path / "data"
    directory = open_directory(data, create=True)
    open_key(directory)
    now = int(time.time())
    with closing(Inbox(directory.inbox("serve"), owner=True)) as inbox:
        old = Arrival(now - 30 * 86_400, 1, 1, CONTENT)
        inbox.append([old, old._replace(install=2, profile=2, content=b"zqx")])
        assert headcount("ask", "installs", "--data", data).returncode == 0
        known = headcount("doctor", "--data", data)
        inbox.append([old._replace(received=-1), old._replace(install=3)])
        asked = headcount("ask", "installs", "--data", data, "--format=csv")
        wrong = headcount("doctor", "--data", data)
    day, today = (datetime.fromtimestamp(at, UTC).date() for at in (old.received, now))
    assert "alive,2," in asked.stdout
    assert (known.returncode, wrong.returncode) == (0, 1)
    assert (
        f"well   arrivals that could not be loaded and were left out: 1 since {day}, the last on {day};" in known.stdout
    )
    assert (
        f"WRONG  arrivals that could not be loaded and were left out: 2 since {day}, the last on {today};"
        in wrong.stdout
    )
    assert "zqx" not in wrong.stdout


@pytest.mark.ci
def test_a_server_that_cannot_load_says_so(tmp_path: Path) -> None:
    """Beside what is wrong with the file; once it can, it says nothing of it."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        served.stop()
    good = (data / "warehouse.duckdb").read_bytes()
    (data / "warehouse.duckdb").write_bytes(b"no database " * 2000)
    with serving(data, tmp_path / "stderr") as served:
        assert served.post(REPORTS, report(1)).status == 202
        wait_until(lambda: "cannot be loaded, and" in headcount("doctor", "--data", data).stdout, "the doctor says so")
        (data / "warehouse.duckdb").unlink()
        (data / "warehouse.duckdb").write_bytes(good)
        wait_until(lambda: "cannot be loaded, and" not in headcount("doctor", "--data", data).stdout, "all is well")
        assert served.ever_seen() == 1
