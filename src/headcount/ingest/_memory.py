"""Memory for bodies on their way in: bounded for all together, and for each block of addresses."""

from __future__ import annotations

import math
from typing import Literal, Protocol

_SHARES = 8  # of the memory; a block has one at most, so that no few senders take all of it


class Holder(Protocol):
    """What holds memory: the body of one request."""

    sender: bytes | None
    """The block of addresses that it comes from; None where it comes from no address."""
    reserved: int
    """Bytes that it holds."""

    def refuse(self, problem: Literal["no memory"]) -> None:
        """Let go of the memory, since of this body no more is needed."""


class BodyMemory:
    """So many bytes for all bodies, and a share of them for each block.

    Where the bytes are used up, the block that holds most gives up its largest body that is still coming, so that a block
    that holds little is never put off. Not safe in two threads at once.
    """

    def __init__(self, most: int, least_share: int) -> None:
        """``most``: bytes in all; ``least_share``: bytes that a block may have at least."""
        self._least_share = least_share
        self._coming: set[Holder] = set()
        self._of_block: dict[bytes | None, int] = {}
        self.held = 0
        """Bytes that are reserved."""
        self.set_limit(most)

    def set_limit(self, most: int) -> None:
        """Replace the limit; what is held already stays."""
        self._most = most
        self.share = max(most // _SHARES, self._least_share)
        """Bytes that a block may hold."""

    def reserve(self, holder: Holder, size: int) -> bool:
        """Reserve so many bytes more for a body that is coming; return whether there was room."""
        block = holder.sender
        held = self._of_block.get(block, 0) + size
        if held > self.share or (self.held + size > self._most and not self._make_room(size, held)):
            return False
        if not size:
            return True
        self._coming.add(holder)
        self._of_block[block] = held
        self.held += size
        holder.reserved += size
        return True

    def complete(self, holder: Holder) -> None:
        """Note that a body came to its end. It keeps its memory until that is released."""
        self._coming.discard(holder)

    def release(self, holder: Holder) -> None:
        """Take back all that a body holds."""
        size, holder.reserved = holder.reserved, 0
        self._coming.discard(holder)
        if size:
            self.held -= size
            left = self._of_block[holder.sender] - size
            if left:
                self._of_block[holder.sender] = left
            else:
                del self._of_block[holder.sender]

    def _make_room(self, size: int, held: int) -> bool:
        """Return whether there is room for ``size`` bytes of a block that then holds ``held``, if need be made."""
        while self.held + size > self._most:
            block, most = max(self._of_block.items(), key=lambda item: item[1], default=(None, -math.inf))
            largest = max(
                (each for each in self._coming if each.sender == block), key=lambda each: each.reserved, default=None
            )
            if most <= held or largest is None:
                return False
            largest.refuse("no memory")
        return True
