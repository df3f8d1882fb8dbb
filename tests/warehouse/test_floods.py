"""The flood rule by itself: what is believed on each day."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.warehouse._floods import ANY, Days, FloodRule, Verdict, judge

RULE = FloodRule(floor=3, factor=5, history=10, grace=4)
NONE: Mapping[int, int] = {}


def _bounds(days: Days, last: int, rule: FloodRule = RULE) -> list[int]:
    return [verdict.bound for verdict in judge(rule, 0, last, days)]


def _on(days: range, count: int) -> dict[int, int]:
    return dict.fromkeys(days, count)


def test_the_first_days_believe_any_number_and_use_up_nothing() -> None:
    """What came in them is no part of the 28 days together, and is what the days after let expect."""
    assert _bounds(Days({0: 500}, NONE, NONE), 5) == [ANY] * 4 + [3, 3]
    assert _bounds(Days(_on(range(4), 7), NONE, NONE), 4)[-1] == 35


def test_a_day_believes_what_the_days_before_let_expect() -> None:
    """A multiple of the median, cut off; a hundredth of the confirmed before that day; or the floor."""
    assert _bounds(Days({2: 1, 3: 2}, NONE, NONE), 4)[-1] == 3  # a median of 0.5
    assert _bounds(Days({1: 1, 2: 2, 3: 2}, NONE, NONE), 4)[-1] == 7
    assert _bounds(Days(NONE, {3: 999, 4: 1}, NONE), 5)[-2:] == [9, 10]


def test_28_days_together_believe_so_many() -> None:
    """Four times the floor, a twentieth of the confirmed, or twice what the median lets expect; then none, for a while."""
    trickle = Days(_on(range(20, 60), 3), NONE, NONE)
    believed = [verdict.day for verdict in judge(RULE, 0, 59, trickle) if verdict.newcomers_believed]
    assert believed == [*range(24), *range(48, 52)]
    held = Days(_on(range(20, 25), 10), {3: 1000}, NONE)
    assert _bounds(held, 25, RULE._replace(history=56))[20:] == [10] * 5 + [0]
    steady = Days(_on(range(60), 2), NONE, NONE)
    assert all(verdict.newcomers_believed for verdict in judge(RULE, 0, 59, steady))


def test_a_flood_is_never_what_is_expected() -> None:
    """However long it lasts; nor does it use up what is believed of those after it."""
    flood = Days(_on(range(10, 60), 100), NONE, NONE)
    assert _bounds(flood, 61)[10:] == [3] * 52


def test_who_comes_back_shares_the_bound_with_the_newcomers() -> None:
    """These first; where both do not fit, nobody who came back is believed."""
    verdicts = list(judge(RULE, 0, 7, Days({4: 1, 6: 4}, NONE, {4: 2, 5: 4, 6: 3, 7: 3})))
    assert verdicts[4:] == [
        Verdict(4, 3, newcomers_believed=True, returners_believed=True),
        Verdict(5, 3, newcomers_believed=True, returners_believed=False),
        Verdict(6, 3, newcomers_believed=False, returners_believed=True),
        Verdict(7, 3, newcomers_believed=True, returners_believed=True),
    ]
