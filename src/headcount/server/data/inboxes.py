"""The inboxes of a data directory, and the key under which what is in them was put under pseudonyms."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from headcount._refused import Refused
from headcount.ingest import Inbox, NotInbox, Pseudonymizer, load_key
from headcount.server.data.directory import DataDirectory

logger = logging.getLogger(__name__)


class Inboxes:
    """Iterates over all inboxes of a data directory, those included that another process makes later. Safe in any thread."""

    def __init__(self, data: DataDirectory, stack: ExitStack, *opened: Inbox) -> None:
        """``opened``: inboxes of this process. The others are opened here, and closed with ``stack``."""
        self._data = data
        self._stack = stack
        self._lock = threading.Lock()
        self.unreadable: set[Path] = set()
        """The files that could not be opened when they were last iterated over."""
        self._open = {inbox.path: inbox for inbox in opened}

    def refuse_foreign(self) -> None:
        """Raise `Refused` where a file is no inbox, or a newer Headcount's; a damaged inbox is another matter."""
        try:
            for path in sorted(self._data.inboxes.glob("*.sqlite")):
                with suppress(sqlite3.Error), closing(Inbox(path)):
                    pass
        except NotInbox as error:
            raise Refused(f"{error}.") from error

    def __iter__(self) -> Iterator[Inbox]:
        with self._lock:
            paths = sorted(self._data.inboxes.glob("*.sqlite"))
            self.unreadable.intersection_update(paths)
            for path in paths:
                if path not in self._open:
                    self._try_to_open(path)
            return iter(list(self._open.values()))

    def _try_to_open(self, path: Path) -> None:
        try:
            inbox = Inbox(path)
        except (ValueError, sqlite3.Error) as error:
            if path not in self.unreadable:  # or the log would have two lines a second of it
                logger.error("the inbox %s cannot be loaded: %s", path, error)  # noqa: TRY400  # the reason suffices
            self.unreadable.add(path)
            return
        self.unreadable.discard(path)
        self._stack.callback(inbox.close)
        self._open[path] = inbox


def open_inbox(data: DataDirectory, name: str) -> tuple[Inbox, Pseudonymizer]:
    """Return an inbox of this process in a data directory, and the pseudonymizer of what goes into it. Raises `Refused`."""
    pseudonymizer = open_key(data)
    try:
        return Inbox(data.inbox(name), owner=True, genuine=pseudonymizer.is_profile), pseudonymizer
    except ValueError as error:
        raise Refused(f"{error}.") from error


def open_key(data: DataDirectory) -> Pseudonymizer:
    """Return the pseudonymizer of a data directory; where nothing is held yet, a key is made. Raises `Refused`."""
    empty = not data.warehouse.exists() and not any(data.inboxes.glob("*.sqlite"))
    try:
        return Pseudonymizer(load_key(data.key, create=empty))
    except (ValueError, OSError) as error:
        raise Refused(f"{error}.") from error
