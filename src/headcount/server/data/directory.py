"""The data directory: what is in it, its version, and the refusal of what is not ours.

It holds the pseudonym key, the tombstones, one file for each inbox, the warehouse of DuckDB, the publications, the hashes of
maintainers' tokens, the log of what was asked, and, while a server runs, its socket. The key and the tombstones lie beside
the database: a copy of it is no copy of the key, and an older copy brings nobody back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headcount.ingest import Inbox, Pseudonymizer, load_key

_MARKER = "HEADCOUNT"
_VERSION = 1
_LONGEST = 100  # bytes of a Unix socket's address that all systems take


class BadData(Exception):
    """The data directory cannot be used; the message is one sentence that says what to do."""


class DataDirectory:
    """Paths in a data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = path / "pseudonym.key"
        self.tombstones = path / "tombstones"
        self.inboxes = path / "inbox"
        self.warehouse = path / "warehouse.duckdb"
        self.publications = path / "publications"
        self.tokens = path / "tokens.json"
        self.asked = path / "asked.log"

    def inbox(self, name: str) -> Path:
        """The inbox file of a process."""
        return self.inboxes / f"{name}.sqlite"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Own the directory while the context lasts, also a read-only one. Raises `BadData` where another does."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BadData(
                f"another process works on {self.path}: stop it, or give another directory with --data."
            ) from None
        finally:
            os.close(descriptor)

    @contextmanager
    def socket(self) -> Iterator[str]:
        """The address of the server's Unix socket, short enough for the system while the context lasts."""
        path = self.path / "headcount.sock"
        if len(os.fsencode(path)) <= _LONGEST:
            yield str(path)
            return
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/headcount.sock"
        finally:
            os.close(descriptor)


def open_data(path: Path, *, create: bool) -> DataDirectory:
    """Check a data directory; with ``create`` make it, where there is none or an empty one.

    Raises `BadData`.
    """
    data = DataDirectory(path)
    marker = path / _MARKER
    try:
        if not marker.exists():
            _make(path, marker, create=create)
        text = marker.read_text(encoding="ascii", errors="replace").split()
        data.inboxes.mkdir(exist_ok=True)
    except OSError as error:
        raise BadData(f"the data directory {path} cannot be used: {error.strerror}.") from error
    if len(text) != 2 or text[0] != "headcount-data" or not text[1].isdigit():
        raise BadData(f"{path} is no data directory of Headcount's: give another one with --data.")
    if int(text[1]) > _VERSION:
        raise BadData(f"{path} was written by a newer Headcount (data version {text[1]}): install that one.")
    return data


def open_inbox(data: DataDirectory, name: str) -> tuple[Inbox, Pseudonymizer]:
    """An inbox of one's own in a data directory, and what puts reports under pseudonyms there. Raises `BadData`."""
    pseudonymizer = open_key(data)
    try:
        return Inbox(data.inbox(name), owner=True, genuine=pseudonymizer.is_profile), pseudonymizer
    except ValueError as error:
        raise BadData(f"{error}.") from error


def open_key(data: DataDirectory) -> Pseudonymizer:
    """What puts reports under pseudonyms in a data directory: a key is made where nothing is held yet. Raises `BadData`."""
    empty = not data.warehouse.exists() and not any(data.inboxes.glob("*.sqlite"))
    try:
        return Pseudonymizer(load_key(data.key, create=empty))
    except (ValueError, OSError) as error:
        raise BadData(f"{error}.") from error


def _make(path: Path, marker: Path, *, create: bool) -> None:
    if path.exists() and not path.is_dir():
        raise BadData(f"{path} is a file: give a directory with --data.")
    if path.is_dir() and any(path.iterdir()):
        raise BadData(f"{path} is not empty, and no data directory of Headcount's: give another one with --data.")
    if not create:
        raise BadData(f"there is no data directory {path}: name it with --data, or start `headcount serve` to make it.")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker.write_text(f"headcount-data {_VERSION}\n", encoding="ascii")
