"""What the last report of a master told, for a preview: some of it only the running master knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Callable

from headcount.client import _database
from headcount.client._database import Database
from headcount.client._files import ReportFiles

_LEFT_OUT = "cannot be known before the master ran: left out"


class LastReport:
    """The last report of the master that keeps ``files``. ``body``: the report, None where there is none.

    ``warn`` is told of all that is taken from it, or cannot be.
    """

    def __init__(self, files: ReportFiles, warn: Callable[[str], None]) -> None:
        self.body = _read(files)
        self._told = self.body or {}
        self._warn = warn

    def database(self, url: Any, *, full: bool) -> Database:
        """Return the database behind a URL; ``full``: with its driver and server."""
        last, found = _database.of_report(self._told), _database.of_url(url)
        if found.type is None and last.type is None:
            self._warn(f"the type of the database {_LEFT_OUT}")
        elif found.type is None:
            self._warn("the database is behind a secret: its type is taken from the last report")
            found = last
        if not full or found.server is not None:
            return found
        self._warn_of("the version of the database's server", last.server)
        return found._replace(server=last.server)

    def workers(self) -> Mapping[str, str] | None:
        """Return the releases of the workers that the running master saw, in bands."""
        found = self._told.get("workers")
        self._warn_of("what releases the workers have", found)
        return found if isinstance(found, dict) else None

    def _warn_of(self, what: str, found: object) -> None:
        self._warn(f"{what} {_LEFT_OUT}" if found is None else f"{what} is taken from the last report")


def _read(files: ReportFiles) -> dict[str, Any] | None:
    try:
        last = json.loads(files.report.read_bytes())
    except (OSError, ValueError):
        return None
    return last if isinstance(last, dict) else None
