"""``import``: history into a data directory.

Arrivals are durable before the place in the file is written down, so that an import that was ended goes on where it was;
what is read twice changes no answer.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from headcount._refused import Refused
from headcount.ingest import HistoryFiles, Pseudonymizer, UnreadableFile, load_key
from headcount.server import commands
from headcount.server.commands.bookmarks import Bookmarks
from headcount.server.commands.connection import running_server
from headcount.server.commands.destinations import Destination, InboxDestination, WarehouseDestination
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.exports import origin_of, read_arrivals, read_rest
from headcount.server.data.inboxes import own_inbox
from headcount.server.data.opened import opened
from headcount.server.data.owner import acting_as_owner
from headcount.server.data.refusal import refusing
from headcount.server.data.simulation import Origin, SimulationMark, simulated_inbox

_GROUP = 100_000  # reports that are loaded at a time
_MOST = 256 * 1024 * 1024  # bytes of lines that are loaded at a time, which bounds what waits in memory
_SHOWN = 5  # lines of a file that are named as wrong


class Imported(NamedTuple):
    """What became of an import.

    ``taken``: how many reports were taken; ``wrong``: how many lines hold no report; ``examples``: the first of those, in
    words; ``unread``: in words the files that could not be read to their end; ``in_part``: exports of which reports alone
    were taken, since the warehouse holds others, or a server has it.
    """

    taken: int
    wrong: int
    examples: list[str]
    unread: list[str]
    in_part: list[Path]


Progress = Callable[[Path, float, int], None]
"""Told the file, the share of it that is read, and the reports that were taken."""


def import_files(
    path: Path, files: list[Path], progress: Progress, given: commands.Given = commands.NOTHING
) -> Imported:
    """Take the reports of files into a data directory. Raises `Refused`, also where a file cannot be read at all.

    A server that runs on the directory loads them; without a server they are loaded here. An export of a simulated fleet is
    taken where that is, and into a new directory, which is marked.
    """
    for file in files:
        if not os.access(file, os.R_OK):
            raise Refused(f"{file} cannot be read: is it there, and is it yours?")
        if not file.is_file() and not file.is_dir():
            raise Refused(f"{file} is neither a file nor a directory: write what comes out of it to a file")
    origins = {origin_of(file) for file in files}
    if origins != {Origin.REAL}:
        with refusing():
            there = SimulationMark(DataDirectory(path).simulated).origin()
        if there is Origin.REAL:
            commands.run(path, "simulate", given=given, into=str(path))
    inbox = simulated_inbox("import") if origins == {Origin.SIMULATED} else "import"
    with ExitStack() as stack:
        stack.enter_context(acting_as_owner(path))
        directory = open_directory(path, create=True)
        stack.enter_context(refusing())
        stack.enter_context(_without_garbage_collection())
        destination, pseudonymizer = _destination(directory, inbox, given, stack)
        key = load_key(directory.key, create=False)
        history = stack.enter_context(HistoryFiles(key))
        work = _Import(history, Bookmarks(directory.imports, key), pseudonymizer, destination, progress)
        parts = [work.take_export(file) if file.is_dir() else work.take_lines(file) for file in files]
    return Imported(
        sum(part.taken for part in parts),
        sum(part.wrong for part in parts),
        [*chain.from_iterable(part.examples for part in parts)],
        [*chain.from_iterable(part.unread for part in parts)],
        [*chain.from_iterable(part.in_part for part in parts)],
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Leave out the search for objects in cycles: it goes through all that waits to be loaded, and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Import(NamedTuple):
    """What reads files, and where it puts what is in them."""

    history: HistoryFiles
    bookmarks: Bookmarks
    pseudonymizer: Pseudonymizer
    destination: Destination
    progress: Progress

    def take_lines(self, file: Path) -> Imported:
        """Take the reports of a file of lines."""
        taken = wrong = pending = 0
        examples: list[str] = []
        unread: list[str] = []
        name = self.bookmarks.name(file)
        flushed = self.bookmarks.place(name)
        try:
            for chunk in self.history.read(file, flushed):
                self.destination.put(chunk.contents.arrivals)
                taken += len(chunk.contents.arrivals)
                pending += len(chunk.contents.arrivals)
                wrong += len(chunk.contents.errors)
                examples += [f"{file}, line {at + 1}: {why}" for at, why in chunk.contents.errors][
                    : _SHOWN - len(examples)
                ]
                if pending >= _GROUP or chunk.through - flushed >= _MOST:
                    flushed, pending = chunk.through, 0
                    self.destination.flush(partial(self.bookmarks.set, name, flushed))
                self.progress(file, chunk.share, taken)
        except UnreadableFile as error:
            unread.append(f"{file} could not be read to its end: {error}")
        # Also of a file that was not read to its end: damaged bytes may have been read as something else for long before
        # that is seen, so that the file must be read from its beginning when it is mended.
        self.destination.flush(partial(self.bookmarks.remove, name))
        self.destination.finish()
        return Imported(taken, wrong, examples, unread, [])

    def take_export(self, directory: Path) -> Imported:
        """Take the sightings of the directory of an export, and all else in it where nothing else was loaded."""
        taken = 0
        unread: list[str] = []
        whole = self.destination.is_first
        try:
            for share, arrivals in read_arrivals(directory, self.pseudonymizer, whole=whole):
                self.destination.put(arrivals)
                taken += len(arrivals)
                self.progress(directory, share, taken)
                self.destination.flush(lambda: None)
            self.destination.finish()
            if whole:
                self.destination.take_over(read_rest(directory))
        except Refused as error:  # the other files are taken all the same
            unread.append(str(error).rstrip("."))
        self.destination.finish()
        return Imported(taken, 0, [], unread, [] if whole else [directory])


def _destination(
    directory: DataDirectory, name: str, given: commands.Given, stack: ExitStack
) -> tuple[Destination, Pseudonymizer]:
    if given.warehouse is not None:
        commands.refuse_other_warehouse(directory, given)
    if stack.enter_context(running_server(directory)) is None:
        data = stack.enter_context(opened(directory, given))
        data.catch_up()
        loading = stack.enter_context(ThreadPoolExecutor(1, "loading"))
        return WarehouseDestination(data.warehouse, name, loading, data.now), data.pseudonymizer
    inbox, pseudonymizer = stack.enter_context(own_inbox(directory, name))
    return InboxDestination(inbox), pseudonymizer
