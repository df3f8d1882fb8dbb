"""The removals that maintainers keep: private, replaced whole, and never written over where they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from headcount.questions import LONGEST_REASON, BadRemoval, Removal
from headcount.server.data.removals import MOST, DamagedRemovals, Removals


def test_a_removal_is_kept_changed_and_removed(tmp_path: Path) -> None:
    """In their order, each in its place; another reader sees the same; the file is its owner's alone."""
    path = tmp_path / "next-release.json"
    removals = Removals(path)
    assert removals.listed() == ()
    old, slow = Removal.from_text(" python < 3.9 ", "its support\r\n has ended"), Removal.from_text("db = mysql", "")
    removals.keep(old)
    removals.keep(slow)
    assert old == ("python < 3.9", "its support has ended")
    removals.keep(Removal("python < 3.10", "still old"), old.where)
    assert Removals(path).listed() == (Removal("python < 3.10", "still old"), slow)
    assert path.stat().st_mode & 0o077 == 0
    removals.remove("db = mysql")
    removals.remove("mq = wamp")
    assert removals.listed() == (Removal("python < 3.10", "still old"),)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_kept_is_refused_by_its_field(tmp_path: Path) -> None:
    """A condition that cannot be asked, none, one that is kept in another spelling, one too many; too long a line."""
    removals = Removals(tmp_path / "next-release.json")
    for where, why, field in (
        ("pythn < 3", "", "where"),
        ("", "", "where"),
        ("db = mysql", "x" * (LONGEST_REASON + 1), "why"),
        ("db = mysql", "\x1b[2J", "why"),
    ):
        with pytest.raises(BadRemoval) as refused:
            Removal.from_text(where, why)
        assert list(refused.value.problems) == [field]
    removals.keep(Removal("python < 3.9", ""))
    with pytest.raises(BadRemoval, match="kept already"):
        removals.keep(Removal("PYTHON<3.9", "again"))
    for number in range(1, MOST):
        removals.keep(Removal(f"python < 3.{9 + number}", ""))
    with pytest.raises(BadRemoval, match=f"{MOST} conditions are the most"):
        removals.keep(Removal("db = mysql", ""))
    assert len(removals.listed()) == MOST


@pytest.mark.parametrize(
    "text", ["", "[]", '{"removals": [{"why": "no condition"}]}', '{"removals": [{"where": 3}]}', "\xff"]
)
def test_a_damaged_file_is_told_and_not_written_over(tmp_path: Path, text: str) -> None:
    """Whoever wrote it by hand finds it as it was."""
    path = tmp_path / "next-release.json"
    path.write_bytes(text.encode("latin-1"))
    for act in (
        Removals(path).listed,
        lambda: Removals(path).keep(Removal("db = mysql", "")),
        lambda: Removals(path).remove("a"),
    ):
        with pytest.raises(DamagedRemovals, match=r"next-release\.json holds no list of removals"):
            act()
    assert path.read_bytes() == text.encode("latin-1")
