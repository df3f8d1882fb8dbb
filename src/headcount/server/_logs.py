"""The log: one line an event, on standard error, as JSON or as text; nothing that a sender sent is in it.

Our own messages name no value. Those of libraries may, so addresses, ids, tokens and credentials are cut out of every
message, and an exception is logged as its type and its places in the code.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

_REDACTED = "[redacted]"
_PRIVATE = re.compile(
    r"""
    \b[\w.+-]+@[\w-]+(?:\.[\w-]+)+                               # e-mail
    | (?<=://)[^/\s:@]+:[^/\s@]+@                                # credentials in a URL
    | \b(?:Bearer\s+|token=)[\w.~+/=-]+                                  # tokens
    | \b[0-9a-f]{8}\.[\w-]{43}\b                                   # tokens of `headcount token`
    | \b[0-9a-fA-F]{32,}\b                                       # install ids, secrets, report ids
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)              # IPv4
    | (?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){0,7}(?![\w:])  # IPv6
    | (?<![\w:])::(?:[0-9a-fA-F]{1,4}:){0,6}[0-9a-fA-F]{1,4}(?![\w:])           # IPv6
    """,
    re.VERBOSE,
)


def redact(text: str) -> str:
    """Return a text without its addresses, ids, tokens and credentials."""
    return _PRIVATE.sub(_REDACTED, text)


class _Formatter(logging.Formatter):
    def entry(self, record: logging.LogRecord) -> dict[str, object]:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()).strip(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            entry["exception"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            entry["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return entry


class JsonLines(_Formatter):
    """``time``, ``level``, ``logger``, ``message``, and of an exception its type and ``at``, its places in the code."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(self.entry(record))


class Text(_Formatter):
    """The fields of `JsonLines`, for a person."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and for an exception a further line for each place in the code."""
        entry = self.entry(record)
        line = f"{entry['time']} {entry['level']} {entry['logger']}: {entry['message']}"
        if "exception" in entry:
            line += f" ({entry['exception']})"
        at = entry.get("at")
        return line + "".join(f"\n    {place}" for place in at) if isinstance(at, list) else line


def is_journal(stream: TextIO) -> bool:
    """Return whether what is written to a stream stays in systemd's journal, as sd_journal_print(3) tells it."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # it is no file
        return False
    return (device, inode) == (str(status.st_dev), str(status.st_ino))


def configure(level: str, form: str) -> None:
    """Write the log to standard error from this level up, as ``json``, ``text`` or ``auto``: text on a terminal."""
    if form == "auto":
        form = "text" if sys.stderr.isatty() else "json"
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # It warns of each request that is wrong; those are counted instead.
    logging.getLogger("uvicorn.error").setLevel(max(logging.ERROR, root.level))
