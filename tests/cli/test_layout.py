"""An answer laid out on a terminal: every question fits every width."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from headcount.cli import _layout
from headcount.cli._terminal import Terminal
from headcount.dashboard import FORMATS
from headcount.questions import REGISTRY, Answer, Cell, Query, ask, finding
from tests.support.loaded import Fleet, load

UNTIL = date(2026, 10, 31)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """A small fleet of three years."""
    with load(installs=60, days=1000, seed=5, until=UNTIL) as made:
        yield made


def _answers(fleet: Fleet) -> Iterator[Answer]:
    """The first and the last way of each question, and over months."""
    for name, question in REGISTRY.items():
        for by in dict.fromkeys((next(iter(question.by)), list(question.by)[-1])):
            if name in ("upgrades", "adoption") and by.startswith("0."):
                continue
            where = "plugin in (CVS, Git)" if question.by[by].scope.subject else None
            yield ask(fleet.warehouse, Query(name, by=by, where=where), today=UNTIL)
            if question.by[by].over:
                yield ask(fleet.warehouse, Query(name, by=by, where=where, over="month"), today=UNTIL)


def test_every_question_fits_every_width(fleet: Fleet) -> None:
    """No line is longer, nor in ASCII; what has no room is named, and nothing of what is read first is left out."""
    for answer in _answers(fleet):
        sheet = json.loads(FORMATS["sheet"].render(answer))
        for terminal in (Terminal(60, colour=False, blocks=True), Terminal(120, colour=False, blocks=False)):
            text = _layout.shown(sheet, terminal)
            longest = max(text.splitlines(), key=len)
            assert len(longest) <= terminal.width, longest
            first = terminal.plain(finding(answer)).replace("`", "").split()
            assert text.split()[: len(first)] == first
            assert not answer.rows or "install" in text
            assert terminal.blocks or text.isascii()
            assert "`" not in text
            assert not answer.rows or "(nothing)" not in text, "a table without a row is left out"


def test_bars_are_on_scales_that_are_told() -> None:
    """A small share has a short bar, also where it is the largest."""
    rows: tuple[Mapping[str, Cell], ...] = tuple(
        {"value": value, "installations": count, "share": count / 1000}
        for value, count in (("a", 125), ("b", 25), ("c", 0))
    )
    answer = Answer("environments", "system", "alive", UNTIL, UNTIL, 1000, None, rows)
    sheet = json.loads(FORMATS["sheet"].render(answer))
    assert (sheet["bars"], sheet["scale"]) == ([[0.5, 0.5], [0.1, 0.1], [0.0, 0.0]], "a share of 25%")
    lines = _layout.shown(sheet, Terminal(60, colour=False, blocks=False)).splitlines()
    bars = {line[0]: line.count("#") for line in lines if line[:2] in ("a ", "b ", "c ")}
    assert bars == {"a": 16, "b": 3, "c": 0}


def test_classes_alone_are_shortened() -> None:
    """Not what else has dots in it, such as fields and versions."""
    rows: tuple[Mapping[str, Cell], ...] = (
        {"value": "versions.Python", "installations": 2, "share": 1.0},
        {"value": "db", "installations": 1, "share": 0.5},
    )
    sheet = json.loads(FORMATS["sheet"].render(Answer("coverage", "field", "alive", UNTIL, UNTIL, 2, None, rows)))
    assert sheet["columns"][0]["short"] == ["versions.Python", "db"]


def test_a_trend_is_from_nothing_to_the_greatest() -> None:
    """What is not known is a blank; of more periods than there is room for, the last is always there."""
    terminal = Terminal(80, colour=False, blocks=True)
    assert terminal.spark([0.0, 0.25, 0.5, None, 1.0], 24) == "▁▃▅ █"
    assert terminal.spark([0.0, 0.0], 24) == "▁▁"
    assert terminal.spark([0.0] * 99 + [1.0], 24).endswith("▁█")
    assert Terminal(80, colour=False, blocks=False).spark([0.0, 1.0], 24) == "_#"


def test_a_bar_shows_how_far_it_may_reach() -> None:
    """Beside what is certain; the least that is not nothing can be seen."""
    terminal = Terminal(80, colour=False, blocks=True)
    assert terminal.bar(0.5, 1.0, 8) == ("████", "░░░░")
    assert terminal.bar(0.001, 0.001, 8) == ("▏", "")
    assert terminal.bar(0.0, 0.0, 8) == ("", "")
    assert Terminal(80, colour=False, blocks=False).bar(0.5, 0.75, 8) == ("####", "..")


def test_no_answer_is_said_so() -> None:
    """Where nobody is there."""
    answer = Answer("plugins", "all", "alive", UNTIL, UNTIL, 0, None, ())
    text = _layout.shown(json.loads(FORMATS["sheet"].render(answer)), Terminal(60, colour=False, blocks=True))
    assert text.startswith("Nothing is known: there are no alive installations that said\ntheir plugins.\n")
    assert "\n(nothing)\n" in text
