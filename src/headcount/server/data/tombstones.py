"""Tombstones in a file beside the database, so that who was erased stays erased when an older database is brought back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from headcount._disk import sync

_LINE = re.compile(r"([0-9a-f]{16}) ([0-9]{1,18}) ([0-9a-f]+)")


class Tombstones:
    """Lines of a pseudonym, up to when it was erased (Unix time), and the fingerprint of the key of that pseudonym."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key

    def add(self, installs: Iterable[int], until: int) -> None:
        """Write tombstones down, durably. Raises OSError; then none is."""
        lines = "".join(f"{install:016x} {until} {self._key}\n" for install in installs)
        rest = f"\n{lines}".encode("ascii")  # a line before them may have been cut off
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            try:
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)
                raise
        finally:
            os.close(descriptor)
        sync(self._path.parent)

    def all(self) -> dict[int, int]:
        """Return the pseudonyms under this key, and up to when each was erased, Unix time.

        The last line of a pseudonym holds, since the clock may have been wrong before. A line that is damaged is left out.
        Raises OSError.
        """
        erased: dict[int, int] = {}
        for line in _lines(self._path):
            match = _LINE.fullmatch(line)
            if match is not None and match[3] == self._key:
                erased[int(match[1], 16)] = int(match[2])
        return erased


def damaged_lines(path: Path) -> list[int]:
    """Return the numbers, from 1, of the lines of a file of tombstones that are none. Raises OSError."""
    return [number for number, line in enumerate(_lines(path), 1) if line and not _LINE.fullmatch(line)]


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return path.read_text(encoding="ascii", errors="replace").split("\n")
