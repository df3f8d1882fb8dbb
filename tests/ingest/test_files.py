"""Files of history: whoever reads them, and in however many processes, finds the same."""

from __future__ import annotations

import gzip
import json
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headcount.contract import REPORTS_PATH, Arrival
from headcount.ingest import HistoryFiles, Pseudonymizer, UnreadableFile
from headcount.ingest._files import Chunk, interrupts_held, merge
from headcount.ingest._history import Contents, HistoryReader
from tests.support.reports import ENVELOPE, REPORT

KEY = b"k" * 32
LINES = 6000  # some chunks


def _lines() -> Iterator[bytes]:
    for number in range(LINES):
        if number % 1000 == 999:
            yield b"no report\n"
            continue
        envelope = {**ENVELOPE, "report": f"{number:032x}"}
        report = {**REPORT, "installid": f"{number * 7919 % 97:04x}" * 10, "headcount": envelope}
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        yield json.dumps({"@timestamp": moment.isoformat(), "path": REPORTS_PATH, "report": report}).encode() + b"\n"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of several chunks."""
    path = tmp_path_factory.mktemp("history") / "large.ndjson"
    path.write_bytes(b"".join(_lines()))
    return path


@pytest.fixture(scope="module")
def reader() -> Iterator[HistoryFiles]:
    """One that shares a file out among three processes."""
    with HistoryFiles(KEY, 3) as made:
        yield made


def _by_installation(arrivals: list[Arrival]) -> dict[int, list[Arrival]]:
    return {
        install: [one for one in arrivals if one.install == install] for install in {one.install for one in arrivals}
    }


def test_several_processes_find_what_one_finds(large: Path, reader: HistoryFiles, tmp_path: Path) -> None:
    """Of each installation the same in the same order; wrong lines by their numbers; also gzipped, and a second time."""
    alone = HistoryReader(Pseudonymizer(KEY)).read(large.read_bytes().splitlines(keepends=True))
    assert [one.line for one in alone.errors] == [999, 1999, 2999, 3999, 4999, 5999]
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(large.read_bytes(), 0))  # it is as large as it was
    for file in (large, packed, large):
        chunks = [*reader.read(file, 0)]
        assert len(chunks) > 2
        assert _by_installation([one for chunk in chunks for one in chunk.contents.arrivals]) == _by_installation(
            alone.arrivals
        )
        assert [one for chunk in chunks for one in chunk.contents.errors] == alone.errors
        assert chunks[-1].through == large.stat().st_size
        assert chunks[-1].share == 1


def test_a_file_is_read_on_from_a_place(large: Path, reader: HistoryFiles) -> None:
    """That of a chunk: the rest is found, and its lines have the numbers that they have in the file."""
    chunks = [*reader.read(large, 0)]
    assert [*reader.read(large, chunks[0].through)] == chunks[1:]
    assert [*reader.read(large, chunks[-1].through)] == []


def test_a_damaged_file_gives_what_stands_before(large: Path, reader: HistoryFiles, tmp_path: Path) -> None:
    """Whole chunks of it; then it is said what is wrong, and another file can be read."""
    packed = gzip.compress(large.read_bytes(), 0)
    for damaged in (
        packed[: len(packed) * 3 // 4],
        packed[:3_000_000] + b"zq" * 10 + packed[3_000_020:-8] + b"12345678",
    ):
        path = tmp_path / "damaged"
        path.write_bytes(damaged)
        chunks = reader.read(path, 0)
        assert len(next(chunks).contents.arrivals) > 1000
        with pytest.raises(UnreadableFile, match="what is gzipped in it is damaged, or cut off"):
            deque(chunks)
    assert sum(len(chunk.contents.arrivals) for chunk in reader.read(large, 0)) == LINES - 6


def test_a_file_that_is_gone_is_named_unreadable(reader: HistoryFiles, tmp_path: Path) -> None:
    """And nothing else is raised."""
    with pytest.raises(UnreadableFile, match="No such file"):
        next(reader.read(tmp_path / "gone", 0))


def test_what_is_written_meanwhile_is_not_read(large: Path, reader: HistoryFiles, tmp_path: Path) -> None:
    """Not even where a process has its whole share before it: all of them end where the file ended when it was begun."""
    path = tmp_path / "growing"
    path.write_bytes(large.read_bytes())
    chunks = reader.read(path, 0)
    found = [next(chunks)]
    with path.open("ab") as more:
        more.write(b"no report either\n" * 200_000)
    found += chunks
    assert found == [*reader.read(large, 0)]


@pytest.mark.parametrize("other", [None, Chunk(Contents([], []), 9, 0.5)])
def test_a_file_that_changes_meanwhile_is_told(other: Chunk | None) -> None:
    """Its processes do not agree on where a chunk ends, so that nothing of it may be believed further."""
    parts: list[Future[Chunk | None]] = [Future(), Future()]
    for part, result in zip(parts, (Chunk(Contents([], []), 10, 0.5), other), strict=True):
        part.set_result(result)
    with pytest.raises(UnreadableFile, match="changed while it was read"):
        merge(parts)


def test_ctrl_c_is_held_back_while_processes_start() -> None:
    """Also where another thread takes the signal; what is interrupted is told once they have started."""
    done = threading.Event()
    taker = threading.Thread(target=done.wait)
    taker.start()
    started = False
    try:
        with pytest.raises(KeyboardInterrupt), interrupts_held():  # noqa: PT012  # what is interrupted is the whole of it
            os.kill(os.getpid(), signal.SIGINT)
            assert not threading.Event().wait(0.05)
            started = True
    finally:
        done.set()
        taker.join()
    assert started
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
