"""The flood rule by itself: what is believed on each day."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from headcount.warehouse._floods import ANY, Days, FloodRule, judge

RULE = FloodRule(floor=3, factor=5, history=10, grace=4)
NONE: Mapping[int, int] = {}


def _days(newcomers: Mapping[int, int], confirmed: Mapping[int, int] = NONE, back: Mapping[int, int] = NONE) -> Days:
    """Somebody reports every day; so many of those that are set apart come back, and are named by day and number."""

    def returners(day: int, most: int, released: Collection[int]) -> list[int]:
        first = 1_000 * day
        return [install for install in range(first, first + min(most, back.get(day, 0))) if install not in released]

    return Days(range(1_000), newcomers, confirmed, returners)


def _bounds(days: Days, last: int, rule: FloodRule = RULE) -> list[int]:
    return [verdict.bound for verdict in judge(rule, 0, last, days)]


def _on(days: range, count: int) -> dict[int, int]:
    return dict.fromkeys(days, count)


def test_the_first_days_believe_any_number_and_use_up_nothing() -> None:
    """What came in them is no part of the 28 days together, and is what the days after let expect."""
    assert _bounds(_days({0: 500}), 5) == [ANY] * 4 + [3, 3]
    assert _bounds(_days(_on(range(4), 7)), 4)[-1] == 35


def test_the_first_days_begin_anew_after_a_time_without_reports() -> None:
    """As long as the rule looks back; what came before is no longer what is expected."""
    days = _days(_on(range(4), 7))
    assert _bounds(days._replace(reported={*range(5), 14}), 14)[-1] != ANY
    assert _bounds(days._replace(reported={*range(5), 15}), 19)[15:] == [ANY] * 4 + [3]


def test_a_day_believes_what_the_days_before_let_expect() -> None:
    """A multiple of the median, cut off; a hundredth of the confirmed before that day; or the floor."""
    assert _bounds(_days({2: 1, 3: 2}), 4)[-1] == 3  # a median of 0.5
    assert _bounds(_days({1: 1, 2: 2, 3: 2}), 4)[-1] == 7
    assert _bounds(_days(NONE, {3: 999, 4: 1}), 5)[-2:] == [9, 10]


def test_28_days_together_believe_so_many() -> None:
    """Three quarters of four times the floor, or of a twentieth of the confirmed; then none, for a while."""
    trickle = _days(_on(range(30, 60), 3))
    rule = RULE._replace(history=56)
    believed = [verdict.day for verdict in judge(rule, 0, 59, trickle) if verdict.newcomers_believed]
    assert believed == [*range(33), 58, 59]
    held = _days(_on(range(20, 25), 10), {3: 1000})
    assert _bounds(held, 25, rule)[20:] == [10] * 3 + [7, 7, 7]
    assert all(verdict.newcomers_believed for verdict in judge(RULE, 0, 59, _days(_on(range(60), 2))))


def test_a_flood_that_lasts_lets_expect_no_more_than_the_floor() -> None:
    """Or than was expected before it, or a five-hundredth of the confirmed."""
    flood = _days(_on(range(10, 60), 100))
    assert _bounds(flood, 60)[10:15] == [3] * 5
    assert max(_bounds(flood, 60)[10:]) == 15
    assert max(_bounds(_days(_on(range(10, 60), 100), {0: 5_000}), 60)[10:]) == 50
    assert max(_bounds(_days({**_on(range(10), 9), **_on(range(10, 60), 100)}), 60)[10:]) == 45


def test_who_comes_back_shares_the_bound_with_the_newcomers() -> None:
    """These first, and who came back as far as the day has room."""
    verdicts = list(judge(RULE, 0, 7, _days({4: 1, 6: 4}, back={4: 2, 5: 4, 6: 3, 7: 3})))
    assert [(one.newcomers_believed, len(one.released)) for one in verdicts[4:]] == [
        (True, 2),
        (True, 3),
        (False, 3),
        (True, 1),
    ]


def test_neither_newcomers_nor_who_comes_back_take_all_of_28_days() -> None:
    """Three quarters of four times the floor at most, so that there is room for the others."""
    verdicts = list(judge(RULE, 0, 31, _days(_on(range(20, 32), 2), back=_on(range(4, 20), 9))))
    assert sum(len(one.released) for one in verdicts[4:]) == 9
    assert verdicts[20].newcomers_believed
