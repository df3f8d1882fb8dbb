"""All inboxes of a data directory: one's own, and those of the processes beside."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

from headcount.ingest import Inbox, NotInbox
from headcount.server.data.directory import BadData, DataDirectory

logger = logging.getLogger(__name__)


class Inboxes:
    """Iterates over them, those included that another process makes later. Safe in any thread."""

    def __init__(self, data: DataDirectory, stack: ExitStack, *opened: Inbox) -> None:
        """What is opened here is closed with ``stack``."""
        self._data = data
        self._stack = stack
        self._lock = threading.Lock()
        self._open = {inbox.path: inbox for inbox in opened}

    def refuse_foreign(self) -> None:
        """Raises `BadData` where one is not ours, or a newer Headcount's; one that is damaged is another matter."""
        try:
            for path in sorted(self._data.inboxes.glob("*.sqlite")):
                with suppress(sqlite3.Error), closing(Inbox(path)):
                    pass
        except NotInbox as error:
            raise BadData(f"{error}.") from error

    def __iter__(self) -> Iterator[Inbox]:
        with self._lock:
            for path in sorted(self._data.inboxes.glob("*.sqlite")):
                if path not in self._open:
                    try:
                        inbox = Inbox(path)
                    except (ValueError, sqlite3.Error) as error:
                        logger.error("the inbox %s cannot be loaded: %s", path, error)  # noqa: TRY400  # the reason suffices
                        continue
                    self._stack.callback(inbox.close)
                    self._open[path] = inbox
            return iter(list(self._open.values()))
