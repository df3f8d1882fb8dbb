"""Responses with a limit: a bounded number of bytes is read, and a head that breaks off is an error."""

from __future__ import annotations

import http.client
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

LARGEST = 128 * 1024
"""The most bytes of a response that are read, its head included."""


class TooLong(http.client.HTTPException):
    """The other side sends more bytes than are read."""


class CutShort(http.client.HTTPException):
    """The other side went away within the head of its response."""


class CappedResponse(http.client.HTTPResponse):
    """A response whose reading fails with `TooLong` or `CutShort`.

    ``http.client`` limits the length of a line and the number of headers. But it skips any number of *100
    Continue* responses, and takes a head that breaks off for a whole one. ``largest``: the most bytes that are read.
    """

    largest = LARGEST

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self._capped = _Capped(self.fp, self.largest)
        self.fp = io.BufferedReader(self._capped)

    def begin(self) -> None:
        """Read the head."""
        super().begin()
        if self._capped.ended:
            raise CutShort("its answer breaks off")


class _Capped(io.RawIOBase):
    def __init__(self, file: io.BufferedIOBase, largest: int) -> None:
        super().__init__()
        self._file = file
        self._largest = self._left = largest
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise TooLong(f"it answers with more than {self._largest // 1024} KiB")
        read = self._file.readinto1(memoryview(buffer)[: self._left])
        self._left -= read
        self.ended = read == 0
        return read

    def close(self) -> None:
        self._file.close()
        super().close()
