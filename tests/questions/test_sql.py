"""Statements are put together from their files."""

from __future__ import annotations

import pytest

from headcount.questions import _sql
from headcount.questions._sql import compose, fragments


@pytest.fixture(autouse=True)
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files in the place of those that there are."""
    files = {
        ("question",): "SELECT {what} FROM {who}",
        ("fragments", "who"): "(SELECT {what} FROM everybody WHERE {when})",
        ("fragments", "when"): "day > 1",
        ("fragments", "ever"): "1 = 1",
        ("once", "who"): "(SELECT {what} FROM each WHERE {when})",
    }
    monkeypatch.setattr(_sql, "_read", lambda *path: files[path])
    directories = {"fragments": ["ever", "when", "who"], "once": ["who"]}
    monkeypatch.setattr(_sql, "fragments", lambda directory="fragments": directories[directory])


def test_a_place_is_filled_by_what_is_given_or_by_the_fragment_of_its_name() -> None:
    """In fragments too; a fragment that is given stands for what is in its file."""
    assert compose("question", {"what": "*"}) == "SELECT * FROM (SELECT * FROM everybody WHERE day > 1)"
    given = {"what": "*", "when": "ever"}
    assert compose("question", given) == "SELECT * FROM (SELECT * FROM everybody WHERE 1 = 1)"
    assert compose("question", {"what": "*", "who": "them"}) == "SELECT * FROM them"


def test_where_rows_are_held_once_fragments_have_others_in_their_places() -> None:
    """Those that there are; the rest are the same."""
    assert compose("question", {"what": "*"}, once=True) == "SELECT * FROM (SELECT * FROM each WHERE day > 1)"


def test_a_fragment_can_be_the_whole() -> None:
    """By its name, as another file."""
    assert compose("who", {"what": "a"}) == "(SELECT a FROM everybody WHERE day > 1)"
    assert compose("who", {"what": "a"}, once=True) == "(SELECT a FROM each WHERE day > 1)"


def test_files_are_read_without_their_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    """And are known by their names."""
    monkeypatch.undo()
    assert {"seen", "confirmed", "everything"} <= set(fragments())
    assert set(fragments("once")) <= set(fragments())
    assert "--" not in "".join(_sql._read("fragments", name) for name in fragments())
    assert _sql._read("fragments", "everything") == compose("everything", {})
