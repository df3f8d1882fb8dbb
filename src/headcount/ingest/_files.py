"""Files of history, read by several processes: each reads a whole file, and takes the lines of its own installations.

So no line goes from one process to another, and who reads a line remembers what its installation said before.
"""

from __future__ import annotations

import gc
import gzip
import multiprocessing
import os
import re
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
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from headcount.ingest._history import History, Taken, Wrong
from headcount.ingest._pseudonym import Pseudonymizer

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 2 * 1024 * 1024  # bytes of lines that are read at a time
_BUFFER = 256 * 1024  # bytes that are asked of the system at a time
_MOST = 4  # processes, unless it is said: more than the loader keeps up with would only take memory
_AHEAD = 3  # chunks that a process reads before they are asked for
_INSTALLATIONS = 100_000  # whose pseudonyms are remembered, for they come again
_INSTALL = re.compile(rb'"installid": ?"([0-9a-f]{4})')  # where it is not found the first process reads the line


class Chunk(NamedTuple):
    """What some lines held: those of an installation in their order.

    ``through``: the place after them in the lines, bytes; ``done``: the share of the file that is read. The lines that are
    ``taken.wrong`` are numbered from 0 at the beginning of the file.
    """

    taken: Taken
    through: int
    done: float


class UnreadableFile(ValueError):
    """A file cannot be read further; says why."""


class HistoryFiles:
    """Reads files, as a context: a small one in this process, a larger one in several."""

    def __init__(self, key: bytes, processes: int | None = None) -> None:
        """``key``: that of the pseudonyms; ``processes``: else one for each core, and at most `_MOST`."""
        self._key = key
        self._count = processes or min(_MOST, os.cpu_count() or 1)
        self._alone = _Reader(key, 0, 1)
        self._pools: list[ProcessPoolExecutor] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def read(self, file: Path, begin: int) -> Iterator[Chunk]:
        """Read a file of lines, or of lines that are gzipped, from a place in them on.

        What is written to it meanwhile is not read. Raises `UnreadableFile`, after what could be read of it.
        """
        with _reading():
            size = file.stat().st_size
        if size <= _CHUNK:
            self._alone.open(file, begin, size)
            yield from iter(self._alone.read, None)
            return
        if not self._pools:
            context = multiprocessing.get_context("spawn")  # a fork would copy the threads of other parts half
            self._pools = [
                self._stack.enter_context(ProcessPoolExecutor(1, context, _start, (self._key, number, self._count)))
                for number in range(self._count)
            ]
        for opened in [pool.submit(_open, file, begin, size) for pool in self._pools]:
            opened.result()
        yield from self._in_order()

    def _in_order(self) -> Iterator[Chunk]:
        ahead = [deque(pool.submit(_read) for _ in range(_AHEAD)) for pool in self._pools]
        while parts := together([waiting.popleft() for waiting in ahead]):
            for pool, waiting in zip(self._pools, ahead, strict=True):
                waiting.append(pool.submit(_read))
            yield parts


def together(parts: list[Future[Chunk | None]]) -> Chunk | None:
    """What all processes found in one chunk; None behind the last."""
    found = [part.result() for part in parts]
    chunks = [one for one in found if one is not None]
    if not chunks:
        return None
    if len(chunks) < len(found) or len({one.through for one in chunks}) > 1:
        raise UnreadableFile("it changed while it was read")
    arrivals = [*chain.from_iterable(one.taken.arrivals for one in chunks)]
    wrong = sorted(chain.from_iterable(one.taken.wrong for one in chunks))
    return Chunk(Taken(arrivals, wrong), chunks[0].through, chunks[0].done)


class _Reader:
    """Reads the lines of every ``of``-th installation."""

    def __init__(self, key: bytes, number: int, of: int) -> None:
        self._history = History(Pseudonymizer(key, _INSTALLATIONS))
        self._number, self._of = number, of

    def open(self, file: Path, begin: int, size: int) -> None:
        """Begin to read so many bytes of a file, at a place in its lines."""
        with _reading():
            self._raw = BufferedReader(_Beginning(file, size), _BUFFER)
            self._size = max(1, size)
            self._lines = _inflated(self._raw)
            self._line = self._through = 0
            while self._through < begin and (part := self._lines.read(min(begin - self._through, _BUFFER))):
                self._through += len(part)
                self._line += part.count(b"\n")

    def read(self) -> Chunk | None:
        """Read some lines; None where there are no more, and then the file is closed."""
        with _reading():
            lines = [] if self._raw.closed else self._lines.readlines(_CHUNK)
        if not lines:
            self._raw.close()
            return None
        numbers = [number for number, line in enumerate(lines) if self._is_mine(line)]
        taken = self._history.read([lines[number] for number in numbers])
        taken.wrong[:] = [Wrong(self._line + numbers[one.line], one.why) for one in taken.wrong]
        self._line += len(lines)
        self._through += sum(map(len, lines))
        return Chunk(taken, self._through, min(1.0, self._raw.tell() / self._size))

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
    """So many bytes of a file, however long it is: all who read it find the same end."""

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


_readers: list[_Reader] = []  # of this process, made by `_start`


def _start(key: bytes, number: int, of: int) -> None:
    gc.disable()  # it would go through all that is remembered, and finds nothing
    _readers[:] = [_Reader(key, number, of)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's process that was not told to end would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _open(file: Path, begin: int, size: int) -> None:
    _readers[0].open(file, begin, size)


def _read() -> Chunk | None:
    return _readers[0].read()
