"""Lines of a file, of which one without an end takes no more memory than the longest that is read."""

from __future__ import annotations

from io import BufferedReader
from typing import Any

LONGEST = 32 * 1024 * 1024
"""Bytes of a line at most: a report has 8 MiB, and a line may hold the whole answer of a search."""

_PIECE = 256 * 1024  # bytes of what is skipped that are read at a time


class Lines:
    """Reads lines from a stream.

    ``count``: how many were read; ``through``: the offset behind them, in bytes.
    """

    def __init__(self, stream: BufferedReader[Any]) -> None:
        self._stream = stream
        self.count = 0
        self.through = 0

    def skip(self, through: int) -> None:
        """Go on to an offset behind a line, or to the end."""
        while self.through < through and (piece := self._stream.read(min(through - self.through, _PIECE))):
            self.through += len(piece)
            self.count += piece.count(b"\n")

    def read(self, size: int) -> list[bytes | None]:
        """Return the next lines, of ``size`` bytes together or some more; None stands for one that is too long."""
        lines: list[bytes | None] = []
        end = self.through + size
        while self.through < end and (line := self._stream.readline(LONGEST + 1)):
            self.through += len(line)
            too_long = len(line) > LONGEST
            if too_long:
                self._skip_rest(line)
            lines.append(None if too_long else line)
        self.count += len(lines)
        return lines

    def _skip_rest(self, piece: bytes) -> None:
        while piece and not piece.endswith(b"\n"):
            piece = self._stream.readline(_PIECE)
            self.through += len(piece)
