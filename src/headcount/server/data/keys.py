"""The pseudonym key of a data directory: whoever holds it in memory shares a lock, which its replacement has alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from headcount._refused import Refused
from headcount.ingest import Pseudonymizer, load_key, replace_key
from headcount.server.data.directory import DataDirectory


def open_key(data: DataDirectory) -> Pseudonymizer:
    """Return the pseudonymizer of a data directory; where nothing is held yet, a key is made. Raises `Refused`."""
    empty = data.is_new and not data.warehouse.exists() and not any(data.inboxes.glob("*.sqlite"))
    try:
        return Pseudonymizer(load_key(data.key, create=empty))
    except ValueError as error:
        raise Refused(f"{error}.") from error
    except OSError as error:
        raise Refused(f"the pseudonym key {data.key} cannot be used: {error.strerror}.") from error


@contextmanager
def shared_key(data: DataDirectory) -> Iterator[Pseudonymizer]:
    """Yield the pseudonymizer; nobody replaces the key while the context lasts. Raises `Refused`."""
    open_key(data)  # so that there is one to lock
    with _locked(data, fcntl.LOCK_SH, f"`headcount rotate-key` works on {data.path}: start again once it is done."):
        yield open_key(data)


@contextmanager
def replaceable_key(data: DataDirectory) -> Iterator[None]:
    """While the context lasts nobody but this process has the key, or gets it. Raises `Refused` where somebody has.

    The owner of the directory alone may ask for it.
    """
    open_key(data)
    with _locked(data, fcntl.LOCK_EX, f"a process takes reports into {data.path} under its key: stop it first."):
        yield


def rotate(data: DataDirectory) -> None:
    """Replace the key by a new one, within `replaceable_key`. Raises OSError; then the old one is there."""
    replace_key(data.key)


@contextmanager
def _locked(data: DataDirectory, kind: int, refused: str) -> Iterator[None]:
    """Lock the file of the key that is there; another one may have taken its place between its opening and the lock."""
    while True:
        try:
            descriptor = os.open(data.key, os.O_RDONLY)
        except OSError as error:
            raise Refused(f"the pseudonym key {data.key} cannot be used: {error.strerror}.") from error
        try:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(refused) from None
            if os.path.samestat(os.fstat(descriptor), data.key.stat()):
                yield
                return
        finally:
            os.close(descriptor)
