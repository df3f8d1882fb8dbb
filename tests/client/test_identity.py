"""Who reports."""

from __future__ import annotations

from pathlib import Path

from headcount.client._identity import ID_FILE, SECRET_FILE, random_id, renew, secret, stock_id

STOCK = "d241f401aa9d4ee1e049b746708181ac9dcc2328"


def test_the_id_is_stocks() -> None:
    """SHA-1 over the master's name and the host's full name: a master that moves to Headcount stays one installation."""
    assert stock_id("host:/srv/bb", "host.example.org") == STOCK


def test_the_secret_is_kept(tmp_path: Path) -> None:
    """256 bits, made once."""
    first = secret(tmp_path)
    assert first is not None
    assert len(bytes.fromhex(first)) == 32
    assert secret(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


def test_a_random_id_is_kept_in_each_directory(tmp_path: Path) -> None:
    """Two masters have two, however alike they are."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = random_id(tmp_path / "one"), random_id(tmp_path / "two")
    assert random_id(tmp_path / "one") == one
    assert one != two
    assert one is not None
    assert len(bytes.fromhex(one)) == 20


def test_what_cannot_be_kept_is_none(tmp_path: Path) -> None:
    """An id that is new at each start would be a new installation each time."""
    assert random_id(tmp_path / "none") is None
    assert secret(tmp_path / "none") is None


def test_a_new_id_has_nothing_of_the_old(tmp_path: Path) -> None:
    """Neither the id nor the secret."""
    before = random_id(tmp_path), secret(tmp_path)
    assert renew(tmp_path)
    after = random_id(tmp_path), secret(tmp_path)
    assert not set(before) & set(after)
    assert {path.name for path in tmp_path.iterdir()} == {ID_FILE, SECRET_FILE}
    assert not renew(tmp_path / "none")
