"""`headcount doctor`: what it says of the data directory itself, of its clock, and of reports that cannot be loaded."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox
from headcount.server.commands.doctor import _clock
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.keys import open_key
from tests.support.clocks import Machine
from tests.support.command import headcount
from tests.support.reports import REPORTS, report
from tests.support.serving import serving
from tests.support.waiting import wait_until

CONTENT = Profile("headcount", "basic").canonical()
DAY = 86_400
NOON = 1_767_225_600 + DAY // 2  # 1 January 2026


@pytest.mark.ci
def test_rows_that_could_not_be_loaded_are_named(tmp_path: Path) -> None:
    """How many, since when, and that the others were: for a week it is wrong, and then it is known."""
    data = tmp_path / "data"
    directory = open_directory(data, create=True)
    open_key(directory)
    now = int(time.time())
    directory.inbox("serve").touch(0o600)
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


def test_the_doctor_says_what_is_known_of_the_clock(tmp_path: Path) -> None:
    """That it is doubted, and what time it is; until when nothing goes by its age; what is held longer, and why."""
    machine = Machine(NOON)
    clock = machine.clock(tmp_path / "clock")
    clock.keep(lambda: None, lambda move: None)
    assert _clock(clock) == (True, "the clock is believed")
    for _ in range(10):
        machine.skip(DAY)
        clock()
    machine.step(-40 * DAY)
    well, says = _clock(clock)
    assert not well
    assert says == (
        "the machine's clock says 2025-12-02 12:00, where it is 2026-01-11 12:00 by the seconds that passed: set the clock "
        "right; where it is, it is believed within a day"
    )
    machine.step(100 * DAY)
    clock()
    machine.skip(DAY)
    assert _clock(clock) == (
        True,
        "the clock stepped, or the machine was off: nothing goes by its age until 2026-03-15 12:00",
    )
    for _ in range(2):
        machine.skip(DAY)
        clock()
    well, says = _clock(clock)
    assert well
    assert says == (
        "what came before 2026-03-12 12:00 is held 60 days longer than else, since the clock stepped then, or the machine "
        "was off"
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDirectory:
    """A data directory in which all is well."""
    path: Path = tmp_path_factory.mktemp("doctor") / "data"
    assert headcount("token", "--name=Ada", f"--data={path}").returncode == 0
    assert headcount("ask", "installs", f"--data={path}").returncode == 0
    assert _wrong(path) == []
    return DataDirectory(path)


def _wrong(path: Path) -> list[str]:
    done = headcount("doctor", f"--data={path}")
    assert done.stderr == ""
    return [line.partition("  ")[2] for line in done.stdout.splitlines() if line.startswith("WRONG")]


def test_what_others_can_open(data: DataDirectory) -> None:
    """The directory, and whatever is in it; who opens the marker mends it, as nobody else may be able to lock it."""
    names = ("", "HEADCOUNT", "inbox", "tokens.json", "warehouse.duckdb")
    modes = {name: (data.path / name).stat().st_mode for name in names}
    for name, mode in modes.items():
        (data.path / name).chmod(mode | 0o050)
    listed = "data, data/inbox, data/tokens.json, data/warehouse.duckdb"
    assert _wrong(data.path) == [f"others can open {listed}: chmod -R go= {data.path}"]
    for name, mode in modes.items():
        (data.path / name).chmod(mode)


@pytest.mark.ci
def test_damaged_files(data: DataDirectory) -> None:
    """Each is named, with what to do; one that cannot be read too."""
    before = data.tokens.read_bytes()
    data.tokens.write_text("[]")
    data.publications.mkdir(mode=0o700)
    (data.publications / "2026-W40.json").touch(mode=0o600)
    data.records.mkdir(mode=0o700)
    (data.records / "2026-Q3-x-0.json").touch(mode=0o600)
    data.tombstones.mkdir(mode=0o700)
    tokens, tombstones = (
        f"{data.tokens} holds no tokens: delete it, and make new ones",
        f"{data.tombstones} cannot be read",
    )
    assert [line for line in _wrong(data.path) if line.startswith(tombstones)]
    data.tombstones.rmdir()
    assert _wrong(data.path) == [
        tokens, "the publication 2026-W40.json is damaged: `headcount restore` of a backup puts it back",
        "the record 2026-Q3-x-0.json is damaged: `headcount restore` of a backup puts it back",
    ]  # fmt: skip
    (data.publications / "2026-W40.json").unlink()
    (data.records / "2026-Q3-x-0.json").unlink()
    data.tokens.write_bytes(before)
    assert _wrong(data.path) == []


@pytest.mark.ci
def test_a_restore_that_was_ended(data: DataDirectory) -> None:
    """Whoever opens the data next carries on: so does the doctor, once it said so."""
    data.restored.mkdir(mode=0o700)
    assert _wrong(data.path) == ["a restore was ended before its end: whichever process opens the data next carries on"]
    assert _wrong(data.path) == []
