"""Files in the master's directory: its owner alone can read them, and they are whole or not there."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from pathlib import Path

LAST_REPORT = "usage-report.json"
"""The report that was last sent, whole."""


def write_private(path: Path, data: bytes) -> bool:
    """Write a file, in the place of one that is there; False where the directory cannot be written."""
    temporary = _temporary(path)
    try:
        _write(temporary, data)
        temporary.replace(path)
    except OSError:
        _remove(temporary)
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
    temporary = _temporary(path)
    try:
        _write(temporary, made.encode() + b"\n")
        os.link(temporary, path)  # fails where another process was quicker
    except FileExistsError:
        kept = _read(path)
        return kept if kept is not None and is_right(kept) else None
    except OSError:  # no hard links here, or no writing at all
        return made if write_private(path, made.encode() + b"\n") else None
    finally:
        _remove(temporary)
    return made


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _temporary(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")


def _write(path: Path, data: bytes) -> None:
    """Write a new file; where root does it for a directory of another's, that other owns it, as its master must read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
