"""``headcount import``: history into a data directory.

What was taken is durable before the place in the file is noted, so an import that was ended goes on where it was; what is
read twice changes no answer.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from headcount._disk import write_durably
from headcount.contract import Arrival
from headcount.ingest import HistoryFiles, UnreadableFile, load_key
from headcount.server._data import BadData, DataDirectory, open_data, open_inbox, open_key
from headcount.server._keeping import at_hand
from headcount.server._portable import read_portable
from headcount.server._reach import running_server
from headcount.warehouse import DuckWarehouse

_GROUP = 100_000  # reports that are loaded at a time
_MOST = 256 * 1024 * 1024  # bytes of lines that are, which holds what waits in memory
_SHOWN = 5  # lines of a file that are named as wrong
_NOTES = "import.json"


class Imported(NamedTuple):
    """What became of an import.

    How many reports were ``taken``; how many lines were none, and the first of those, in words; and in words the files that
    could not be read to their end.
    """

    taken: int
    wrong: int
    examples: list[str]
    unread: list[str]


Progress = Callable[[Path, float, int], None]
"""Told the file, the share of it that is done, and the reports that were taken."""


class _Sink(Protocol):
    """Where arrivals go."""

    def put(self, arrivals: list[Arrival]) -> None:
        """Take arrivals in."""

    def flush(self, then: Callable[[], None]) -> None:
        """Make what was put durable, now or beside what is put next; then call ``then``."""

    def finish(self) -> None:
        """Wait until all is durable, and each ``then`` was called."""


def import_files(path: Path, files: list[Path], progress: Progress) -> Imported:
    """Take the reports of files into a data directory.

    A server that runs on the directory loads them; else they are loaded here. Raises `BadData`, also where a file cannot be
    read at all.
    """
    for file in files:
        if not os.access(file, os.R_OK):
            raise BadData(f"{file} cannot be read: is it there, and is it yours?")
        if not file.is_file() and not file.is_dir():
            raise BadData(f"{file} is neither a file nor a directory: write what comes out of it to a file")
    data = open_data(path, create=True)
    with ExitStack() as stack:
        stack.enter_context(_no_collector())
        sink = _sink(data, stack)
        key = load_key(data.key)
        reading, notes = stack.enter_context(HistoryFiles(key)), _Notes(data, key)
        done = [
            _portable(file, data, sink, progress) if file.is_dir() else _lines(file, reading, sink, notes, progress)
            for file in files
        ]
    return Imported(
        sum(one.taken for one in done),
        sum(one.wrong for one in done),
        [example for one in done for example in one.examples],
        [why for one in done for why in one.unread],
    )


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


def _lines(file: Path, files: HistoryFiles, sink: _Sink, notes: _Notes, progress: Progress) -> Imported:
    taken = wrong = pending = 0
    examples: list[str] = []
    unread: list[str] = []
    name = notes.name(file)
    flushed = notes.read(name)
    try:
        for chunk in files.read(file, flushed):
            sink.put(chunk.contents.arrivals)
            taken += len(chunk.contents.arrivals)
            pending += len(chunk.contents.arrivals)
            wrong += len(chunk.contents.errors)
            examples += [f"{file}, line {at + 1}: {why}" for at, why in chunk.contents.errors][: _SHOWN - len(examples)]
            if pending >= _GROUP or chunk.through - flushed >= _MOST:
                flushed, pending = chunk.through, 0
                sink.flush(partial(notes.write, name, flushed))
            progress(file, chunk.share, taken)
    except UnreadableFile as error:
        unread.append(f"{file} could not be read to its end: {error}")
    # Also of one that was not read to its end: what is damaged may have been read as something else for long before that is
    # seen, so that when it is mended it must be read from its beginning.
    sink.flush(partial(notes.forget, name))
    sink.finish()
    return Imported(taken, wrong, examples, unread)


def _portable(directory: Path, data: DataDirectory, sink: _Sink, progress: Progress) -> Imported:
    taken = 0
    for share, group in read_portable(directory, open_key(data)):
        sink.put(group)
        taken += len(group)
        progress(directory, share, taken)
        sink.flush(lambda: None)
    sink.finish()
    return Imported(taken, 0, [], [])


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

    def put(self, arrivals: list[Arrival]) -> None:
        self._waiting += arrivals

    def flush(self, then: Callable[[], None]) -> None:
        self.finish()
        self._load = self._loading.submit(self._make_durable, self._waiting, then)
        self._waiting = []

    def finish(self) -> None:
        if self._load is not None:
            self._load.result()

    def _make_durable(self, waiting: list[Arrival], then: Callable[[], None]) -> None:
        if waiting:
            self._warehouse.load(waiting, inbox="import", through=0, now=time.time())
        then()


class _ToInbox:
    def __init__(self, append: Callable[[list[Arrival]], None]) -> None:
        self._append = append

    def put(self, arrivals: list[Arrival]) -> None:
        self._append(arrivals)

    def flush(self, then: Callable[[], None]) -> None:
        then()  # each `put` was durable

    def finish(self) -> None:
        pass


class _Notes:
    """How far the files are that are not done, by the keyed hash of their beginning."""

    def __init__(self, data: DataDirectory, key: bytes) -> None:
        self._path = data.path / _NOTES
        self._key = key

    def name(self, file: Path) -> str:
        with file.open("rb") as beginning:
            return hashlib.blake2b(beginning.read(65536), key=self._key, digest_size=16).hexdigest()

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
        write_durably(self._path, json.dumps(notes).encode())
