"""The data directory: what is in it, its version, who owns it, and the refusal of what is not ours.

It holds the pseudonym key, the tombstones, a file for each inbox, the warehouse of DuckDB or the URL of one that is
elsewhere, the publications, the records, the hashes of maintainers' tokens, what these think of removing, the log of
questions, what is known of the clock, the mark of a simulation, copies on their way, and, while a server runs, its socket.
The key and the tombstones lie beside the database: a copy of it is no copy of the key, and an older copy brings nobody back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from headcount._disk import create_durably, is_temporary, sync, write_durably
from headcount._refused import Refused

_MARKER = "HEADCOUNT"
_VERSION = 1
_NEW = "NEW"
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
        self.records = path / "records"
        self.tokens = path / "tokens.json"
        self.questions = path / "asked"
        self.removals = path / "next-release.json"
        self.notices = path / "notices.json"
        self.clock = path / "clock"
        self.imports = path / "import.json"
        self.copies = path / "copies"
        self.restored = path / "restored"
        self.simulated = path / "SIMULATED"
        self.url = path / "warehouse.url"
        self._marker = path / _MARKER
        self._new = path / _NEW

    def inbox(self, name: str) -> Path:
        """Return the inbox file of a process."""
        return self.inboxes / f"{name}.sqlite"

    @property
    def is_new(self) -> bool:
        """Whether no warehouse was made yet: then none is missing, though reports may wait and have their key."""
        held = (self.tombstones, self.publications, self.records)
        return self._new.exists() and not any(path.exists() for path in held)

    def note_unused(self) -> None:
        """Note that there is no warehouse yet where an earlier version made the directory alone. Raises OSError."""
        held = (
            self._new, self.key, self.tombstones, self.publications, self.records, self.warehouse, self.restored, self.url,
        )  # fmt: skip
        if not any(path.exists() for path in held) and not any(self.inboxes.iterdir()):
            write_durably(self._new, b"")

    def note_warehouse(self) -> None:
        """Note, durably, that there is a warehouse: from now on the directory is damaged without it. Raises OSError."""
        if self._new.exists():
            sync(self.path)  # the warehouse has its name
            self._new.unlink()
            sync(self.path)

    @property
    def remembered_url(self) -> str | None:
        """The URL of the warehouse that is not in the directory; None where none was used. Raises `Refused`."""
        try:
            return self.url.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise Refused(f"{self.url}, which says where the warehouse is, cannot be read.") from None

    def remember_url(self, url: str) -> None:
        """Write down, durably, where the warehouse is: from now on it is there. Raises OSError."""
        write_durably(self.url, f"{url}\n".encode())
        self.note_warehouse()

    def refuse_lost_warehouse(self) -> None:
        """Raise `Refused` where the warehouse was there once, and is not now."""
        if not self.is_new and not self.warehouse.exists():
            raise Refused(f"{self.lost_warehouse()}.")

    def lost_warehouse(self) -> str:
        """Return what is wrong, and what to do, where the warehouse was there once and is not now."""
        return (
            f"{self.path} has lost its warehouse, {self.warehouse.name}: bring a backup back with `headcount restore FILE`, "
            "or begin anew, without the reports that it held, with `headcount restore --empty`"
        )

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Own the directory while the context lasts, also a read-only one. Raises `Refused` where another process does.

        The lock is on a file that nobody else can open, and that is always there: on a full disk none can be made.
        """
        descriptor = self._open(self._marker, os.O_RDONLY)
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

    def is_taken(self, inbox: Path) -> bool:
        """Return whether a process writes to an inbox under a name of its own. Raises `Refused`."""
        lock = inbox.with_suffix(".lock")
        if not lock.exists():
            return False
        descriptor = self._open(lock, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _open(self, path: Path, flags: int) -> int:
        try:
            return os.open(path, flags, 0o600)
        except OSError as error:
            raise Refused(f"the data directory {self.path} cannot be used: {path}: {error.strerror}.") from error

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
    """Check a data directory; with ``create`` make it where there is none, an empty one, or a pseudonym key alone.

    Raises `Refused`.
    """
    data = DataDirectory(path)
    marker = path / _MARKER
    try:
        if not marker.exists() or marker.read_bytes() in _unfinished():
            _make(path, marker, create=create)
        words = marker.read_text(encoding="ascii", errors="replace").split()
        data.inboxes.mkdir(mode=0o700, exist_ok=True)
        data.note_unused()
        _make_private(marker)
    except OSError as error:
        raise Refused(f"the data directory {path} cannot be used: {error.strerror}.") from error
    if len(words) != 2 or words[0] != "headcount-data" or not words[1].isdigit():
        raise Refused(f"{path} is no data directory of Headcount's: give another one with --data.")
    if int(words[1]) > _VERSION:
        raise Refused(f"{path} was written by a newer Headcount (data version {words[1]}): install that one.")
    return data


def refuse_target(target: Path, data: Path | None = None) -> None:
    """Raise `Refused` where what a command is told to write would lie in a data directory, ``data`` or any other.

    Its place counts, by whichever links or mounts it is reached.
    """
    ours = [] if data is None else [each for each in (data, *_directories(data)) if each.is_dir()]
    try:
        place = target.resolve()
        for parent in (place, *place.parents):
            if _has_marker(parent) or (parent.is_dir() and any(parent.samefile(each) for each in ours)):
                raise Refused(
                    f"{target} lies in the data directory {parent}, where only Headcount writes: give another place."
                )
    except (OSError, RuntimeError) as error:
        raise Refused(f"{target} cannot be written: {getattr(error, 'strerror', None) or error}.") from error


def _directories(data: Path) -> tuple[Path, ...]:
    directory = DataDirectory(data)
    return directory.inboxes, directory.publications, directory.records, directory.copies, directory.restored


def _has_marker(path: Path) -> bool:
    marker = path / _MARKER
    return marker.is_file() and marker.read_bytes()[:64].startswith(b"headcount-data ")


def _content() -> bytes:
    return f"headcount-data {_VERSION}\n".encode("ascii")


def _unfinished() -> list[bytes]:
    """Return what a first start on a full disk may have left in the marker."""
    return [_content()[:length] for length in range(len(_content()) - 1)]


def _make(path: Path, marker: Path, *, create: bool) -> None:
    if path.exists() and not path.is_dir():
        raise Refused(f"{path} is a file: give a directory with --data.")
    expected = {
        _MARKER,
        _NEW,
        DataDirectory(path).key.name,
    }  # of a first start that was ended; a key that is to be used
    if path.is_dir() and not all(each.name in expected or is_temporary(each) for each in path.iterdir()):
        raise Refused(f"{path} is not empty, and no data directory of Headcount's: give another one with --data.")
    if not create:
        raise Refused(f"there is no data directory {path}: name it with --data, or start `headcount serve` to make it.")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path / _NEW, b"")
    try:
        create_durably(marker, _content())
    except FileExistsError:  # another process makes it too, or a first start left part of it
        if marker.read_bytes() in _unfinished():
            write_durably(marker, _content())


def _make_private(marker: Path) -> None:
    """Let nobody else open the marker: it is what an owner locks. An earlier Headcount made it under any umask."""
    if marker.stat().st_mode & 0o077:
        with suppress(OSError):  # somebody else's, or on a read-only disk: the doctor says so
            marker.chmod(0o600)
