"""Tombstones in a file beside the database, so that who was erased stays erased when an older database is brought back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from headcount._disk import sync


class Tombstones:
    """Lines of a pseudonym, up to when it was erased (Unix time), and the fingerprint of the key of that pseudonym."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key

    def add(self, installs: Iterable[int], until: int) -> None:
        """Write tombstones down, durably. Raises OSError."""
        with self._path.open("a", encoding="ascii") as file:
            file.write("\n")  # a line before it may have been cut off
            file.writelines(f"{install:016x} {until} {self._key}\n" for install in installs)
            file.flush()
            os.fsync(file.fileno())
        sync(self._path.parent)

    def all(self) -> dict[int, int]:
        """Return the pseudonyms under this key, and up to when each was erased, Unix time.

        A line that was cut off is left out.
        """
        erased: dict[int, int] = {}
        if not self._path.exists():
            return erased
        for line in self._path.read_text(encoding="ascii", errors="replace").splitlines():
            words = line.split()
            if len(words) == 3 and words[2] == self._key and words[1].isdigit():
                install = int(words[0], 16)
                erased[install] = max(int(words[1]), erased.get(install, 0))
        return erased
