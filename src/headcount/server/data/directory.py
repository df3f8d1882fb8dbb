"""The data directory: what is in it, its version, who owns it, and the refusal of what is not ours.

It holds the pseudonym key, the tombstones, a file for each inbox, the warehouse of DuckDB, the publications, the hashes of
maintainers' tokens, the log of questions, and, while a server runs, its socket. The key and the tombstones lie beside the
database: a copy of it is no copy of the key, and an older copy brings nobody back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headcount._refused import Refused

_MARKER = "HEADCOUNT"
_VERSION = 1
_LONGEST = 100  # bytes of a Unix socket's address that all systems take
_MOST = 64  # ingest processes beside the server


class DataDirectory:
    """Paths in a data directory, and the locks on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = path / "pseudonym.key"
        self.tombstones = path / "tombstones"
        self.inboxes = path / "inbox"
        self.warehouse = path / "warehouse.duckdb"
        self.publications = path / "publications"
        self.tokens = path / "tokens.json"
        self.questions = path / "asked"
        self.imports = path / "import.json"

    def inbox(self, name: str) -> Path:
        """Return the inbox file of a process."""
        return self.inboxes / f"{name}.sqlite"

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Own the directory while the context lasts, also a read-only one. Raises `Refused` where another process does."""
        descriptor = self._open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self.in_use() from None
            yield
        finally:
            os.close(descriptor)

    def in_use(self) -> Refused:
        """Return the error for a directory that another process owns."""
        return Refused(f"another process works on {self.path}: stop it, or give another directory with --data.")

    @contextmanager
    def inbox_name(self) -> Iterator[str]:
        """Yield the name of an inbox that no other ingest process writes to while the context lasts. Raises `Refused`."""
        for number in range(1, _MOST + 1):
            name = f"ingest-{number}"
            descriptor = self._open(self.inboxes / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
            try:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield name
                return
            finally:
                os.close(descriptor)
        raise Refused(f"{_MOST} ingest processes work on {self.path} already: stop some.")

    def _open(self, path: Path, flags: int) -> int:
        try:
            return os.open(path, flags, 0o600)
        except OSError as error:
            raise Refused(f"the data directory {self.path} cannot be used: {path}: {error.strerror}.") from error

    def refuse_ingest_processes(self) -> None:
        """Raise `Refused` where an ingest process takes reports: it has the key in memory."""
        for path in self.inboxes.glob("*.lock"):
            with path.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Refused(f"an ingest process works on {self.path} ({path.stem}): stop it first.") from None

    @contextmanager
    def socket_address(self) -> Iterator[str]:
        """Yield the address of the server's Unix socket, short enough for the system while the context lasts."""
        path = self.path / "headcount.sock"
        if len(os.fsencode(path)) <= _LONGEST:
            yield str(path)
            return
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/headcount.sock"
        finally:
            os.close(descriptor)


def open_directory(path: Path, *, create: bool) -> DataDirectory:
    """Check a data directory; with ``create`` make it where there is none, or an empty one. Raises `Refused`."""
    data = DataDirectory(path)
    marker = path / _MARKER
    try:
        if not marker.exists():
            _make(path, marker, create=create)
        words = marker.read_text(encoding="ascii", errors="replace").split()
        data.inboxes.mkdir(exist_ok=True)
    except OSError as error:
        raise Refused(f"the data directory {path} cannot be used: {error.strerror}.") from error
    if len(words) != 2 or words[0] != "headcount-data" or not words[1].isdigit():
        raise Refused(f"{path} is no data directory of Headcount's: give another one with --data.")
    if int(words[1]) > _VERSION:
        raise Refused(f"{path} was written by a newer Headcount (data version {words[1]}): install that one.")
    return data


def _make(path: Path, marker: Path, *, create: bool) -> None:
    if path.exists() and not path.is_dir():
        raise Refused(f"{path} is a file: give a directory with --data.")
    if path.is_dir() and any(path.iterdir()):
        raise Refused(f"{path} is not empty, and no data directory of Headcount's: give another one with --data.")
    if not create:
        raise Refused(f"there is no data directory {path}: name it with --data, or start `headcount serve` to make it.")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker.write_text(f"headcount-data {_VERSION}\n", encoding="ascii")
