"""``headcount import``: history into a data directory, read by several processes, each installation's in the file's order.

What was taken is durable before the place in the file is noted, so an import that was ended goes on where it was; what is
read twice changes no answer.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import multiprocessing
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from headcount.ingest import Arrival, History, Pseudonymizer, Taken, load_key
from headcount.server._data import BadData, DataDirectory, open_data, open_inbox, open_key
from headcount.server._keeping import at_hand
from headcount.server._portable import read_portable
from headcount.server._reach import running_server
from headcount.warehouse import DuckWarehouse

_CHUNK = 2 * 1024 * 1024  # bytes of lines that one process reads at a time
_AHEAD = 3  # chunks for each process that are on their way
_GROUP = 200_000  # reports that are loaded at a time
_SHOWN = 5  # lines of a file that are named as wrong
_NOTES = "import.json"
_INSTALL = re.compile(
    rb'"installid": ?"([0-9a-f]{4})'
)  # it need not be found: then a line is read by the first process


class Imported(NamedTuple):
    """What became of an import: how many reports were taken, how many lines were none, and the first of those, in words."""

    taken: int
    wrong: int
    examples: list[str]


Progress = Callable[[Path, float, int], None]
"""Told the file, the share of it that is done, and the reports that were taken."""


class _Sink(Protocol):
    """Where arrivals go."""

    def put(self, taken: Taken) -> None:
        """Take arrivals in."""

    def flush(self, then: Callable[[], None]) -> None:
        """Make what was put durable, now or beside what is put next; then call ``then``."""

    def finish(self) -> None:
        """Wait until all is durable, and each ``then`` was called."""


def import_files(path: Path, files: list[Path], progress: Progress) -> Imported:
    """Take the reports of files into a data directory.

    A server that runs on the directory loads them; else they are loaded here. Raises `BadData`, also where a file cannot be
    read.
    """
    for file in files:
        if not os.access(file, os.R_OK):
            raise BadData(f"{file} cannot be read: is it there, and is it yours?")
    data = open_data(path, create=True)
    with ExitStack() as stack:
        stack.enter_context(_no_collector())
        sink = _sink(data, stack)
        total = Imported(0, 0, [])
        for file in files:
            if file.is_dir():
                done = _portable(file, data, sink, progress)
            else:
                done = _lines(file, sink, _Notes(data), load_key(data.key), progress)
            total = Imported(total.taken + done.taken, total.wrong + done.wrong, total.examples + done.examples)
    return total


@contextmanager
def _no_collector() -> Iterator[None]:
    """Leave out the search for objects in cycles: it goes through all that waits to be loaded, and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _lines(file: Path, sink: _Sink, notes: _Notes, key: bytes, progress: Progress) -> Imported:
    with ExitStack() as stack:
        raw = stack.enter_context(file.open("rb"))
        size = max(1, file.stat().st_size)
        lines = _opened(raw)
        name = _name(key, file)
        offset = notes.read(name)
        number = _skip(lines, offset)
        results = stack.enter_context(_reading(key, size))
        taken = wrong = pending = 0
        examples: list[str] = []
        for chunk, result in results(_chunks(lines)):
            sink.put(result)
            offset += sum(map(len, chunk))
            taken += len(result.arrivals)
            pending += len(result.arrivals)
            wrong += len(result.wrong)
            examples += [f"{file}, line {number + at + 1}: {why}" for at, why in result.wrong][: _SHOWN - len(examples)]
            number += len(chunk)
            if pending >= _GROUP:
                sink.flush(partial(notes.write, name, offset))
                pending = 0
            progress(file, min(1.0, raw.tell() / size), taken)
        sink.flush(partial(notes.forget, name))
        sink.finish()
    return Imported(taken, wrong, examples)


def _portable(directory: Path, data: DataDirectory, sink: _Sink, progress: Progress) -> Imported:
    taken = 0
    for share, group in read_portable(directory, open_key(data)):
        sink.put(Taken([one._replace(content=b"") for one in group], {one.profile: one.content for one in group}, []))
        taken += len(group)
        progress(directory, share, taken)
        sink.flush(lambda: None)
    sink.finish()
    return Imported(taken, 0, [])


def _sink(data: DataDirectory, stack: ExitStack) -> _Sink:
    if stack.enter_context(running_server(data)) is None:
        warehouse = stack.enter_context(at_hand(data)).warehouse
        return _ToWarehouse(warehouse, stack.enter_context(ThreadPoolExecutor(1, "loading")))
    inbox, _ = open_inbox(data, "import")
    stack.enter_context(closing(inbox))
    return _ToInbox(inbox.append)


class _ToWarehouse:
    """Loads one group while the next is put; with one more waiting it would take the memory of three."""

    def __init__(self, warehouse: DuckWarehouse, loading: Executor) -> None:
        self._warehouse = warehouse
        self._loading = loading
        self._load: Future[None] | None = None
        self._waiting: list[Arrival] = []
        self._contents: dict[int, bytes] = {}

    def put(self, taken: Taken) -> None:
        self._waiting += taken.arrivals
        self._contents.update(taken.contents)

    def flush(self, then: Callable[[], None]) -> None:
        self.finish()
        self._load = self._loading.submit(self._make_durable, self._waiting, self._contents, then)
        self._waiting, self._contents = [], {}

    def finish(self) -> None:
        if self._load is not None:
            self._load.result()

    def _make_durable(self, waiting: list[Arrival], contents: dict[int, bytes], then: Callable[[], None]) -> None:
        if waiting:
            whole = [one._replace(content=contents[one.profile]) for one in waiting]
            self._warehouse.load(whole, inbox="import", through=0, now=time.time())
        then()


class _ToInbox:
    def __init__(self, append: Callable[[list[Arrival]], None]) -> None:
        self._append = append

    def put(self, taken: Taken) -> None:
        self._append([one._replace(content=taken.contents[one.profile]) for one in taken.arrivals])

    def flush(self, then: Callable[[], None]) -> None:
        then()  # each `put` was durable

    def finish(self) -> None:
        pass


class _Notes:
    """How far the files are that are not done, by the keyed hash of their beginning."""

    def __init__(self, data: DataDirectory) -> None:
        self._path = data.path / _NOTES

    def read(self, name: str) -> int:
        return self._all().get(name, 0)

    def write(self, name: str, offset: int) -> None:
        self._save({**self._all(), name: offset})

    def forget(self, name: str) -> None:
        notes = self._all()
        if notes.pop(name, None) is not None:
            self._save(notes)

    def _all(self) -> dict[str, int]:
        try:
            notes: dict[str, int] = json.loads(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        return notes

    def _save(self, notes: dict[str, int]) -> None:
        if not notes:
            self._path.unlink(missing_ok=True)
            return
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(notes), encoding="ascii")
        fresh.replace(self._path)


def _name(key: bytes, file: Path) -> str:
    with file.open("rb") as beginning:
        return hashlib.blake2b(beginning.read(65536), key=key, digest_size=16).hexdigest()


def _opened(raw: BinaryIO) -> BinaryIO:
    magic = raw.read(2)
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if magic == b"\x1f\x8b" else raw  # type: ignore[return-value]  # it reads as one


def _skip(lines: BinaryIO, offset: int) -> int:
    """Read on to a place in the lines; return how many lines stand before it."""
    number = 0
    while offset > 0 and (part := lines.read(min(offset, _CHUNK))):
        offset -= len(part)
        number += part.count(b"\n")
    return number


def _chunks(lines: BinaryIO) -> Iterator[list[bytes]]:
    while part := lines.read(_CHUNK):
        yield (part + lines.readline()).splitlines(keepends=True)


_Chunks = Iterator[list[bytes]]
_Results = Iterator[tuple[list[bytes], Taken]]


@contextmanager
def _reading(key: bytes, size: int) -> Iterator[Callable[[_Chunks], _Results]]:
    """What reads chunks, in their order: this process where they are few, else one for each core.

    The lines of an installation are read by the same one, which remembers what they said before.
    """
    if size <= _CHUNK:
        history = History(Pseudonymizer(key))
        yield lambda chunks: ((chunk, history.read(chunk)) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of DuckDB half
    with ExitStack() as stack:
        readers = [
            stack.enter_context(ProcessPoolExecutor(1, context, _start, (key,))) for _ in range(os.cpu_count() or 1)
        ]
        yield lambda chunks: _in_order(readers, chunks)


class _Part(NamedTuple):
    """The lines of a chunk that one process reads: their numbers in it, and what they hold."""

    numbers: list[int]
    taken: Future[Taken]


def _in_order(readers: list[ProcessPoolExecutor], chunks: _Chunks) -> _Results:
    waiting: deque[tuple[list[bytes], list[_Part]]] = deque()
    for chunk in chunks:
        waiting.append((chunk, _submit(readers, chunk)))
        if len(waiting) >= _AHEAD * len(readers):
            first, parts = waiting.popleft()
            yield first, _whole(parts)
    for first, parts in waiting:
        yield first, _whole(parts)


def _submit(readers: list[ProcessPoolExecutor], chunk: list[bytes]) -> list[_Part]:
    numbers: list[list[int]] = [[] for _ in readers]
    for number, line in enumerate(chunk):
        found = _INSTALL.search(line)
        numbers[0 if found is None else int(found[1], 16) % len(readers)].append(number)
    return [
        _Part(own, reader.submit(_read, [chunk[number] for number in own]))
        for reader, own in zip(readers, numbers, strict=True)
    ]


def _whole(parts: list[_Part]) -> Taken:
    """What a chunk holds: its reports, those of an installation in order, and the lines that are none."""
    whole = Taken([], {}, [])
    for part in parts:
        taken = part.taken.result()
        whole.arrivals.extend(taken.arrivals)
        whole.contents.update(taken.contents)
        whole.wrong.extend(one._replace(line=part.numbers[one.line]) for one in taken.wrong)
    whole.wrong.sort()
    return whole


_histories: list[History] = []  # of this process, made by `_start`


def _start(key: bytes) -> None:
    gc.disable()  # see `_no_collector`
    _histories[:] = [History(Pseudonymizer(key))]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's process that was not told to end would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read(lines: list[bytes]) -> Taken:
    return _histories[0].read(lines)
