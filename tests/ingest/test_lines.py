"""Lines of a file: none takes more memory than the longest that is read."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.ingest import _lines
from headcount.ingest._lines import Lines

LONGEST = 5


@given(st.binary(max_size=60).map(lambda data: data.replace(b"a", b"\n")), st.integers(1, 20), st.integers(0, 10))
def test_lines_are_those_of_the_file(data: bytes, size: int, begun: int) -> None:
    """However many are read at a time, and from wherever; one that is too long is none, and is counted."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_lines, "LONGEST", LONGEST)
        patched.setattr(_lines, "_PIECE", 3)
        whole = io.BytesIO(data).readlines()
        place = sum(map(len, whole[:begun]))
        lines = Lines(io.BufferedReader(io.BytesIO(data)))
        lines.skip(place)
        assert (lines.through, lines.count) == (place, data[:place].count(b"\n"))
        found: list[bytes | None] = []
        while more := lines.read(size):
            assert sum(len(line or b"") for line in more[:-1]) < size
            found += more
        assert found == [line if len(line) <= LONGEST else None for line in whole[begun:]]
        assert lines.through == len(data)
        assert lines.count == data[:place].count(b"\n") + len(found)


def test_the_longest_line_holds_the_largest_report() -> None:
    """And the answer of a search with some thousands of them."""
    assert _lines.LONGEST >= 4 * 8 * 1024 * 1024
