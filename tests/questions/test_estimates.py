"""Estimates beside what is true: how far off each can be, measured on fleets of which everything is known."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from headcount import fleet
from headcount.fleet.oracle.chance import wilson
from headcount.fleet.oracle.upgrades import survival
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
