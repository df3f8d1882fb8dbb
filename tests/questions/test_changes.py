"""`changes` in fleets whose truth is known: what it finds, what it does not, and what it refuses."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from headcount.contract import Arrival, Name, Profile, Release, vocabulary
from headcount.questions import Answer, BadQuestion, Query, ask
from tests.support.loaded import empty_warehouse

UNTIL = date(2026, 10, 31)
MONTH_BEFORE, YEAR_BEFORE = UNTIL - timedelta(days=28), UNTIL - timedelta(days=365)
GIT, CVS, SHELL = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS", "buildbot.steps.shell.ShellCommand"
STEPS = tuple(sorted(path for path, kind in vocabulary().kinds.items() if kind == "step"))[:30]
RECENT = UNTIL - timedelta(days=2)
BASE = Profile(
    "headcount", "full", buildbot=Release(4, 3, 0), python=Release(3, 11, 2), db="sqlite", distro="debian:12"
)


def _with(*classes: str, profile: Profile = BASE) -> Profile:
    return replace(profile, plugins=tuple(sorted((Name(path), 1) for path in classes)))


def _arrivals(lives: Mapping[int, Iterable[tuple[date, Profile]]]) -> list[Arrival]:
    """What each installation reported on which days; the number of a profile is that of its contents."""
    keys: dict[bytes, int] = {}
    arrivals = []
    for install, life in lives.items():
        for day, profile in life:
            content = profile.canonical()
            noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
            arrivals.append(Arrival(noon, install, keys.setdefault(content, len(keys) + 1), content))
    return arrivals


def _asked(lives: Mapping[int, Iterable[tuple[date, Profile]]], by: str, **parameters: str) -> Answer:
    with empty_warehouse() as warehouse:
        warehouse.load(_arrivals(lives), inbox="a", through=1)
        return ask(
            warehouse, Query("changes", by=by, where=parameters.get("where"), with_=parameters.get("with")), today=UNTIL
        )


def _before(profile: Profile) -> list[tuple[date, Profile]]:
    return [(YEAR_BEFORE - timedelta(days=ago), profile) for ago in (40, 20, 10)]


def _turning(install: int, profile: Profile, other: Profile) -> list[tuple[date, Profile]]:
    """A life that turns to the other profile on a day of its own."""
    return [*_before(profile), (MONTH_BEFORE + timedelta(days=1 + install % 20), other), (RECENT, other)]


@pytest.mark.parametrize("by", ["month", "year"])
def test_a_class_that_a_few_of_many_dropped_is_found(by: str) -> None:
    """15 of 1,000 masters dropped CVS, each for itself: those alone are the answer, kept and stopped."""
    uses, dropped = _with(GIT, CVS), _with(GIT)
    own = [replace(uses, plugins=(*(uses.plugins or ()), (Name(SHELL), number + 1))) for number in range(15)]
    lives = {number: _turning(number, profile, _without_cvs(profile)) for number, profile in enumerate(own, 1)}
    lives |= {number: [*_before(uses), (RECENT, uses)] for number in range(100, 300)}
    lives |= {number: [*_before(dropped), (RECENT, dropped)] for number in range(300, 1_085)}
    answer = _asked(lives, by)
    assert [dict(row) for row in answer.rows] == [
        {"before": (MONTH_BEFORE if by == "month" else YEAR_BEFORE).isoformat(), "installations": 1_000, "share": 1.0,
         "silent": 0, "gone": 0, "new": 0}
    ]  # fmt: skip
    (row,) = answer.tables["classes"].rows
    assert row == {
        "plugin": CVS, "kind": "step", "installations": 200, "share": 0.2, "kept": 200, "started": 0, "stopped": 15,
        "started_once": 0, "stopped_once": 15, "p": 6.1e-05, "adjusted": 6.1e-05,
    }  # fmt: skip
    assert answer.tested == 1
    assert not answer.tables["series"].rows
    assert not answer.tables["environments"].rows


def _without_cvs(profile: Profile) -> Profile:
    assert profile.plugins is not None
    return replace(profile, plugins=tuple(pair for pair in profile.plugins if pair[0] != Name(CVS)))


def test_the_masters_of_one_organisation_count_once() -> None:
    """Thirty masters with one configuration, turned from one to another on one day, are one decision: nothing is clear."""
    uses, dropped = _with(GIT, CVS), _with(GIT)
    lives = {number: [*_before(uses), (MONTH_BEFORE + timedelta(days=5), dropped)] for number in range(1, 31)}
    answer = _asked(lives, "year")
    assert answer.denominator == 30
    assert answer.tested == 1
    assert not answer.tables["classes"].rows


def test_series_and_environments_are_found_with_what_took_their_place() -> None:
    """Each moved from Python 3.9 to 3.13 and from SQLite to PostgreSQL, on a day and with numbers of its own."""
    old = replace(BASE, python=Release(3, 9, 2))
    new = replace(BASE, python=Release(3, 13, 1), db="postgresql")
    lives = {
        number: _turning(
            number, replace(old, plugins=((Name(GIT), number),)), replace(new, plugins=((Name(GIT), number),))
        )
        for number in range(1, 31)
    }
    answer = _asked(lives, "year")
    assert [(row["attribute"], row["version"], row["started"], row["stopped"]) for row in answer.tables["series"].rows] == [
        ("python", "3.13", 30, 0), ("python", "3.9", 0, 30)
    ]  # fmt: skip
    found = [
        (row["attribute"], row["value"], row["started"], row["stopped"]) for row in answer.tables["environments"].rows
    ]
    assert found == [("db", "postgresql", 30, 0), ("db", "sqlite", 0, 30)]


def test_who_is_not_asked_any_more_did_not_stop() -> None:
    """A report that leaves plugins out says nothing of them."""
    uses = _with(GIT, CVS)
    silent = replace(BASE, level="custom", plugins=None)
    answer = _asked({number: _turning(number, uses, silent) for number in range(1, 31)}, "year")
    assert answer.tested == 0
    assert not answer.tables["classes"].rows


def test_the_summary_tells_who_is_not_among_the_same_masters() -> None:
    """Those that have not reported since, those that are no longer alive, and those that came."""
    uses = _with(GIT)
    long_ago = UNTIL - timedelta(days=406)
    lives: dict[int, list[tuple[date, Profile]]] = {
        1: [*_before(uses), (RECENT, uses)],
        2: _before(uses),
        3: [(long_ago - timedelta(days=1), uses), (long_ago, uses)],
        4: [(RECENT, uses), (UNTIL, uses)],
        5: [(UNTIL, uses)],  # not confirmed
    }
    (row,) = _asked(lives, "year").rows
    assert dict(row) == {
        "before": YEAR_BEFORE.isoformat(), "installations": 1, "share": 1.0, "silent": 1, "gone": 1, "new": 1
    }  # fmt: skip


def test_who_leaves() -> None:
    """Of those that lapsed most used CVS on an old Python, of those that stayed few: the answer has both."""
    old = replace(_with(GIT, CVS), python=Release(3, 7, 3))
    stays = _with(GIT)
    last = UNTIL - timedelta(days=450)
    lives: dict[int, list[tuple[date, Profile]]] = {}
    for number in range(1, 41):
        profile = old if number <= 35 else stays
        lives[number] = [(last - timedelta(days=30), profile), (last, profile)]
    for number in range(100, 300):
        profile = old if number < 110 else stays
        lives[number] = [*_before(profile), (RECENT, profile)]
    answer = _asked(lives, "lapsed")
    assert [dict(row) for row in answer.rows] == [{"installations": 40, "share": 0.1667, "others": 200}]
    (row,) = answer.tables["classes"].rows
    assert (row["plugin"], row["installations"], row["share"], row["others"], row["others_share"]) == (
        CVS,
        35,
        0.875,
        10,
        0.05,
    )
    assert [row["version"] for row in answer.tables["series"].rows] == ["3.11", "3.7"]
    assert answer.tables["environments"].rows == ()
    assert answer.caption().startswith("Share of 240 installations that are alive or lapsed in the last year (")


def test_a_condition_is_compared_with_its_contrary_or_with_another_one() -> None:
    """Who matches both is in neither group, and of whom the condition is not known is in none."""
    lives: dict[int, list[tuple[date, Profile]]] = {}
    for number in range(1, 121):
        profile = _with(GIT, SHELL) if number <= 30 else _with(GIT, CVS) if number <= 90 else _with(SHELL, CVS)
        profile = replace(profile, db="postgresql") if number <= 40 else profile
        lives[number] = [(RECENT, profile), (UNTIL, profile)]
    lives |= {number: [(RECENT, BASE), (UNTIL, BASE)] for number in range(200, 220)}  # without an answer about plugins
    answer = _asked(lives, "condition", where="plugin = ShellCommand")
    assert dict(answer.rows[0]) == {"installations": 60, "share": 0.5, "others": 60, "both": 0}
    assert {row["plugin"] for row in answer.tables["classes"].rows} == {GIT, CVS, SHELL}
    other = _asked(lives, "condition", **{"where": "plugin = ShellCommand", "with": "plugin = CVS"})
    assert dict(other.rows[0]) == {"installations": 30, "share": 0.3333, "others": 60, "both": 30}
    assert other.compared == "plugin = CVS"
    (db,) = {(row["attribute"], row["value"]) for row in other.tables["environments"].rows} - {("db", "sqlite")}
    assert db == ("db", "postgresql")


def test_with_a_condition_those_are_compared_that_matched_before() -> None:
    """The condition is on the day that the end is compared with."""
    uses, dropped = _with(GIT, CVS), _with(GIT)
    lives = {number: _turning(number, uses, dropped) for number in range(1, 11)}
    lives |= {number: _turning(number, dropped, uses) for number in range(20, 25)}
    answer = _asked(lives, "year", where="plugin = CVS")
    assert answer.denominator == 10


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"by": "weekly"}, "there is no by of changes 'weekly'"),
        ({"by": "condition"}, "changes by condition asks of a condition: give one with where"),
        (
            {"by": "condition", "with": "plugin = CVS"},
            "with is what a condition is compared with: give that with where",
        ),
        (
            {"by": "condition", "where": "plugin = CVS", "with": "plugin = Nosuch"},
            "with, character 10: 'Nosuch' is no public",
        ),
        ({"by": "month", "with": "plugin = CVS"}, "changes by month takes no with"),
        ({"by": "month", "basis": "seen"}, "changes by month has the basis confirmed or alive, not 'seen'"),
        (
            {"by": "year"},
            (
                f"this compares with {YEAR_BEFORE}, and reports are held since {MONTH_BEFORE} alone: give an until from "
                f"{MONTH_BEFORE + timedelta(days=365)} on"
            ),
        ),
    ],
)
def test_what_cannot_be_asked_is_told(parameters: dict[str, str], sentence: str) -> None:
    """Each in its own sentence."""
    with empty_warehouse() as warehouse:
        warehouse.load(_arrivals({1: [(MONTH_BEFORE, BASE), (RECENT, BASE)]}), inbox="a", through=1)
        with pytest.raises(BadQuestion) as raised:
            ask(warehouse, Query.from_text("changes", parameters), today=UNTIL)
    assert sentence in str(raised.value)


def test_before_the_first_report_nothing_has_changed() -> None:
    """A new server answers, with nobody."""
    for by in ("month", "year", "lapsed"):
        answer = _asked({}, by)
        assert (answer.denominator, answer.tested) == (0, 0)
        assert not any(table.rows for table in answer.tables.values())


@pytest.mark.soak
def test_where_nothing_changes_nothing_is_found() -> None:
    """In 200 fleets whose masters start and stop things by chance, as often one way as the other: 5% may show a row."""
    assert sum(_finds_where_nothing_changes(seed) for seed in range(200)) <= 10


def test_where_nothing_changes_the_test_is_a_test() -> None:
    """Each of those fleets is tested; some are looked at here."""
    assert sum(_finds_where_nothing_changes(seed) for seed in range(5)) <= 1


def _finds_where_nothing_changes(seed: int) -> bool:
    """Whether a row is shown of 80 masters, each of which went from a drawn configuration to another, or back."""
    chance = random.Random(seed)
    common = {path: chance.uniform(0.05, 0.95) for path in STEPS}
    lives = {}
    for number in range(80):
        then = {path for path in STEPS if chance.random() < common[path]}
        changed = {path for path in STEPS if chance.random() < 0.2}
        now = then ^ changed if chance.random() < 0.5 else then
        pair = (then, now) if chance.random() < 0.5 else (now, then)
        first, last = (_with(*each, profile=replace(BASE, www=(("console_view", number + 1),))) for each in pair)
        lives[number] = _turning(number, first, last)
    answer = _asked(lives, "month")
    assert answer.tested
    return any(table.rows for table in answer.tables.values())
