"""Files that are whole and on the disk before they have their name, and that their owner alone can read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_MODE = 0o600


def write_durably(path: Path, data: bytes) -> None:
    """Write a private file, in the place of one that is there.

    Raises OSError where the file cannot be written; then ``path`` is as it was, and nothing is left beside
    it.
    """
    temporary = temporary_path(path)
    try:
        write_new(temporary, data)
        temporary.replace(path)
    except BaseException:
        remove(temporary)
        raise
    sync(path.parent)


def temporary_path(path: Path) -> Path:
    """Return a path beside ``path`` that no other writer uses."""
    return path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")


def write_new(path: Path, data: bytes, *, hand_over: bool = False) -> None:
    """Write a new private file and sync it; `sync` of its directory makes its name durable too.

    ``hand_over``: a file that root writes belongs to the owner of its directory.
    Raises FileExistsError where there is a file, and OSError where none can be written, or not whole.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "fchmod"):  # not on Windows
            os.fchmod(descriptor, _MODE)  # a umask may have taken the owner's rights too
        if hand_over and hasattr(os, "geteuid") and os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def sync(path: Path) -> None:
    """Make the content of a file durable, or the names in a directory. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, if it is there and can be removed."""
    with suppress(OSError):
        path.unlink()
