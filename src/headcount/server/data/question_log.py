"""The log of questions: maintainers see true counts under conditions of their own, and what they asked leaves a trace."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from headcount._disk import write_durably

logger = logging.getLogger(__name__)

_LARGEST = 10_000_000  # bytes of a file
_OLDER = 5  # files beside the one that is written

ASKED_DAYS = 365
"""For so many days a question stays in the log."""


class QuestionLog:
    """Lines of JSON in a file that only its owner can read. ``now`` gives Unix time. Safe in any thread."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._expired = ""
        self._file = _PrivateFile(path, maxBytes=_LARGEST, backupCount=_OLDER, encoding="utf-8", delay=True)

    def note(self, who: str, what: str, parameters: Mapping[str, str]) -> None:
        """Write down that ``who``, the id of a token or ``operator``, asked a question or opened a page, ``what``."""
        time = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")
        line = json.dumps({"time": time, "who": who, "asked": what, "parameters": dict(parameters)})
        self._file.handle(LogRecord("asked", 0, "", 0, line, None, None))

    def expire(self) -> None:
        """Remove the lines that are older than `ASKED_DAYS`, at most once a day. Raises OSError."""
        oldest = (datetime.fromtimestamp(self._now(), UTC).date() - timedelta(days=ASKED_DAYS)).isoformat()
        if oldest == self._expired:
            return
        self._file.acquire()
        try:
            self._file.close()  # the next note opens it again
            for path in self._path.parent.glob(f"{self._path.name}*"):
                _drop_before(path, oldest)
        finally:
            self._file.release()
        self._expired = oldest

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _drop_before(path: Path, day: str) -> None:
    with path.open(encoding="utf-8") as file:
        if _time(file.readline()) >= day:
            return
        file.seek(0)
        recent = "".join(line for line in file if _time(line) >= day)
    if recent:
        write_durably(path, recent.encode())
    else:
        path.unlink()


def _time(line: str) -> str:
    """Return when a line was written; empty where the line was cut off."""
    try:
        return str(json.loads(line)["time"])
    except ValueError:
        return ""


class _PrivateFile(RotatingFileHandler):
    def handleError(self, _: LogRecord) -> None:  # noqa: N802  # as in the standard library
        """Log that a line could not be written, without the line."""
        logger.error("what was asked could not be written down: %s", type(sys.exception()).__name__)

    def _open(self):  # type: ignore[no-untyped-def]  # as in the standard library
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding)
