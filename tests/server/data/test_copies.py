"""Copies of the data within the data directory: swept when their process was killed, and by an erasure."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox
from headcount.server.commands.backup import backup
from headcount.server.commands.export import export
from headcount.server.data.copies import Copies
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.inboxes import own_inbox
from headcount.server.data.opened import OpenData
from headcount.server.data.serving import Serving
from tests.support.clocks import Machine
from tests.support.command import headcount
from tests.support.killed import headcount_killed

DAY = 86_400
START = 1_767_225_600  # 2026-01-01
ID, SECRET = "a" * 40, "5" * 64
MARK = b"what an erased installation said"


@contextmanager
def _at_work(path: Path) -> Iterator[tuple[OpenData, Inbox]]:
    """Yield a data directory that a server works on, and its inbox."""
    directory = open_directory(path, create=True)
    with own_inbox(directory, "serve") as (inbox, _), ExitStack() as stack:
        yield (
            OpenData(
                directory, stack, inbox, clock=Machine(START + DAY).clock(directory.clock), serving=Serving(5, 793)
            ),
            inbox,
        )


def _arrival(data: OpenData, install: str = ID) -> Arrival:
    return Arrival(START, data.pseudonymizer.install(install, SECRET), 1, Profile("headcount", "basic").canonical())


def _leave(path: Path) -> list[Path]:
    """Put there what killed processes leave, of this version and of earlier ones; return what a directory lists of it."""
    files = [
        "copies/tmpabcdefg/backup", "copies/tmpabcdefg/backup.partial0", "copies/tmpabcdefg/backup.partial0.wal",
        "copies/tmphijklmn/sightings.parquet", "export-x1y2z3/profiles.parquet", "warehouse.duckdb.restored",
        "warehouse.duckdb.restored.wal", "warehouse.duckdb.partial3", "warehouse.duckdb.rewritten",
        "warehouse.duckdb.rewritten.partial1", "warehouse.duckdb.tmp/duckdb_temp_storage_DEFAULT-0.tmp",
        f"tokens.json.{1:016x}.new", f"inbox/serve.sqlite.{1:016x}.new", f"publications/2026-W01.json.{1:016x}.new",
        f"records/2026-Q3-x-0.json.{1:016x}.new",
    ]  # fmt: skip
    for name in files:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(MARK)
    whole = ("copies/tmpabcdefg", "copies/tmphijklmn", "export-x1y2z3", "warehouse.duckdb.tmp")
    alone = [name for name in files if not name.startswith(whole)]
    return sorted(path / name for name in (*whole, *alone))


def _holding(path: Path, *marks: bytes) -> list[str]:
    """Return the files of a directory in which some bytes are."""
    files = [each for each in path.rglob("*") if each.is_file()]
    return [str(each.relative_to(path)) for each in files if any(mark in each.read_bytes() for mark in marks)]


def test_whoever_claims_the_directory_sweeps_it(tmp_path: Path) -> None:
    """Nothing that is ours goes; the doctor names each before."""
    data = open_directory(tmp_path / "data", create=True)
    with _at_work(data.path) as (work, inbox):
        inbox.append([_arrival(work)])
        work.loader.load()
    kept = sorted(data.path.rglob("*"))
    kept_beside = data.path / "warehouse.duckdb.wal.checkpoint"  # DuckDB's own, which it needs
    left = _leave(data.path)
    assert Copies(data).left() == left
    doctor = headcount("doctor", f"--data={data.path}")
    for path in left:
        assert f"WRONG  {path.relative_to(data.path)} was left by a process that was killed" in doctor.stdout
    _leave(data.path)
    kept_beside.touch()
    with ExitStack() as stack:
        OpenData(data, stack, clock=Machine(START).clock(data.clock)).own()
    assert _holding(data.path, MARK) == []
    assert kept_beside.exists()
    kept_beside.unlink()
    assert sorted(data.path.rglob("*")) == sorted([*kept, data.copies, data.publications, data.records])


def test_after_the_receipt_no_file_holds_the_installation(tmp_path: Path) -> None:
    """Not what was killed while it copied, not an inbox that was set aside, no log that is written ahead."""
    with _at_work(tmp_path / "data") as (data, inbox):
        path = data.directory.path
        mine, other = data.installations.own(ID, SECRET)[0], _arrival(data, "b" * 40)
        inbox.append([_arrival(data), other])
        with own_inbox(data.directory, "ingest-1") as (beside, _):
            beside.append([_arrival(data)])
        data.loader.load()
        inbox.append([_arrival(data)])
        _leave(path)
        shutil.rmtree(path / "warehouse.duckdb.tmp")  # that of a living process is not touched
        for leftover in path.rglob("*.new"):
            leftover.unlink()  # they hold no installation
        for end in ("", "-wal", "-shm"):
            (path / "inbox" / f"serve.sqlite.damaged-20260101T000000Z{end}").write_bytes(MARK)
        marks = (mine.to_bytes(8, "big"), mine.to_bytes(8, "little"), f"{mine:016x}".encode())
        assert "inbox/serve.sqlite-wal" in _holding(path, *marks)
        receipt = data.installations.erase_at_once([mine])
        assert receipt is not None
        assert receipt["off_the_disk"]
        assert _holding(path, MARK) == []
        assert _holding(path, *marks) == ["tombstones"]
        assert not data.warehouse.holding(mine)
        assert data.warehouse.holding(other.install)


@pytest.mark.ci
def test_an_inbox_that_cannot_be_read_is_not_off_the_disk(tmp_path: Path) -> None:
    """The receipt waits until it is mended or gone."""
    with _at_work(tmp_path / "data") as (data, inbox):
        inbox.append([_arrival(data)])
        data.loader.load()
        dead = data.directory.inbox("ingest-1")
        dead.write_bytes(MARK * 100)
        receipt = data.installations.erase_at_once(data.installations.own(ID, SECRET))
        assert receipt is not None
        assert receipt["off_the_disk"] is None
        dead.unlink()
        assert data.installations.take_off_the_disk(at_once=True)


@pytest.mark.ci
def test_an_erasure_waits_for_what_is_copied_meanwhile(tmp_path: Path) -> None:
    """It may hold who is erased: the operator's waits, and the one in the background comes back later."""
    with _at_work(tmp_path / "data") as (data, inbox):
        inbox.append([_arrival(data)])
        data.loader.load()
        begun, go_on = threading.Event(), threading.Event()

        def copy() -> None:
            with data.copies.directory() as directory:
                (directory / "backup").write_bytes(MARK)
                begun.set()
                go_on.wait()

        copying = threading.Thread(target=copy)
        copying.start()
        begun.wait()
        data.installations.erase(data.installations.own(ID, SECRET))
        assert not data.copies.sweep_copies(wait=False)
        assert _holding(data.directory.path, MARK)
        done: list[bool] = []
        erasing = threading.Thread(target=lambda: done.append(data.installations.take_off_the_disk(at_once=True)))
        erasing.start()
        assert done == []
        go_on.set()
        erasing.join()
        copying.join()
        assert done == [True]
        assert _holding(data.directory.path, MARK) == []


@pytest.mark.ci
def test_what_is_handed_out_has_no_name_any_more(tmp_path: Path) -> None:
    """Whatever becomes of whoever takes it, the data directory has nothing of it."""
    with _at_work(tmp_path / "data") as (data, inbox):
        inbox.append([_arrival(data)])
        data.loader.load()
        for command in (backup, export):
            with command(data, {}) as handed:
                assert [*data.directory.copies.iterdir()] == []
                assert sum(map(len, handed.archive())) > 1000


@pytest.mark.ci
@pytest.mark.parametrize("command", ["export", "backup"])
def test_a_command_that_is_killed_leaves_what_the_next_one_sweeps(tmp_path: Path, command: str) -> None:
    """Before each step that it does."""
    data = DataDirectory(tmp_path / "data")
    assert headcount("simulate", "--installs=20", "--days=20", f"--into={data.path}").returncode == 0
    number, left, done = 0, 0, None
    while done is None:
        number += 1
        done = headcount_killed(data.path, number, command, tmp_path / f"out {number}", f"--data={data.path}")
        left += bool(Copies(data).left())
        assert headcount("ask", "installs", f"--data={data.path}").returncode == 0
        assert Copies(data).left() == []
    assert done.returncode == 0
    assert left


def test_a_copy_that_is_damaged_is_no_warehouse(tmp_path: Path) -> None:
    """An inbox that another process sets aside stays an inbox: what the sweep takes is named, and nothing else."""
    data = open_directory(tmp_path, create=True)
    for name in ("warehouse.duckdb.wal", "warehouse.duckdb.wal.recovery", "exported", "notes.new", "asked.log.1"):
        (tmp_path / name).touch()
    with closing(Inbox(data.inbox("serve"))):
        assert Copies(data).left() == []
