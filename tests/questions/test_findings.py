"""What an answer says in a sentence or two: true to its figures, of every question and every way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest

from headcount.contract import CATALOG
from headcount.questions import PUBLIC_TABLES, REGISTRY, Answer, Cell, Query, ask, finding, unnamed
from headcount.questions._question import Table
from headcount.questions.findings import _WAYS
from headcount.questions.findings._words import FEW, SAID
from tests.support.loaded import Fleet, load
from tests.support.publishing import publish

UNTIL = date(2026, 10, 31)
CONDITIONS = (None, "plugin = Git", "plugin in (CVS, Git)", "python < 3.1")
STARTS = ("4.3.0", "4.1.0")
"""Of upgrades and adoption, which are asked of each release by the same statement."""


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """A small fleet of three years."""
    with load(installs=60, days=1000, seed=5, until=UNTIL) as made:
        yield made


def _answers(fleet: Fleet, *, every: bool) -> Iterator[Answer]:
    """The ways to ask; unless ``every``, one for each function that says a finding, and that only in one way."""
    for name, question in REGISTRY.items():
        said: set[object] = set()
        for number, (by, breakdown) in enumerate(question.by.items()):
            function = _WAYS[name].get(by, _WAYS[name][""])
            if (breakdown.scope.starts and by not in STARTS) or ("," in by and by != "distro,db"):
                continue
            if not every and function in said:
                continue
            said.add(function)
            conditions = CONDITIONS[1:] if breakdown.scope.subject else CONDITIONS
            for where in conditions if every and number == 0 else conditions[:1]:
                for basis in breakdown.scope.bases if every and number == 0 else breakdown.scope.bases[:1]:
                    yield ask(fleet.warehouse, Query(name, by=by, where=where, basis=basis), today=UNTIL)
                if breakdown.over and (every or number == 0):
                    over = "week" if every and number % 2 else "month"
                    yield ask(fleet.warehouse, Query(name, by=by, where=where, over=over), today=UNTIL)


def _published(fleet: Fleet, k: int) -> tuple[Answer, ...]:
    """The first tables of each question."""
    chosen = [
        table for table in PUBLIC_TABLES if table.by in ("state", "month", "python", "sqlalchemy", "portion", "db")
    ]
    return publish(fleet.warehouse, week="2026-W43", k=k, listed=chosen).tables


def _check(answer: Answer) -> None:
    text = finding(answer)
    assert text.endswith("."), text
    assert "None" not in text.replace("None of", "").replace("None runs", ""), text
    assert "  " not in text, text
    assert not re.search(r"\b0 (alive|confirmed) installations that\b", text), text
    if answer.question == "drop" and answer.by == "silent":
        text = text.partition("Of all installations")[0]
    wholes = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?=\D|$)", text)]
    shares = re.findall(r"([\d,]+) \((\d+\.\d)%\)", text)
    assert len(shares) == text.count("%)"), f"each share stands after its number: {text}"
    for number, percent in shares:
        count = int(number.replace(",", ""))
        near = [
            whole for whole in wholes if whole >= FEW and abs(min(1, count / whole) - float(percent) / 100) < 0.00101
        ]
        assert near, f"{percent}% of what? {text}"
    if (answer.denominator or 0) < FEW and answer.over is None and answer.question != "drop":
        assert "%)" not in text, text


def test_every_question_says_its_finding(fleet: Fleet) -> None:
    """No share without the number that it is a part of, none of few; no word of the registry that is not filled in."""
    for answer in _answers(fleet, every=False):
        _check(answer)


@pytest.mark.ci
def test_every_way_says_its_finding(fleet: Fleet) -> None:
    """Of every basis, under conditions that some, all and none match, and over both periods."""
    for answer in _answers(fleet, every=True):
        _check(answer)


def test_what_is_published_says_its_finding(fleet: Fleet) -> None:
    """Also where most is not said, or not even of how many."""
    for k in (5, 60):
        for answer in _published(fleet, k):
            _check(answer)
            assert answer.denominator is not None or f"fewer than {k}" in finding(answer)


@pytest.mark.parametrize("by", [(name, by) for name, question in REGISTRY.items() for by in question.by])
def test_nobody_is_not_zero_percent(by: tuple[str, str], fleet: Fleet) -> None:
    """Before there was anybody, nothing is known, and that is what it says."""
    breakdown = REGISTRY[by[0]].by[by[1]]
    answer = Answer(*by, breakdown.scope.bases[0], UNTIL, UNTIL, 0, None, (), where="plugin = CVS")
    if by in (("coverage", "quarantine"), ("coverage", "uncounted"), ("drop", "month")):
        assert "no" in finding(answer)
    elif by != ("drop", "summary"):
        assert finding(answer).startswith("Nothing is known: there are no ")


def test_what_is_said_is_named_in_words() -> None:
    """Each field that shares are of has words, and no other."""
    asked = {path for question in REGISTRY.values() for each in question.by.values() for path in each.scope.fields}
    assert asked == set(SAID)
    assert asked <= {field.path for field in CATALOG}


ANSWER = Answer(
    "versions",
    "python",
    "alive",
    date(2025, 10, 1),
    UNTIL,
    1908,
    None,
    (
        {"version": "3.13", "supported_until": "2029-10-31", "installations": 230, "share": 0.1205, "running": 230},
        {"version": "3.12", "supported_until": "2028-10-31", "installations": 1544, "share": 0.8092, "running": 1774},
        {"version": "3.9", "supported_until": "2025-10-31", "installations": 134, "share": 0.0702, "running": 1908},
    ),
    grain="series",
)


def test_versions_past_their_end_are_said_in_words() -> None:
    """With how many run them; on the last day of its support a series is supported."""
    assert finding(ANSWER) == (
        "Of 1,908 alive installations that said their Python, 1,544 (80.9%) run Python 3.12, the commonest series. "
        "134 (7.0%) run a Python whose support has ended."
    )
    assert "None runs a Python whose support has ended." in finding(replace(ANSWER, until=date(2025, 10, 31)))
    matched = finding(replace(ANSWER, where="db = sqlite", basis="seen", since=date(2026, 10, 2)))
    assert matched.startswith(
        "Of 1,908 installations seen from 2026-10-02 to 2026-10-31 that said their Python and match `db = sqlite`, "
    )


def test_a_period_that_is_not_over_is_said_so() -> None:
    """With the day up to which it is known."""
    row: Mapping[str, Cell] = {"period": "2026-10", "installations": 300, "share": 0.3, "new": 7}
    answer = Answer("installs", "month", "seen", date(2025, 11, 1), UNTIL, 1000, None, (row,))
    assert "in the last month, 2026-10, 300 were" in finding(answer)
    assert "in the last month, 2026-10 up to 2026-10-30, 300 were" in finding(replace(answer, until=date(2026, 10, 30)))
    periods = Table(({"period": "2026-09", "denominator": 90}, {"period": "2026-10", "denominator": 100}))
    rows = tuple({"period": period, "installations": 9, "share": 0.1} for period in ("2026-09", "2026-10"))
    over = Answer(
        "installs", "state", "alive", UNTIL, UNTIL, 100, None, rows, over="month", tables={"periods": periods}
    )
    assert finding(over).startswith("At the end of 2026-10, 9 installations were alive; at the end of 2026-09, 9 were.")
    assert finding(replace(over, until=date(2026, 10, 30))).startswith("On 2026-10-30, 9 installations were alive")


def test_few_are_counted_without_a_percentage() -> None:
    """Of twenty installations one is not 5.0%."""
    rows: tuple[Mapping[str, Cell], ...] = (
        {"version": "3.12", "installations": 19},
        {"version": "3.9", "installations": 1},
    )
    said = finding(replace(ANSWER, rows=rows, denominator=20))
    assert said == (
        "Of 20 alive installations that said their Python, 19 run Python 3.12, the commonest series, the newest that "
        "anybody runs. 1 runs a Python whose support has ended."
    )


@pytest.mark.parametrize(("where", "named"), [("plugin = Git", "buildbot.steps.source.git.Git"), ("db = sqlite", "db")])
def test_what_a_condition_names_is_no_difference(where: str, named: str, fleet: Fleet) -> None:
    """Of an attribute no value, since who has one of them has no other; of plugins the one that is named."""
    answer = ask(fleet.warehouse, Query("changes", by="condition", where=where), today=UNTIL)
    left = [row for name in answer.tables for row in unnamed(answer, name)]
    out = [row for table in answer.tables.values() for row in table.rows if row not in left]
    assert {row.get("attribute", row.get("plugin")) for row in out} == {named}
    assert len(left) > len(out)
