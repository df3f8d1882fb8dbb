"""The inboxes of a data directory, and the key under which what is in them was put under pseudonyms."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from headcount._refused import Refused
from headcount.ingest import Inbox, NotInbox, Pseudonymizer
from headcount.server.data.directory import DataDirectory
from headcount.server.data.keys import shared_key

logger = logging.getLogger(__name__)


OTHER_KEY = (
    "its reports are under another pseudonym key: they wait until that key is put back, or their file is deleted"
)
"""Why an inbox is not loaded that holds reports under another key, and what to do."""


class Inboxes:
    """Iterates over all inboxes of a data directory, those included that another process makes later. Safe in any thread.

    One that holds reports under another pseudonym key is left out, and left as it is: they would be other installations.
    """

    def __init__(
        self, data: DataDirectory, stack: ExitStack, fingerprint: str, *opened: Inbox, pattern: str = "*.sqlite"
    ) -> None:
        """``fingerprint``: of the pseudonym key. ``opened``: inboxes of this process. ``pattern``: of the files' names.

        The others are opened here, and closed with ``stack``.
        """
        self._pattern = pattern
        self._data = data
        self._stack = stack
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self.unreadable: set[Path] = set()
        """The files that could not be loaded when they were last iterated over."""
        self._own = {inbox.path: inbox for inbox in opened}
        self._others: dict[Path, Inbox] = {}

    def refuse_foreign(self) -> None:
        """Raise `Refused` where a file is no inbox, or a newer Headcount's; a damaged inbox is another matter."""
        try:
            for path in sorted(self._data.inboxes.glob(self._pattern)):
                with suppress(sqlite3.Error), closing(Inbox(path)):
                    pass
        except NotInbox as error:
            raise Refused(f"{error}.") from error

    def __iter__(self) -> Iterator[Inbox]:
        with self._lock:
            paths = sorted(self._data.inboxes.glob(self._pattern))
            self.unreadable.intersection_update(paths)
            others = [inbox for path in paths if path not in self._own and (inbox := self._loadable(path)) is not None]
            return iter([*self._own.values(), *others])

    def _loadable(self, path: Path) -> Inbox | None:
        try:
            inbox = self._opened(path)
            if inbox.key in (None, self._fingerprint):
                self.unreadable.discard(path)
                return inbox
            waiting = inbox.waits
        except (ValueError, sqlite3.Error) as error:
            self._cannot_load(path, str(error))
            return None
        if waiting:
            self._cannot_load(path, OTHER_KEY)
        return None

    def _opened(self, path: Path) -> Inbox:
        if path not in self._others:
            inbox = Inbox(path)
            self._stack.callback(inbox.close)
            self._others[path] = inbox
        return self._others[path]

    def _cannot_load(self, path: Path, why: str) -> None:
        if path not in self.unreadable:  # or the log would have two lines a second of it
            logger.error("the inbox %s cannot be loaded: %s", path, why)
        self.unreadable.add(path)


class SharedInbox:
    """An inbox under a name that no other process gives it: in a warehouse that others load into are their marks too.

    A data directory may have been copied, with the inboxes in it, and then rows of two files have the same numbers. So no
    mark is taken over: what was loaded by a process before, and not deleted yet, is loaded again, which changes no answer.
    """

    def __init__(self, inbox: Inbox, process: str) -> None:
        self._inbox = inbox
        self._process = process
        self.waiting, self.backlog, self.forget = inbox.waiting, inbox.backlog, inbox.forget

    @property
    def name(self) -> str:
        """The inbox's own name, and that of the process. Raises sqlite3.Error where the file cannot be opened."""
        return f"{self._inbox.name}.{self._process}"


class SharedInboxes:
    """Iterates over the inboxes that this process loads where each loads its own: those, and what nobody writes to."""

    def __init__(self, data: DataDirectory, inboxes: Iterable[Inbox], own: Collection[Inbox]) -> None:
        """``inboxes``: those of the directory; ``own``: those of this process."""
        self._data = data
        self._inboxes = inboxes
        self._own = {inbox.path for inbox in own}
        self._process = secrets.token_hex(8)

    def __iter__(self) -> Iterator[SharedInbox]:
        return iter(
            [
                SharedInbox(inbox, self._process)
                for inbox in self._inboxes
                if inbox.path in self._own or not self._data.is_taken(inbox.path)
            ]
        )


@contextmanager
def own_inbox(data: DataDirectory, name: str) -> Iterator[tuple[Inbox, Pseudonymizer]]:
    """Yield an inbox of this process, and the pseudonymizer of what goes into it; the key stays as it is meanwhile.

    Raises `Refused`.
    """
    with shared_key(data) as pseudonymizer:
        path = data.inbox(name)
        try:
            inbox = Inbox(path, owner=True, genuine=pseudonymizer.is_profile, key=pseudonymizer.fingerprint)
        except ValueError as error:
            raise Refused(f"{error}.") from error
        with closing(inbox):
            yield inbox, pseudonymizer
