"""Copies of the data within the data directory, on their way elsewhere: they hold installations that are erased later.

Each lies in a directory of its own until its work ends. A process that was killed leaves its copies: whoever claims the
directory next sweeps them, and so does an erasure, before its receipt says that it is off the disk.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from headcount._disk import is_temporary
from headcount.server.data.directory import DataDirectory

_ENGINES = (
    ".tmp",
    ".rewritten*",
)  # what DuckDB spills, and a file that takes the warehouse's place: of this process too
_EARLIER = (".restored*", ".partial*")  # of an earlier Headcount
_EXPORTS = "export-*"  # likewise


class Copies:
    """The copies of a data directory, of which one process is the owner. Safe in any thread."""

    def __init__(self, data: DataDirectory) -> None:
        self._data = data
        self._changed = threading.Condition()
        self._at_work: set[Path] = set()

    @contextmanager
    def directory(self) -> Iterator[Path]:
        """Yield a new private directory, which is removed with what is in it when the context ends. Raises OSError."""
        with self._changed:
            self._data.copies.mkdir(mode=0o700, exist_ok=True)
            path = Path(tempfile.mkdtemp(dir=self._data.copies))
            self._at_work.add(path)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            with self._changed:
                self._at_work.discard(path)
                self._changed.notify_all()

    def left(self) -> list[Path]:
        """Return what lies in the data directory that a killed process left. Raises OSError."""
        data = self._data
        directories = (data.path, data.inboxes, data.publications, data.records)
        temporary = [path for directory in directories for path in _entries(directory) if is_temporary(path)]
        return sorted([*self._left_of_installations(), *self._beside_warehouse(_ENGINES), *temporary])

    def sweep(self) -> None:
        """Remove what killed processes left, for the owner that has not opened the warehouse. Raises OSError."""
        for path in self.left():
            _remove(path)

    def sweep_copies(self, *, wait: bool) -> bool:
        """Remove the copies of killed processes, while the warehouse is open; return whether no older copy is left.

        What this process is copying meanwhile may hold what was erased: with ``wait`` that is waited for. Raises OSError.
        """
        with self._changed:
            before = frozenset(self._at_work)
            if wait:
                self._changed.wait_for(lambda: not before & self._at_work)
            elif before:
                return False
        for path in self._left_of_installations():
            _remove(path)
        return True

    def _left_of_installations(self) -> list[Path]:
        """Return copies that only a killed process can have left."""
        with self._changed:
            copies = [path for path in _entries(self._data.copies) if path not in self._at_work]
        exports = [path for path in self._data.path.glob(_EXPORTS) if path.is_dir()]
        return [*copies, *exports, *self._beside_warehouse(_EARLIER)]

    def _beside_warehouse(self, suffixes: tuple[str, ...]) -> list[Path]:
        return [path for suffix in suffixes for path in self._data.path.glob(self._data.warehouse.name + suffix)]


def _entries(directory: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return [*directory.iterdir()]
    return []


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
