"""Estimates beside what is true: how far off each can be, measured on fleets of which everything is known."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from headcount import fleet
from headcount.fleet.oracle.chance import wilson
from headcount.fleet.oracle.upgrades import survival
from headcount.fleet.simulation.installation import draw_installation
from headcount.questions import REGISTRY, Query, _estimates, ask
from tests.support.loaded import load_events

UNTIL, DAYS, INSTALLS, SEED = date(2026, 10, 31), 1000, 1500, 11
SVN = "buildbot.steps.source.svn.SVN"
COUNTS = st.dictionaries(st.integers(0, 40), st.integers(1, 5), max_size=12)


@cache
def _events() -> list[fleet.Event]:
    return list(fleet.simulate(INSTALLS, DAYS, SEED, UNTIL))


@example({}, {3: 1}, [2, 4])
@given(COUNTS, COUNTS, st.lists(st.integers(0, 45), max_size=5))
def test_kaplan_and_meier_is_the_product_limit(
    events: dict[int, int], censored: dict[int, int], times: list[int]
) -> None:
    """The library's estimate is the formula's, ties between the two kinds included."""
    upgraded, silent = list(Counter(events).elements()), list(Counter(censored).elements())
    expected = [1 - survival(upgraded, silent, time) for time in times]
    found = _estimates.reached(events, censored, times)
    assert found == pytest.approx(expected, abs=1e-4)
    assert found == [round(share, 4) for share in found]


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_is_wilsons(part: int, more: int) -> None:
    """By the formula; it holds the share, and never leaves 0 and 1."""
    low, high = _estimates.interval(part, part + more)
    assert (low, high) == pytest.approx(wilson(part, part + more), abs=1e-4)
    assert (low, high) == (round(low, 4), round(high, 4))
    if part + more:
        assert 0 <= low <= part / (part + more) + 1e-4
        assert part / (part + more) - 1e-4 <= high <= 1


def test_the_interval_is_wilsons_as_a_library_has_it() -> None:
    """To the last of its four places, of every part of every whole up to 60, and of some that are large."""
    wholes = [(part, whole) for whole in range(1, 61) for part in range(whole + 1)]
    for whole in (97, 1_000, 65_536, 10_000_019):
        wholes += [(part, whole) for part in (0, 1, 2, whole // 7, whole // 2, whole - 1, whole)]
    for part, whole in wholes:
        theirs = stats.binomtest(part, whole).proportion_ci(0.95, method="wilson")
        expected = (round(float(theirs.low), 4), round(float(theirs.high), 4))
        assert str(_estimates.interval(part, whole)) == str(expected), (part, whole)  # so that no zero is below zero


@pytest.mark.ci
def test_upgrades_lie_between_their_bounds() -> None:
    """Of the masters that still exist, the share that truly upgraded; and Kaplan and Meier's alone is far too hopeful."""
    came, gone = date(2024, 10, 14), {}  # 4.1.0, 747 days before the end
    first = UNTIL.toordinal() - DAYS + 1
    for number in range(INSTALLS):
        one = draw_installation(Random(f"headcount/{SEED}/{number}"), first, UNTIL.toordinal())
        if one is not None and one.identity == "kept":
            gone[one.install] = one.gone
    reports: dict[str, list[tuple[date, tuple[int, ...]]]] = {}
    for event in _events():
        if event.truth.install and "buildbot" in event.truth.versions:
            day = datetime.fromtimestamp(event.received, UTC).date()
            version = tuple(map(int, event.truth.versions["buildbot"].split(".")))
            reports.setdefault(event.truth.install, []).append((day, version))
    there = [
        install
        for install, seen in reports.items()
        if any(fleet.alive_since(came) <= day <= came for day, _ in seen) and gone.get(install, 0) > UNTIL.toordinal()
    ]
    true = sum(any(version >= (4, 1) for _, version in reports[install]) for install in there) / len(there)
    with load_events(_events(), UNTIL) as loaded:
        last = ask(loaded.warehouse, Query("upgrades", by="4.1.0", basis="confirmed"), today=UNTIL).rows[-1]
    lower, upper = float(last["share"] or 0), float(last["upper"] or 0)
    assert last["days"] == 747
    said = f"747 days after 4.1.0 the bounds were {lower:.0%} and {upper:.0%} for a true {true:.0%}"
    assert said in REGISTRY["upgrades"].meaning.replace(" %", "%")
    assert lower < true < upper - 0.03
    assert true - lower < 0.1


def _share(events: list[fleet.Event]) -> float:
    truths = [(event.received, event.truth) for event in events]
    states = fleet.last_states(truths, basis="alive", since=UNTIL, until=UNTIL)
    plugins = [{base for base, _ in state.plugins} for state in states if state.plugins is not None]
    return sum(SVN in used for used in plugins) / len(plugins)


@pytest.mark.ci
def test_what_drop_says_of_those_who_do_not_report_was_measured() -> None:
    """A third reports, those who use SVN half as often: the reports, the truth, and what `silent` makes of the one."""

    def chance(truth: fleet.Truth) -> float:
        uses = truth.plugins is not None and any(base == SVN for base, _ in truth.plugins)
        return 1 / 6 if uses else 1 / 3

    reporting = list(fleet.respond(_events(), chance, seed=1))
    with load_events(reporting, UNTIL) as loaded:
        rows = ask(loaded.warehouse, Query("drop", by="silent", where="plugin = SVN"), today=UNTIL).rows
    reported, true = float(rows[0]["share"] or 0), _share(_events())
    (twice,) = [row["estimate"] for row in rows if (row["times"], row["reporting"]) == (2.0, 0.25)]
    meaning = REGISTRY["drop"].meaning.replace(" %", "%")
    assert f"the reports said {reported:.1%} where {true:.1%} was true" in meaning
    assert f"the estimate said {float(twice or 0):.1%}." in meaning
