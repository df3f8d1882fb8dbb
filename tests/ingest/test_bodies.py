"""Bodies within bounds."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from headcount.contract import LARGEST_BODY, InvalidReport
from headcount.ingest._bodies import NotJson, TooLarge, inflate, parse


def test_gzip_is_undone() -> None:
    """And a body without an encoding is what it is."""
    assert inflate(gzip.compress(b"{}"), "gzip") == b"{}"
    assert inflate(b"{}", "") == b"{}"


def test_a_bomb_is_stopped_while_it_inflates() -> None:
    """The memory that it takes is bounded by the cap, not by what is in it."""
    bomb = gzip.compress(bytes(40 * LARGEST_BODY), 9)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            inflate(bomb, "gzip")
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST_BODY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"{}", "gzip"), (gzip.compress(b"{}", mtime=0)[:-9], "gzip"), (b"{}", "br")]
)
def test_what_is_not_compressed_as_it_says_is_refused(body: bytes, encoding: str) -> None:
    """Also a stream that ends too early."""
    with pytest.raises(NotJson):
        inflate(body, encoding)


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b'"\xff"', b'"\\ud800"', b"[" * 5000, b"{'a': 1}"])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    """With the place, and without the text."""
    with pytest.raises(NotJson, match=r"not JSON: .* at line 1, column"):
        parse(text)


@pytest.mark.parametrize(
    ("part", "most", "what"),
    [(b"[],", 100_000, "lists and objects"), (b"{},", 100_000, "lists and objects"), (b"1,", 500_000, "values")],
)
def test_more_parts_than_a_report_has_are_not_parsed(part: bytes, most: int, what: str) -> None:
    """Up to the bound they are: it is the parts that are dear, and not the bytes."""
    least = b"[" + part * (most - 10)
    assert parse(least + b"1]")
    with pytest.raises(InvalidReport, match=what):
        parse(least + part * 20 + b"1]")


def test_more_keys_than_a_report_has_are_not_parsed() -> None:
    """As above."""
    keys = b",".join(b'"%x":1' % number for number in range(50_001))
    with pytest.raises(InvalidReport, match="keys"):
        parse(b"{" + keys + b"}")
    assert len(parse(b"{" + keys[: keys.rindex(b",")] + b"}")) == 50_000  # type: ignore[arg-type]
