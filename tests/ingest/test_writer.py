"""Group commit."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from headcount.contract import Arrival
from headcount.ingest import Inbox, Writer
from tests.support.waiting import wait_until

ONE = Arrival(1_790_000_000, 1, 2, b"{}")


class Watched(Inbox):
    """A real inbox that says how large its groups were, and can be held up."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.groups: list[int] = []
        self.free = threading.Event()
        self.free.set()

    def append(self, arrivals: Sequence[Arrival]) -> None:
        self.free.wait()
        super().append(arrivals)
        self.groups.append(len(arrivals))


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Watched]:
    """An empty inbox that is watched."""
    with closing(Watched(tmp_path / "a.sqlite")) as made:
        yield made


async def write(writer: Writer, arrival: Arrival) -> bool:
    """Write as an exchange does, and wait for what it is told; False also where the queue is full."""
    told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    return writer.write(arrival, told.set_result) and await told


def test_what_arrives_together_is_committed_together(inbox: Watched) -> None:
    """While one group is on its way to the disk the next one gathers; all of it is there when the senders are told."""
    writer = Writer(inbox)

    async def send() -> None:
        inbox.free.clear()
        tasks = [asyncio.create_task(write(writer, ONE._replace(install=number))) for number in range(50)]
        await asyncio.sleep(0)
        inbox.free.set()
        assert await asyncio.gather(*tasks) == [True] * 50
        assert len(inbox.waiting(0, 100).arrivals) == 50

    asyncio.run(send())
    writer.stop()
    assert len(inbox.groups) <= 3


def test_a_loop_that_ended_in_the_middle_holds_up_no_other(inbox: Watched) -> None:
    """What was put in its last turn, and all that comes after it through another loop, is written."""
    writer = Writer(inbox)
    ended = asyncio.new_event_loop()

    async def put() -> None:
        writer.write_soon(ONE)
        ended.stop()

    task = ended.create_task(put())
    ended.run_forever()
    assert task.done()
    ended.close()
    assert asyncio.run(write(writer, ONE))
    writer.stop()
    assert len(inbox.waiting(0, 10).arrivals) == 2


def test_a_full_queue_refuses(inbox: Watched) -> None:
    """Memory is bounded: what finds no place is told so, and what had one is kept."""
    writer = Writer(inbox, limit=2)

    async def send() -> list[bool]:
        inbox.free.clear()
        tasks = [asyncio.create_task(write(writer, ONE)) for _ in range(10)]
        await asyncio.sleep(0)
        inbox.free.set()
        return await asyncio.gather(*tasks)

    results = asyncio.run(send())
    writer.stop()
    assert False in results
    assert len(inbox.waiting(0, 100).arrivals) == results.count(True) > 0


def test_a_full_inbox_refuses_until_some_of_it_is_loaded(inbox: Watched, caplog: pytest.LogCaptureFixture) -> None:
    """The disk is bounded too, while nothing is loaded: what is refused is not in it, and what was acknowledged stays."""
    writer = Writer(inbox, held=3)
    results = [asyncio.run(write(writer, ONE)) for _ in range(5)]
    assert results == [True, True, True, False, False]
    assert not writer.write_soon(ONE)
    assert caplog.text.count("the inbox is full") == 1
    inbox.forget(1)
    wait_until(lambda: not writer.full, "there is room again")
    assert asyncio.run(write(writer, ONE))
    writer.stop()
    assert len(inbox.waiting(0, 10).arrivals) == 3
    again = Writer(inbox, held=3)
    wait_until(lambda: again.full, "it is known at the start")
    again.stop()


def test_a_disk_that_fails_is_not_an_acknowledgement(inbox: Watched, caplog: pytest.LogCaptureFixture) -> None:
    """The sender is told to try again."""
    writer = Writer(inbox)
    assert inbox._db is not None
    inbox._db.execute("PRAGMA query_only = ON")
    assert not asyncio.run(write(writer, ONE))
    assert asyncio.run(write(writer, ONE))
    writer.stop()
    assert len(inbox.waiting(0, 10).arrivals) == 1
    assert "could not be written" in caplog.text


def test_who_cannot_be_told_holds_up_nobody(inbox: Watched, caplog: pytest.LogCaptureFixture) -> None:
    """One sender went away in a way that nobody thought of; those behind it in its group hear what became of theirs."""
    writer = Writer(inbox)

    def fails(durable: bool) -> None:
        raise RuntimeError("what was sent")

    async def send() -> bool:
        inbox.free.clear()
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        assert writer.write(ONE, fails)
        assert writer.write_soon(ONE)
        assert writer.write(ONE, told.set_result)
        inbox.free.set()
        return await told

    assert asyncio.run(send())
    writer.stop()
    assert len(inbox.waiting(0, 10).arrivals) == 3
    assert "RuntimeError" in caplog.text
    assert "what was sent" not in caplog.text


def test_stopping_writes_what_waits(inbox: Watched) -> None:
    """Also what nobody waits for: stock's reports, and notes of what was thrown away."""
    inbox.free.clear()
    writer = Writer(inbox)
    assert writer.write_soon(ONE)
    assert writer.write_soon(ONE._replace(what="dropped: not JSON"))
    inbox.free.set()
    writer.stop()
    assert [one.what for one in inbox.waiting(0, 10).arrivals] == ["report", "dropped: not JSON"]


def test_sqlite_is_threadsafe_here() -> None:
    """The inbox is shared between threads under a lock, which SQLite allows unless it was built single-threaded."""
    assert sqlite3.threadsafety > 0
