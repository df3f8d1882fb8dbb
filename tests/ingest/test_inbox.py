"""The inbox file."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount.ingest import Arrival, Inbox

ONE = Arrival(1_790_000_000, 1, 2, b"{}")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox."""
    with closing(Inbox(tmp_path / "a.sqlite")) as made:
        yield made


def test_what_was_appended_waits(inbox: Inbox) -> None:
    """In order, under rising rows, until it is forgotten."""
    inbox.append([ONE, ONE._replace(install=3)], Counter())
    inbox.append([ONE._replace(install=4)], Counter())
    assert [(waiting.row, waiting.install) for waiting in inbox.waiting(0, 10)] == [(1, 1), (2, 3), (3, 4)]
    assert [waiting.row for waiting in inbox.waiting(1, 1)] == [2]
    inbox.forget(2)
    assert [waiting.row for waiting in inbox.waiting(0, 10)] == [3]


def test_a_row_is_never_used_twice(tmp_path: Path) -> None:
    """A drained and reopened inbox goes on counting, or a loader that remembers a row would strand what comes next."""
    path = tmp_path / "a.sqlite"
    with closing(Inbox(path)) as inbox:
        inbox.append([ONE, ONE], Counter())
        inbox.forget(2)
    with closing(Inbox(path)) as inbox:
        inbox.append([ONE], Counter())
        assert [waiting.row for waiting in inbox.waiting(0, 10)] == [3]


def test_the_tally_adds_up(inbox: Inbox) -> None:
    """Counted by day and by what it was, over several commits."""
    inbox.append([], Counter({("2026-10-01", "dropped: not JSON"): 2}))
    inbox.append([], Counter({("2026-10-01", "dropped: not JSON"): 1, ("2026-10-02", "without an id"): 1}))
    assert sorted(inbox.tallied()) == [("2026-10-01", "dropped: not JSON", 3), ("2026-10-02", "without an id", 1)]


def test_a_failed_append_leaves_nothing(inbox: Inbox) -> None:
    """All of a group is written, or none of it."""
    with pytest.raises(sqlite3.Error):
        inbox.append([ONE, ONE._replace(content=None)], Counter())  # type: ignore[arg-type]
    assert inbox.waiting(0, 10) == []


def test_what_is_durable_is_synced(inbox: Inbox) -> None:
    """Each commit reaches the disk before it is acknowledged: the cause of durability that SQLite documents."""
    (synchronous,) = inbox._db.execute("PRAGMA synchronous").fetchone()
    (journal,) = inbox._db.execute("PRAGMA journal_mode").fetchone()
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
        made._db.execute("PRAGMA user_version = 99")
    for path, message in [(text, "not an inbox"), (foreign, "another program"), (newer, "newer Headcount")]:
        before = path.read_bytes()
        with pytest.raises(ValueError, match=message):
            Inbox(path)
        assert path.read_bytes() == before
