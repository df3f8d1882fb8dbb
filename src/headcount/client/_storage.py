"""Storing what a report leaves in the master's directory; it may block, so it runs in a thread."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from headcount.client._files import ReportFiles

LINE = 80 * 1024
"""The most characters of a line in the log."""

_NOT_KEPT = "{} cannot be written in the master's directory, so the log alone has what is sent"
_STALE = f"{_NOT_KEPT}: the file that is there is an older report"
_UNPROVEN = (
    "a secret cannot be kept in the master's directory, and without one nobody can ask the collector for what it has of "
    "this installation"
)


class Stored(NamedTuple):
    """A report's text for the log, the secret to send with it, and what could not be stored."""

    text: str
    secret: str | None
    complaints: list[str]


def store(files: ReportFiles, collector: str, data: bytes) -> Stored:
    """Store a report in its file, in place of an older one, and the secret where there is none yet.

    ``collector``: the name of the one that the secret is for. Where the file cannot be written, the text has the
    whole report, as far as a line goes.
    """
    from headcount.client import _assemble, _files, _identity

    path = files.report
    complaints = []
    if _files.write_private(path, data):
        text = _assemble.for_the_log(data, path.name)
    else:
        text = _whole(data)
        with suppress(OSError):  # an older report must not pass for this one
            path.unlink()
        complaints.append((_STALE if os.path.lexists(path) else _NOT_KEPT).format(path.name))
    secret = _identity.secret(files, collector)
    if secret is None:
        complaints.append(_UNPROVEN)
    return Stored(text, secret, complaints)


def _whole(data: bytes) -> str:
    """Return a report for the log, whole as far as a line goes, where no file has it."""
    cut = f" [cut here: the report has {len(data):,} bytes]"
    text = data.decode()
    most = LINE - len("sending ")
    return text if len(text) <= most else text[: most - len(cut)] + cut
