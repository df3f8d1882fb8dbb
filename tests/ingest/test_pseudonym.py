"""Pseudonyms and their key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from headcount.ingest import Pseudonymizer, load_key


def test_a_pseudonym_depends_on_the_key_and_the_id() -> None:
    """Without the key, an id that was guessed cannot be confirmed."""
    one, other = Pseudonymizer(b"k" * 32), Pseudonymizer(b"q" * 32)
    assert one.install("a" * 40) == one.install("a" * 40)
    assert len({one.install("a" * 40), one.install("b" * 40), other.install("a" * 40), one.profile(b"a" * 40)}) == 4


def test_a_pseudonym_fits_signed_columns() -> None:
    """63 bits: SQLite's integers have a sign."""
    pseudonymizer = Pseudonymizer(b"k" * 32)
    assert all(0 <= pseudonymizer.install(str(number)) < 2**63 for number in range(200))


def test_a_lone_surrogate_is_an_id_like_others() -> None:
    """JSON can hold one, and no sender may break the server."""
    assert Pseudonymizer(b"k" * 32).install("\ud800") > 0


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Only its owner can read it, and a second start finds the same."""
    path = tmp_path / "key"
    key = load_key(path)
    assert len(key) == 32
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    """A new key would make every installation a new one, silently."""
    path = tmp_path / "key"
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="put the original back"):
        load_key(path)
