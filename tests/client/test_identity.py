"""Who reports."""

from __future__ import annotations

from pathlib import Path

from headcount.client._identity import ID, SECRET, identity, renew, stock_id

STOCK = "d241f401aa9d4ee1e049b746708181ac9dcc2328"


def test_the_id_is_stocks() -> None:
    """SHA-1 over the master's name and the host's full name: a master that moves to Headcount stays one installation."""
    assert stock_id("host:/srv/bb", "host.example.org") == STOCK


def test_the_secret_is_kept_and_the_id_is_stocks(tmp_path: Path) -> None:
    """256 bits; no file for an id that is not random."""
    first = identity(tmp_path, STOCK, random_id=False)
    assert first.install == STOCK
    assert first.secret is not None
    assert len(bytes.fromhex(first.secret)) == 32
    assert identity(tmp_path, STOCK, random_id=False) == first
    assert [path.name for path in tmp_path.iterdir()] == [SECRET]


def test_a_random_id_is_kept_in_each_directory(tmp_path: Path) -> None:
    """Two masters have two, however alike they are."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (identity(tmp_path / name, "", random_id=True) for name in ("one", "two"))
    assert identity(tmp_path / "one", "", random_id=True) == one
    assert one.install != two.install
    assert one.secret != two.secret
    assert one.install is not None
    assert len(bytes.fromhex(one.install)) == 20


def test_what_cannot_be_kept_is_none(tmp_path: Path) -> None:
    """An id that is new at each start would be a new installation each time."""
    nowhere = tmp_path / "none"
    assert identity(nowhere, STOCK, random_id=True) == (None, None)
    assert identity(nowhere, STOCK, random_id=False) == (STOCK, None)


def test_a_new_id_has_nothing_of_the_old(tmp_path: Path) -> None:
    """Neither the id nor the secret."""
    before = identity(tmp_path, "", random_id=True)
    assert renew(tmp_path)
    after = identity(tmp_path, "", random_id=True)
    assert after.install != before.install
    assert after.secret != before.secret
    assert {path.name for path in tmp_path.iterdir()} == {ID, SECRET}
    assert not renew(tmp_path / "none")
