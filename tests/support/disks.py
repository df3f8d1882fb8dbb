"""A small disk of its own, which can be filled and made read-only."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.requires import require

_NAMES = 512  # files that there is room for


@dataclass
class Disk:
    """A file system in memory."""

    path: Path

    def fill(self, leave: int = 0) -> None:
        """Take all the room on it, but for about ``leave`` bytes; where none is left, that for names too."""
        with (self.path / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
            while self.free() > leave:
                filler.write(bytes(min(65536, max(1, self.free() - leave))))

        with contextlib.suppress(OSError):
            while not leave:
                (self.path / f"filler {os.statvfs(self.path).f_ffree}").touch()

    def empty(self) -> None:
        """Give the room back."""
        for filler in self.path.glob("filler*"):
            filler.unlink()

    def free(self) -> int:
        """How many bytes are free."""
        state = os.statvfs(self.path)
        return state.f_bavail * state.f_frsize

    def remount(self, option: str) -> None:
        """Make it ``ro`` or ``rw``; what is open for writing keeps it from being made read-only."""
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.path)], check=True, capture_output=True)


@contextlib.contextmanager
def disk(path: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of so many megabytes, mounted at ``path``."""
    path.mkdir()
    options = f"size={megabytes}m,nr_inodes={_NAMES}"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=False, capture_output=True)
    require(None if made.returncode == 0 else "a file system can be mounted by root alone, and not in every container")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
