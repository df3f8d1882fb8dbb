"""Files that are whole and on the disk before they have their name, and that their owner alone can read."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODE = 0o600
_TEMPORARY = re.compile(r".+\.[0-9a-f]{16}\.new")


def write_durably(path: Path, data: bytes) -> None:
    """Write a private file, in the place of one that is there.

    Raises OSError where the file cannot be written; then ``path`` is as it was, and nothing is left beside
    it.
    """
    try:
        _write_once(path, data)
    except FileNotFoundError:  # whoever claims the directory sweeps temporary files, this one too
        _write_once(path, data)


def create_durably(path: Path, data: bytes) -> None:
    """Write a new private file, which has its name once it is whole. Of several processes one succeeds.

    Raises FileExistsError where there is a file, and OSError where it cannot be written; then nothing is
    left.
    """
    temporary = temporary_path(path)
    try:
        write_new(temporary, data)
        try:
            os.link(temporary, path)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                raise
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
            temporary.replace(path)  # a file system without hard links
    finally:
        remove(temporary)
    sync(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a private file that takes the place of ``path`` when the context ends: whole, and on the disk.

    Raises OSError where it cannot be written, or where ``path`` is no plain file. Where an exception leaves
    the context, ``path`` is as it was, and nothing is left beside it.
    """
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no plain file", str(path))
    temporary = temporary_path(path)
    try:
        with os.fdopen(_open_new(temporary), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        remove(temporary)
        raise
    sync(path.parent)


def temporary_path(path: Path) -> Path:
    """Return a path beside ``path`` that no other writer uses."""
    return path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")


def is_temporary(path: Path) -> bool:
    """Return whether a path is one of `temporary_path`."""
    return _TEMPORARY.fullmatch(path.name) is not None


def write_new(path: Path, data: bytes, *, hand_over: bool = False) -> None:
    """Write a new private file and sync it; `sync` of its directory makes its name durable too.

    ``hand_over``: a file that root writes belongs to the owner of its directory.
    Raises FileExistsError where there is a file, and OSError where none can be written, or not whole.
    """
    descriptor = _open_new(path)
    with os.fdopen(descriptor, "wb") as file:
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


def _write_once(path: Path, data: bytes) -> None:
    with replacing(path) as file:
        file.write(data)


def _open_new(path: Path) -> int:
    """Return a descriptor of a new file that its owner alone can read and write, whatever the umask."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    if hasattr(os, "fchmod"):  # not on Windows
        os.fchmod(descriptor, _MODE)  # a umask may have taken the owner's rights too
    return descriptor
