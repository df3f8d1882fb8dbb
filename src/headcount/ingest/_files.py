"""Files of history, read by several processes. Each process reads the whole file, and keeps to its own
installations.

So no line goes from one process to another, and the process that reads a line remembers its installation's
last report.
"""

from __future__ import annotations

import gc
import gzip
import multiprocessing
import os
import re
import signal
import threading
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from io import BufferedReader, FileIO, RawIOBase
from itertools import chain
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from headcount.ingest._history import Contents, HistoryReader, LineError
from headcount.ingest._lines import LONGEST, Lines
from headcount.ingest._pseudonym import Pseudonymizer

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 2 * 1024 * 1024  # bytes of lines that are read at a time
_BUFFER = 256 * 1024  # bytes that are asked of the system at a time
_MOST = 4  # processes by default: with more, the loader would not keep up, and memory would fill
_AHEAD = 3  # chunks that a process reads ahead
_INSTALLATIONS = 100_000  # pseudonyms in memory, since installations report again and again
_TOO_LONG = f"longer than {LONGEST // 2**20} MiB: a line holds a report, or an answer of a search that is no longer"
_INSTALL = re.compile(rb'"installid": ?"([0-9a-f]{4})')  # the first process reads the lines without one


class Chunk(NamedTuple):
    """The contents of some lines of a file; the arrivals of an installation are in the order of its lines.

    ``contents.errors`` number their lines from 0 at the beginning of the file. ``through``: the offset
    behind the lines, in bytes before compression; ``share``: the share of the file that is read, from 0 to
    1.
    """

    contents: Contents
    through: int
    share: float


class UnreadableFile(ValueError):
    """A file cannot be read any further; the message says why."""


class HistoryFiles:
    """Reads files: a small one in this process, a larger one in several, which end with the context."""

    def __init__(self, key: bytes, processes: int | None = None) -> None:
        """``key``: the pseudonym key; ``processes``: by default one for each core, at most `_MOST`."""
        self._key = key
        self._count = processes or min(_MOST, os.cpu_count() or 1)
        self._alone = _Reader(key, 0, 1)
        self._pools: list[ProcessPoolExecutor] = []
        self._stack = ExitStack()
        self._stack.callback(self._alone.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def read(self, file: Path, begin: int) -> Iterator[Chunk]:
        """Read a file of lines, gzipped or not, from the offset ``begin`` on, in bytes before compression.

        Lines that are appended meanwhile are not read. Raises `UnreadableFile` after the last chunk that
        can be read.
        """
        with _reading():
            size = file.stat().st_size
        if size <= _CHUNK:
            self._alone.open(file, begin, size)
            yield from iter(self._alone.read, None)
            return
        if not self._pools:
            context = multiprocessing.get_context("spawn")  # a fork copies locks, but not the threads that hold them
            self._pools = [
                self._stack.enter_context(ProcessPoolExecutor(1, context, _start, (self._key, number, self._count)))
                for number in range(self._count)
            ]
        with interrupts_held():  # which the processes inherit: Ctrl-C is for this one, which ends them
            started = [pool.submit(_open, file, begin, size) for pool in self._pools]
        for opened in started:
            opened.result()
        yield from self._in_order()

    def _in_order(self) -> Iterator[Chunk]:
        ahead = [deque(pool.submit(_read) for _ in range(_AHEAD)) for pool in self._pools]
        while chunk := merge([waiting.popleft() for waiting in ahead]):
            for pool, waiting in zip(self._pools, ahead, strict=True):
                waiting.append(pool.submit(_read))
            yield chunk


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C while the context lasts, and block it in the processes that are started in it.

    To block the signal in this thread is not enough: another thread takes it then, and Python raises `KeyboardInterrupt`
    here nevertheless. What came meanwhile is handled at the end.
    """
    held: list[FrameType | None] = []
    is_main = threading.current_thread() is threading.main_thread()  # Python runs handlers in this thread alone
    handler = signal.signal(signal.SIGINT, lambda _, frame: held.append(frame)) if is_main else None
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if is_main:
            signal.signal(signal.SIGINT, handler or signal.SIG_DFL)
        if held and callable(handler):
            handler(signal.SIGINT, held[-1])


def merge(parts: list[Future[Chunk | None]]) -> Chunk | None:
    """Return as one chunk what all processes read of the same lines; None behind the last line.

    Raises `UnreadableFile` where the processes did not read the same lines.
    """
    results = [part.result() for part in parts]
    chunks = [chunk for chunk in results if chunk is not None]
    if not chunks:
        return None
    if len(chunks) < len(results) or len({chunk.through for chunk in chunks}) > 1:
        raise UnreadableFile("it changed while it was read")
    arrivals = [*chain.from_iterable(chunk.contents.arrivals for chunk in chunks)]
    errors = sorted(chain.from_iterable(chunk.contents.errors for chunk in chunks))
    return Chunk(Contents(arrivals, errors), chunks[0].through, chunks[0].share)


class _Reader:
    """Reads the lines of every ``of``-th installation."""

    def __init__(self, key: bytes, number: int, of: int) -> None:
        self._history = HistoryReader(Pseudonymizer(key, _INSTALLATIONS))
        self._number, self._of = number, of
        self._raw: BufferedReader[Any] | None = None

    def open(self, file: Path, begin: int, size: int) -> None:
        """Open the first ``size`` bytes of a file, and go to the offset ``begin``."""
        self.close()
        with _reading():
            self._raw = BufferedReader(_Beginning(file, size), _BUFFER)
            self._size = max(1, size)
            self._lines = Lines(_inflated(self._raw))
            self._lines.skip(begin)

    def read(self) -> Chunk | None:
        """Read some lines; return None behind the last, where the file is closed."""
        if self._raw is None:
            return None
        first = self._lines.count
        with _reading():
            lines = self._lines.read(_CHUNK)
        if not lines:
            self.close()
            return None
        mine = [(number, line) for number, line in enumerate(lines, first) if line is not None and self._is_mine(line)]
        contents = self._history.read([line for _, line in mine])
        errors = [LineError(mine[error.line][0], error.why) for error in contents.errors]
        if self._number == 0:
            errors += [LineError(number, _TOO_LONG) for number, line in enumerate(lines, first) if line is None]
        contents.errors[:] = sorted(errors)
        return Chunk(contents, self._lines.through, min(1.0, self._raw.tell() / self._size))

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _is_mine(self, line: bytes) -> bool:
        found = _INSTALL.search(line)
        return (0 if found is None else int(found[1], 16) % self._of) == self._number


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"what is gzipped in it is damaged, or cut off: {error}") from error
    except OSError as error:
        raise UnreadableFile(str(error)) from error


class _Beginning(FileIO):
    """The first bytes of a file, however long it grows: all processes find the same end."""

    def __init__(self, file: Path, size: int) -> None:
        super().__init__(file)
        self._left = size

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read some bytes; 0 at the end."""
        count = super().readinto(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def _inflated(raw: BufferedReader[Any]) -> BufferedReader[Any]:
    gzipped = raw.peek(2)[:2] == b"\x1f\x8b"
    return BufferedReader(cast("RawIOBase", gzip.GzipFile(fileobj=raw)), _BUFFER) if gzipped else raw


_readers: list[_Reader] = []  # of this process, set by `_start`


def _start(key: bytes, number: int, of: int) -> None:
    gc.disable()  # it would walk all remembered configurations, and find nothing
    _readers[:] = [_Reader(key, number, of)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process with its parent: a pool's process whose parent was killed would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _open(file: Path, begin: int, size: int) -> None:
    _readers[0].open(file, begin, size)


def _read() -> Chunk | None:
    return _readers[0].read()
