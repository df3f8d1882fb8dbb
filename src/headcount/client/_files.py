"""Files in the master's directory: its owner alone can read them, and they are whole or not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from headcount._disk import remove, temporary_path, write_new

if TYPE_CHECKING:
    from pathlib import Path

LAST_REPORT = "usage-report.json"
"""The report that was last sent, whole."""


def write_private(path: Path, data: bytes) -> bool:
    """Write a file, in the place of one that is there; False where the directory cannot be written."""
    temporary = temporary_path(path)
    try:
        _write(temporary, data)
        temporary.replace(path)
    except OSError:
        remove(temporary)
        return False
    return True


def keep_private(path: Path, make: Callable[[], str], is_right: Callable[[str], bool]) -> str | None:
    """The line of text that is kept in a file, made where there is none or one that is not right.

    Two processes that make it at once get the same. None where the directory cannot be written, or what is there not read:
    what cannot be kept would be another at each start.
    """
    kept = _read(path)
    if kept is not None and is_right(kept):
        return kept
    made = make()
    if kept is not None:
        return made if write_private(path, made.encode() + b"\n") else None
    temporary = temporary_path(path)
    try:
        _write(temporary, made.encode() + b"\n")
        os.link(temporary, path)  # fails where another process was quicker
    except FileExistsError:
        kept = _read(path)
        return kept if kept is not None and is_right(kept) else None
    except OSError:  # no hard links here, or no writing at all
        return made if write_private(path, made.encode() + b"\n") else None
    finally:
        remove(temporary)
    return made


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a new file, whole; its master must be able to read it, whoever writes it."""
    write_new(path, data, hand_over=True)
