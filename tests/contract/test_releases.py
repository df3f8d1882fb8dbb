"""Versions cut to releases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.contract import Release, parse_release

NUMBERS = st.integers(0, 999)


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("4.3.0", (4, 3, 0)),
        ("0.9.0rc2-176-g5fa9dbf", (0, 9, 0)),
        ("3.11.9-dev3", (3, 11, 9)),
        ("4.0.1.dev3", (4, 0, 1)),
        ("v1.8", (1, 8, 0)),
        ("3.13.0b1", (3, 13, 0)),
        ("3.11.2+", (3, 11, 2)),
        ("4.3.0+builder07.corp.acme.com", (4, 3, 0)),
    ],
)
def test_the_release_is_what_is_left(text: str, release: tuple[int, int, int]) -> None:
    """Pre-release, development and local parts are dropped, and with them what they might say."""
    assert parse_release(text) == release


@pytest.mark.parametrize(
    "text", ["latest", "0.0.0", "2024.05.01", "10.0.0.7", "192.168.0.12", "", "acme-4.3.0", "1..2", "4.3.0.1", "٤.٣"]
)
def test_what_is_no_release_is_refused(text: str) -> None:
    """Addresses, dates and words are no versions."""
    assert parse_release(text) is None


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_numbers_are_ordered_as_releases_are(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    """The warehouse compares versions as integers."""
    one, other = Release(a, b, c), Release(d, e, f)
    assert (one < other) == (one.number < other.number)
    assert Release.from_number(one.number) == one
