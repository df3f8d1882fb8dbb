"""The log of what maintainers asked: true counts and free conditions are for them, and leave a trace."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LARGEST = 10_000_000  # bytes of a file
_OLDER = 5  # files beside the one that is written


class Asked:
    """Lines of JSON in a file that only its owner can read. ``now`` gives Unix time. Safe in any thread."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._now = now
        self._file = _PrivateFile(path, maxBytes=_LARGEST, backupCount=_OLDER, encoding="utf-8", delay=True)

    def note(self, who: str, what: str, parameters: Mapping[str, str]) -> None:
        """Write down that the holder of a token (its id), or the ``operator``, asked a question or opened a page."""
        time = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")
        line = json.dumps({"time": time, "who": who, "asked": what, "parameters": dict(parameters)})
        self._file.handle(LogRecord("asked", 0, "", 0, line, None, None))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _PrivateFile(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # as in the standard library
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding)
