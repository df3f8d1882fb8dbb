"""The oracle for the record of `drop`: what became of the users of something, and where they differ from others."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from headcount.fleet._history import BUILDBOT, Version
from headcount.fleet._truth import Truth
from headcount.fleet._window import day_of, months_held
from headcount.fleet.oracle import differences
from headcount.fleet.oracle.chance import paired, wilson
from headcount.fleet.oracle.expected import Expected, ExpectedTable
from headcount.fleet.oracle.population import Population, Truths, population
from headcount.fleet.oracle.quarantine import Believed
from headcount.fleet.oracle.spells import Spell, profile, spells

Judge = Callable[[Truth], bool | None]

_START = 30  # days


@dataclass(frozen=True)
class Asked:
    """What is asked: whether it is true of a report, or not known; whether it answered all; its classes and its parts.

    A class stands with the fact that counts it: ``plugins``, ``configurators``, ``factories``.
    """

    judge: Judge
    asks: Callable[[Truth], bool]
    classes: frozenset[tuple[str, str]] = frozenset()
    parts: tuple[tuple[str, Judge], ...] = ()


def record(
    truths: Iterable[tuple[int, Truth]], *, basis: str, until: date, asked: Asked, believed: Believed
) -> Expected:
    """Return the record at the end of a day."""
    listed = Truths.of(truths)
    fleet = population(listed, until, until, believed)
    states = fleet.states(basis)
    told = [state for state in states if asked.asks(state)]
    users = [state for state in states if asked.judge(state) is True]
    others = [state for state in states if asked.judge(state) is False]
    using = sum(asked.judge(state) is True for state in told)
    low, high = wilson(using, len(told)) if told else (None, None)
    row: dict[str, object] = {
        "installations": len(users),
        "share": using / len(told) if told else None,
        "low": low,
        "high": high,
        "least": _part(len(users), len(states)),
        "most": _part(len(states) - len(others), len(states)),
        **_instances(users, asked.classes),
        "builders": sum(differences.builders(state) for state in users),
        **_of_newest(users, told, asked.judge, until),
        "last_seen": _last_seen(fleet, basis, asked.judge),
    }
    parts, overlap = _parts(users, states, asked.parts)
    told_others = [state for state in told if asked.judge(state) is False]
    told_users = [state for state in told if asked.judge(state) is True]
    different, tested = differences.compute(told_users, told_others, frozenset(name for _, name in asked.classes))
    moved = _moved(fleet, basis, asked.judge)
    either = len(users) if asked.parts else None
    return Expected(len(told), [row]).beside(
        {
            "year": _year(listed, fleet, basis, asked),
            "parts": ExpectedTable(either, parts),
            "overlap": ExpectedTable(either, overlap),
            "classes": ExpectedTable(len(users) if asked.classes else None, _classes(users, asked.classes)),
            "series": ExpectedTable(
                sum(differences.release(state) is not None for state in users), _series(users, told, asked.judge)
            ),
            "differences": ExpectedTable(None, different),
            "moved": ExpectedTable(len(moved) + len(users) if moved else None, _quartiles(moved, len(users))),
        },
        tested,
    )


def _part(those: int, everybody: int) -> float:
    return those / everybody if everybody else 0.0


def _times(state: Truth, classes: Iterable[tuple[str, str]]) -> int:
    """Count the instances of classes, or of subclasses of them."""
    return sum(
        count for fact, name in classes for (base, _), count in (getattr(state, fact) or {}).items() if base == name
    )


def _instances(users: list[Truth], classes: frozenset[tuple[str, str]]) -> dict[str, object]:
    if not classes:
        return {"instances": "", "over_half": ""}
    totals = [_times(state, classes) for state in users]
    return {"instances": sum(totals), "over_half": "yes" if 2 * max(totals, default=0) > sum(totals) else "no"}


def _classes(users: list[Truth], classes: frozenset[tuple[str, str]]) -> list[dict[str, object]]:
    counted = {name: [times for state in users if (times := _times(state, [(fact, name)]))] for fact, name in classes}
    rows: list[dict[str, object]] = [
        {
            "plugin": name,
            "installations": len(times),
            "share": len(times) / len(users),
            "instances": sum(times),
            "most": max(times),
        }
        for name, times in counted.items()
        if times
    ]
    return sorted(rows, key=lambda row: (-int(str(row["installations"])), str(row["plugin"])))


def _of_newest(users: list[Truth], told: list[Truth], judge: Judge, until: date) -> dict[str, object]:
    out = [version for day, version in BUILDBOT if date.fromordinal(day) <= until]
    newest = max(out)
    two = sorted({version[:2] for version in out}, reverse=True)[:2]

    def on_two(states: list[Truth]) -> list[Truth]:
        return [state for state in states if (differences.release(state) or ())[:2] in two]

    answering = on_two(told)
    return {
        "newest_release": ".".join(map(str, newest)),
        "on_newest_release": sum(differences.release(state) == newest for state in users),
        "newest_series": ", ".join(f"{major}.{minor}" for major, minor in two),
        "on_newest_series": len(on_two(users)),
        "rate_on_newest_series": _of(sum(judge(state) is True for state in answering), len(answering)),
    }


def _of(those: int, everybody: int) -> float | None:
    """Return a share, which of nobody is not known."""
    return those / everybody if everybody else None


def _series(users: list[Truth], told: list[Truth], judge: Judge) -> list[dict[str, object]]:
    def count(states: Iterable[Truth]) -> Counter[Version]:
        return Counter(release[:2] for state in states if (release := differences.release(state)))

    using, everybody = count(users), count(told)
    answered = count(state for state in told if judge(state) is True)
    return [
        {
            "version": ".".join(map(str, series)),
            "installations": using[series],
            "share": using[series] / using.total(),
            "all": everybody[series],
            "rate": _of(answered[series], everybody[series]),
        }
        for series in sorted(using, reverse=True)
    ]


def _last_seen(fleet: Population, basis: str, judge: Judge) -> str:
    apart = fleet.quarantine.apart(fleet.until)
    last = [
        reports[-1]
        for install, reports in fleet.installations.items()
        if install not in apart and (basis == "alive" or len({day for day, _ in reports}) > 1)
    ]
    return max((day.isoformat() for day, truth in last if judge(truth) is True), default="never")


def _parts(
    users: list[Truth], states: list[Truth], parts: tuple[tuple[str, Judge], ...]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    if len(parts) < 2:
        return [], []
    true_of = {name: {place for place, state in enumerate(states) if judge(state) is True} for name, judge in parts}
    rows: list[dict[str, object]] = [
        {
            "part": name,
            "installations": len(those),
            "share": _part(len(those), len(users)),
            "alone": len(those - set().union(*(theirs for other, theirs in true_of.items() if other != name))),
        }
        for name, those in true_of.items()
    ]
    overlap: list[dict[str, object]] = [
        {
            "part": one,
            "with": other,
            "installations": (number := len(true_of[one] & true_of[other])),
            "share": _part(number, len(users)),
        }
        for one, other in combinations(true_of, 2)
        if true_of[one] & true_of[other]
    ]
    return (
        sorted(rows, key=lambda row: (-int(str(row["installations"])), str(row["part"]))),
        sorted(overlap, key=lambda row: (-int(str(row["installations"])), str(row["part"]), str(row["with"]))),
    )


def _moved(fleet: Population, basis: str, judge: Judge) -> list[tuple[int, bool]]:
    """Return, of those of a basis of which it is false now and was true, the days from the first report with it to the first
    without, and whether it was true already in the first 30 days of which reports are held.
    """
    held = min((reports[0][0] for reports in fleet.installations.values()), default=date.max)
    found = []
    for install in fleet.of(basis):
        life = spells(fleet.installations[install])
        true = [spell.day for spell in life if judge(spell.truth) is True]
        if judge(life[-1].truth) is False and true:
            ended = min(spell.day for spell in life if judge(spell.truth) is False and spell.day > max(true))
            found.append(((ended - min(true)).days, (min(true) - held).days < _START))
    return found


def _quartiles(moved: list[tuple[int, bool]], users: int) -> list[dict[str, object]]:
    ordered = sorted(days for days, _ in moved)
    if not ordered:
        return []

    def least(part: float) -> int:
        return next(number for place, number in enumerate(ordered, 1) if place >= part * len(ordered))

    return [
        {
            "installations": len(moved),
            "share": len(moved) / (len(moved) + users),
            "q1": least(0.25),
            "median": least(0.5),
            "q3": least(0.75),
            "from_start": sum(early for _, early in moved),
        }
    ]


def _quarter(until: date) -> tuple[date, date]:
    """Return the last end of a quarter that is over at the end of a day, and that of a year before."""
    ends = [
        date(year, month, calendar.monthrange(year, month)[1])
        for year in (until.year - 1, until.year)
        for month in (3, 6, 9, 12)
    ]
    end = max(day for day in ends if day <= until)
    return end, date(end.year - 1, end.month, end.day)


def _year(listed: Truths, fleet: Population, basis: str, asked: Asked) -> ExpectedTable:
    newest = max((day_of(at) for at, truth in listed if truth.install is not None), default=date.min)
    if newest == date.min:
        return ExpectedTable(None, [])
    quarter, before = _quarter(min(fleet.until, newest - timedelta(days=1)))
    held = min((reports[0][0] for reports in fleet.installations.values()), default=date.max)
    if held > before:
        return ExpectedTable(None, [])
    then = population(listed, before, before, fleet.believed)
    later = population(listed, quarter, quarter, fleet.believed)
    masters: Counter[tuple[bool | None, bool | None]] = Counter()
    turns: defaultdict[tuple[bool | None, bool | None], set[object]] = defaultdict(set)
    used = answered = using = 0
    for install in then.of(basis):
        was = then.installations[install][-1][1]
        used += asked.judge(was) is True
        answered += asked.asks(was)
        using += asked.asks(was) and asked.judge(was) is True
        reports = later.installations[install]
        if reports[-1][0] <= before:
            continue
        now = reports[-1][1]
        cell = asked.judge(was), asked.judge(now)
        masters[cell] += 1
        turns[cell].add(_turn(profile(was), spells(reports), quarter))
    started, stopped = len(turns[False, True]), len(turns[True, False])
    p = paired(started, stopped)
    reported = sum(count for (was_true, _), count in masters.items() if was_true)
    rows: list[dict[str, object]] = [
        {
            "quarter": quarter.isoformat(),
            "before": before.isoformat(),
            "installations": used,
            "share": _of(using, answered),
            "memory": months_held(before, held),
            "kept": masters[True, True],
            "stopped": masters[True, False],
            "unanswered": masters[True, None],
            "gone": used - reported,
            "started": masters[False, True],
            "neither": masters[False, False],
            "stopped_once": stopped,
            "started_once": started,
            "p": p,
            "change": "no clear change" if p >= 0.05 else "fewer" if stopped > started else "more",
        }
    ]
    return ExpectedTable(answered, rows)


def _turn(was: Truth, life: list[Spell], quarter: date) -> object:
    current = next(spell for spell in life if spell.day <= quarter <= spell.upto)
    return repr((was, current.truth, current.day))
