"""What is kept of what was made."""

from __future__ import annotations

from headcount.server.drawing.kept import Kept


def test_what_was_made_is_made_once_while_there_is_room() -> None:
    """What was not asked for the longest goes first, and what is larger than all room is not kept."""
    made: list[bytes] = []

    def make(of: bytes) -> bytes:
        made.append(of)
        return of * 4

    kept = Kept(room=10)
    for of in (b"a", b"b", b"a", b"c", b"a", b"b", b"long", b"a"):
        assert kept.get(of, make) == of * 4
    assert made == [b"a", b"b", b"c", b"b", b"long", b"a"]
