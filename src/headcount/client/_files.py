"""Files in the master's directory: their owner alone can read them, and they are whole or missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from headcount._disk import remove, temporary_path, write_new

if TYPE_CHECKING:
    from pathlib import Path

LAST_REPORT = "usage-report.json"
"""The name of the file with the last report, whole."""


def write_private(path: Path, data: bytes) -> bool:
    """Write a file, in the place of one that is there; return False where the directory cannot be written."""
    temporary = temporary_path(path)
    try:
        _write(temporary, data)
        temporary.replace(path)
    except OSError:
        remove(temporary)
        return False
    return True


def keep_private(path: Path, make: Callable[[], str], is_right: Callable[[str], bool]) -> str | None:
    """Return the line of text in a file. Where the file is missing, or its line is not right, write a new
    one first.

    Two processes that write it at once return the same line. Returns None where the directory cannot be
    written, or the file cannot be read: a line that cannot be stored would be a new one at each start.
    """
    line = _read(path)
    if line is not None and is_right(line):
        return line
    fresh = make()
    if line is not None:
        return fresh if write_private(path, fresh.encode() + b"\n") else None
    temporary = temporary_path(path)
    try:
        _write(temporary, fresh.encode() + b"\n")
        os.link(temporary, path)  # fails where another process was quicker
    except FileExistsError:
        line = _read(path)
        return line if line is not None and is_right(line) else None
    except OSError:  # no hard links here, or no writing at all
        return fresh if write_private(path, fresh.encode() + b"\n") else None
    finally:
        remove(temporary)
    return fresh


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a new file that the master can read even where root writes it, as in a preview."""
    write_new(path, data, hand_over=True)
