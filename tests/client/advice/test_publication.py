"""A publication as a master reads it: a real one is read, and any other bytes are refused with one sentence."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.client.advice._publication import LARGEST_PUBLICATION, Published, read_publication
from tests.support.publications import publication

REAL = publication().to_json()


def changed(**change: Any) -> bytes:
    """A publication with other values."""
    return json.dumps({**json.loads(REAL), **change}).encode()


def rows(*rows: object) -> bytes:
    """A publication with one table of versions."""
    return changed(tables=[{"question": "versions", "by": "python", "rows": list(rows)}])


def test_what_a_server_publishes_is_read() -> None:
    """The shares of versions, classes and environments; what is rare is no name."""
    published = read_publication(REAL.encode())
    assert (published.week, published.k) == ("2026-W48", 5)
    assert published.share("versions", "python", "3.12") == 0.5
    assert published.share("environments", "system", "Windows") is None
    assert published.plugins is not None
    assert "rare" not in published.plugins


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"null", b"\xff", b"[" * 100_000, b"{}", b'{"publication": NaN}', b" " * 5_000_000,
        REAL.encode() + b" " * LARGEST_PUBLICATION, changed(publication=2), changed(publication=True), changed(week="x\n"),
        changed(week="2026-W48\n"), changed(k=0), changed(k="5"), changed(tables={}), changed(tables=[{}] * 201),
        changed(tables=["x"]), rows({"version": "3.12\nforged", "share": 0.5}), rows({"version": "3\x1b[2J", "share": 0.5}),
        rows({"version": "x" * 201, "share": 0.5}), rows({"version": "3.12", "share": "0.5"}), rows({"share": 0.5}),
        rows({"version": "3.12", "share": 1.5}), rows({"version": "3.12", "share": True}), rows("x"), rows(*[{}] * 20_001),
        rows({"version": "3.12", "share": -0.1}), rows({"version": "\u202e3.12", "share": 0.1}),
        rows({"version": " ", "share": 0}),
    ],
)  # fmt: skip
def test_other_bytes_are_refused_with_one_sentence(body: bytes) -> None:
    """Whatever they are, nothing of them is repeated."""
    with pytest.raises(ValueError, match=r"^[a-zA-Z0-9 ,.']+$"):
        read_publication(body)


_VALUES = st.none() | st.integers() | st.text(max_size=5)


@given(st.binary(max_size=50) | st.lists(_VALUES, max_size=3).map(lambda tables: changed(tables=tables)))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """There is no third way."""
    with suppress(ValueError):
        assert isinstance(read_publication(body), Published)
