"""The oracle's quarantine, on floods of a few reports, and what it makes of the fleet's own."""

from __future__ import annotations

from datetime import date, timedelta

from headcount.fleet import Believed, answer, simulate
from headcount.fleet.oracle.quarantine import quarantine
from tests.support.truths import GIT, UNTIL, Reports, on

RULE = Believed(floor=3, factor=2, history=10, grace=5)
FIRST = date(2026, 9, 1)


def _on(number: int, *installs: str) -> Reports:
    return [on((FIRST + timedelta(days=number)).isoformat(), install) for install in installs]


def _new(number: int, count: int) -> Reports:
    return _on(number, *(f"{number}/{place}" for place in range(count)))


def _confirmed(truths: Reports, until: date = UNTIL) -> object:
    rows = answer("installs", truths, by="state", basis="alive", since=until, until=until, believed=RULE).rows
    return next(row["installations"] for row in rows if row["state"] == "confirmed")


def _floods(truths: Reports, since: date = FIRST, until: date = UNTIL) -> list[tuple[object, ...]]:
    found = answer("coverage", truths, by="quarantine", basis="seen", since=since, until=until, believed=RULE)
    return [(row["period"], row["installations"], row["apart"], row["bound"]) for row in found.rows]


def test_of_a_flood_so_many_are_released_on_a_day_as_it_believes() -> None:
    """All newcomers of a day with more than the bound are set apart; those that come back are released the oldest first."""
    crowd = [f"20/{place}" for place in range(4)]
    known = [*_new(0, 1), *_on(8, "0/0"), *_on(16, "0/0")]
    truths = [*known, *_on(20, *crowd), *_on(21, *crowd, "21/0"), *_on(30, "21/0", *crowd)]
    assert _confirmed(truths, FIRST + timedelta(days=20)) == 1
    assert _confirmed(truths, FIRST + timedelta(days=21)) == 3  # the newcomer is believed first
    assert _confirmed(truths, FIRST + timedelta(days=30)) == 6
    assert _floods(truths, until=FIRST + timedelta(days=20)) == [("2026-09-21", 4, 4, 3)]
    assert _floods(truths) == [("2026-09-21", 4, 0, 3)]
    assert _floods(truths, since=FIRST + timedelta(days=21)) == []


def test_a_fleet_that_grows_is_believed_in_the_end() -> None:
    """Six a day on fifty, seen weekly; and 75 at once: all are released, the last after some months."""
    fleet = {f"known {number}": _weekly(number % 28, 400) for number in range(50)}
    grown = fleet | {f"{day} {number}": _weekly(day, 400) for day in range(70, 300) for number in range(6)}
    found = quarantine(grown, (), Believed())
    assert len(found.came) == 210
    assert found.came.keys() == found.released.keys()
    found = quarantine(fleet | {f"new {number}": _weekly(100, 400) for number in range(75)}, (), Believed())
    assert (len(found.came), len(found.released)) == (75, 75)
    assert max(found.released.values()) == FIRST + timedelta(days=100 + 133)


def _weekly(first: int, end: int) -> list[date]:
    return [FIRST + timedelta(days=day) for day in range(first, end, 7)]


def test_a_day_at_its_bound_is_calm() -> None:
    """And so is any in the first days, which have nothing to be compared with."""
    assert _floods([*_new(0, 9), *_new(4, 9), *_new(20, 3)]) == []
    assert _floods([*_new(0, 9), *_new(5, 4)]) == [("2026-09-06", 4, 4, 3)]


def test_the_bound_follows_the_median_of_the_days_before() -> None:
    """Of the last ten: with five and five it is their mean, and what is left over of twice that is cut off."""
    calm = [one for day in range(10) for one in _new(day, 2 if day % 2 else 3)]
    assert _floods([*calm, *_new(10, 5)]) == []
    assert _floods([*calm, *_new(10, 6)]) == [("2026-09-11", 6, 6, 5)]


def test_who_was_there_as_stock_is_no_newcomer() -> None:
    """Moving many installations to a reporter with a secret on one day is no flood."""
    old = [on(FIRST.isoformat(), str(place), plugins={(GIT, 0): 1}) for place in range(6)]
    moved = [on("2026-09-25", truth.install, plugins={(GIT, 0): 1}, secret="s" * 64) for _, truth in old]
    assert _floods([*old, *moved]) == []


def test_made_up_installations_are_not_confirmed_but_those_that_are_released() -> None:
    """The fleet's floods, each of whose ids comes on two days, against what is true: a few of hundreds get through."""
    events = list(simulate(150, 500, 3, UNTIL, floods=2))
    real = [(event.received, event.truth) for event in events if not event.truth.made_up]
    made_up = {event.truth.install for event in events} - {truth.install for _, truth in real}
    assert len(made_up) >= 360
    both = [(event.received, event.truth) for event in events]

    def confirmed(truths: Reports) -> int:
        rows = answer("installs", truths, by="state", basis="alive", since=UNTIL, until=UNTIL).rows
        return next(int(str(row["installations"])) for row in rows if row["state"] == "confirmed")

    floods = answer("coverage", both, by="quarantine", basis="seen", since=date(2025, 6, 1), until=UNTIL).rows
    assert all(int(str(row["bound"])) <= 5 for row in floods)
    released = sum(int(str(row["installations"])) - int(str(row["apart"])) for row in floods)
    assert 30 <= released <= 60
    assert confirmed(real) - 3 <= confirmed(both) <= confirmed(real) + released


def test_a_smaller_fleet_has_the_same_floods() -> None:
    """They do not hang on how many installations there are, and none comes unless it is asked for."""
    small, large = (
        [event for event in simulate(installs, 300, 3, UNTIL, floods=1) if event.truth.made_up] for installs in (5, 30)
    )
    assert small
    assert [event.body for event in small] == [event.body for event in large]
    assert not any(event.truth.made_up for event in simulate(30, 300, 3, UNTIL))
