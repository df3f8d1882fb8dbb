"""The inbox file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount.contract import Arrival, Batch
from headcount.ingest import Inbox, NotInbox
from headcount.ingest._salvage import salvage
from tests.support.disks import disk

ONE = Arrival(1_790_000_000, 1, 2, b"{}")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with closing(Inbox(tmp_path / "a.sqlite")) as made:
        yield made


def _open(inbox: Inbox) -> sqlite3.Connection:
    assert inbox._db is not None
    return inbox._db


def test_what_was_appended_waits(inbox: Inbox) -> None:
    """In order, under rising rows, until it is forgotten."""
    inbox.append([ONE, ONE._replace(install=3)])
    inbox.append([ONE._replace(install=4)])
    assert inbox.waiting(0, 10) == Batch([ONE, ONE._replace(install=3), ONE._replace(install=4)], through=3)
    assert inbox.waiting(1, 1) == Batch([ONE._replace(install=3)], through=2)
    inbox.forget(2)
    assert inbox.waiting(0, 10) == Batch([ONE._replace(install=4)], through=3)
    assert inbox.waiting(3, 10) == Batch([], through=3)


def test_a_row_is_never_used_twice(tmp_path: Path) -> None:
    """A drained and reopened inbox goes on counting, or a loader that remembers a row would strand what comes next."""
    path = tmp_path / "a.sqlite"
    with closing(Inbox(path)) as inbox:
        inbox.append([ONE, ONE])
        inbox.forget(2)
    with closing(Inbox(path)) as inbox:
        inbox.append([ONE])
        assert inbox.waiting(0, 10) == Batch([ONE], through=3)


def test_an_inbox_has_a_name_of_its_own(tmp_path: Path) -> None:
    """A new file under an old name is another inbox: a loader's mark for the old one says nothing of its rows."""
    path = tmp_path / "a.sqlite"
    names = set()
    for _ in range(2):
        with closing(Inbox(path)) as inbox:
            names.add(inbox.name)
        with closing(Inbox(path)) as again:
            assert again.name in names
        path.unlink()
    assert len(names) == 2


def test_a_failed_append_leaves_nothing(inbox: Inbox) -> None:
    """All of a group is written, or none of it."""
    with pytest.raises(sqlite3.Error):
        inbox.append([ONE, ONE._replace(content=None)])  # type: ignore[arg-type]
    assert inbox.waiting(0, 10).arrivals == []


def test_what_is_durable_is_synced(inbox: Inbox) -> None:
    """Each commit reaches the disk before it is acknowledged: the cause of durability that SQLite documents."""
    (synchronous,) = _open(inbox).execute("PRAGMA synchronous").fetchone()
    (journal,) = _open(inbox).execute("PRAGMA journal_mode").fetchone()
    assert (synchronous, journal) == (2, "wal")


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    """Neither text, nor another program's SQLite file, nor a newer Headcount's is touched."""
    text = tmp_path / "text.sqlite"
    text.write_text("hello " * 100)
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE theirs (x)")
    newer = tmp_path / "newer.sqlite"
    with closing(Inbox(newer)) as made:
        _open(made).execute("PRAGMA user_version = 99")
    for path, message in [(text, "not a database"), (foreign, "another program"), (newer, "newer Headcount")]:
        before = path.read_bytes()
        with pytest.raises((NotInbox, sqlite3.DatabaseError), match=message):
            Inbox(path)
        assert path.read_bytes() == before


def test_a_file_that_another_takes_the_place_of_is_left(tmp_path: Path) -> None:
    """A loader follows the owner of an inbox that was set aside, and an owner writes to no file that has no name."""
    path = tmp_path / "a.sqlite"
    with closing(Inbox(path, owner=True)) as owner, closing(Inbox(path)) as reader:
        owner.append([ONE])
        before = reader.name
        path.rename(tmp_path / "gone.sqlite")
        owner.append([ONE._replace(install=3)])
        assert [one.install for one in reader.waiting(0, 10).arrivals] == [3]
        assert reader.name == owner.name != before


def test_a_damaged_inbox_gives_what_can_be_read_of_it(tmp_path: Path) -> None:
    """An owner replaces it when it is used; what is not genuine is no more kept than what cannot be read."""
    path = tmp_path / "a.sqlite"
    with closing(Inbox(path)) as inbox:
        inbox.append([ONE._replace(install=number, content=b"%d" % number * 200) for number in range(1, 200)])
        assert inbox.scour()
    content = bytearray(path.read_bytes())
    place = content.index(b"123" * 50)
    content[place : place + 4] = b"xxxx"  # as a bad disk does, which SQLite does not see
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 4096] = bytes(4096)
    path.write_bytes(content)
    with closing(Inbox(path, owner=True, genuine=lambda _, text: b"x" not in text)) as inbox:
        with pytest.raises(sqlite3.DatabaseError):
            inbox.waiting(0, 1000)
        found = [one.install for one in inbox.waiting(0, 1000).arrivals]
    assert 150 < len(found) < 199
    assert 123 not in found
    assert found == sorted(set(found))


def test_a_damaged_inbox_on_a_full_disk_is_replaced_once_there_is_room(tmp_path: Path) -> None:
    """Till then it has its name, and whatever could be read of it is in it."""
    with disk(tmp_path / "disk", 4) as small:
        path = small.path / "a.sqlite"
        with closing(Inbox(path)) as inbox:
            inbox.append([ONE._replace(install=number, content=bytes(2000)) for number in range(1, 200)])
            assert inbox.scour()
        content = bytearray(path.read_bytes())
        half = len(content) // 2 // 4096 * 4096
        content[half : half + 4096] = bytes(4096)
        path.write_bytes(content)
        with closing(Inbox(path, owner=True)) as inbox:
            small.fill(40_000)
            for _ in range(2):
                with pytest.raises(sqlite3.DatabaseError):
                    inbox.waiting(0, 1000)
                assert path.read_bytes() == content
                assert not list(small.path.glob("*.damaged-*"))
            small.empty()
            with pytest.raises(sqlite3.DatabaseError):
                inbox.waiting(0, 1000)
            assert 150 < len(inbox.waiting(0, 1000).arrivals) < 199


def test_an_inbox_of_the_first_version_is_taken_on(tmp_path: Path) -> None:
    """What waits in it is loaded, what comes is marked; one that is damaged is salvaged all the same."""
    path = tmp_path / "inbox.sqlite"
    with closing(Inbox(path)) as inbox:
        inbox.append([Arrival(1, 2, 3, b"{}"), Arrival(2, 3, 3, b"{}")])
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE arrivals DROP COLUMN crowded")
        db.execute("ALTER TABLE identity DROP COLUMN key")
        db.execute("PRAGMA user_version = 1")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert salvage(path, None) == [Arrival(1, 2, 3, b"{}"), Arrival(2, 3, 3, b"{}")]
    with closing(Inbox(path)) as inbox:
        inbox.append([Arrival(3, 4, 3, b"{}", crowded=True)])
        assert [one.crowded for one in inbox.waiting(0, 9).arrivals] == [False, False, True]
    assert [one.crowded for one in salvage(path, None)] == [False, False, True]
