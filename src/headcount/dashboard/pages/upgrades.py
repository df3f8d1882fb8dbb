"""The page of upgrades: how fast a release was reached, who stays behind it, and who went back."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Figure, Panel, Rows
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, part_of, percent
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.dashboard.pages._series import newest_series, place
from headcount.questions import FEW, Answer, BadQuestion, Cell, released, suggestion

PATH = "/upgrades"
PARAMETERS = ("release", "second", "third")
"""The parameters of the page alone: the releases, of which the first is what the finding is about."""

_LABELS = ("Release", "beside", "and")
_NONE = "none"
_YEAR, _RECENT = 360, 30  # days since a release, and before the end, of which the finding tells
_SERIES = 15  # rows of the table of those that stay


class Choice(NamedTuple):
    """A field that chooses a release."""

    name: str
    label: str
    chosen: str


class Reached(NamedTuple):
    """How far a release was reached, by the worst cases.

    ``whole``: how many were alive when it came out; ``now``: how many reported it by now; ``days``: after how many days
    ``least`` and ``most`` had reached it: a year, if it is that old. On the last day anybody who is silent can have.
    ``quartiles``: by portion the days until so many can have, and had, reached it, as texts.
    """

    release: str
    day: date
    whole: int
    now: int
    days: int
    least: int
    most: int
    quartiles: Mapping[float, tuple[str, str]]


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page. What is no release is said at its field, and is as if it were not given."""
    filter_ = _without_wrong(read_filter(view, PATH, *PARAMETERS))
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    maker = PanelMaker(ask, draw, filter_, view.today)
    held = ask(filter_.query("versions", "buildbot")).held_since
    offered = _offered(held)
    chosen = _chosen(view.parameters, offered)
    found = [each for release in chosen if (each := _reached(ask, filter_, release)) is not None]
    until = _common_days(ask, filter_, chosen)
    panels = [_panel(maker, release, until) for release in chosen]
    content = Content(
        "How fast do they upgrade?",
        _finding(found[0]) if found else f"Nobody is known who was alive before {chosen[0]} came out.",
        _facts(ask, filter_, found),
        [*panels, *_tables(maker, chosen, found)],
    )
    fields = [
        Choice(name, label, chosen[number] if number < len(chosen) else "")
        for number, (name, label) in enumerate(zip(PARAMETERS, _LABELS, strict=True))
    ]
    return framed(view, filter_, content, template="upgrades.html", fields=fields, offered=offered, none=_NONE)


def _without_wrong(filter_: Filter) -> Filter:
    """Return the filter of the page without what is no release, which becomes a problem."""
    days = _days()
    wrong = {name: text for name, text in filter_.also.items() if text != _NONE and text not in days}
    problems = {
        name: f"no release {text!r} is known to have come out{suggestion(text, days)}" for name, text in wrong.items()
    }
    also = {name: text for name, text in filter_.also.items() if name not in wrong}
    return dataclasses.replace(filter_, also=also, problems={**filter_.problems, **problems})


def _days() -> dict[str, date]:
    """Return the day on which each release came out, the newest first."""
    return {str(release): day for release, day in reversed(list(released().items()))}


def _offered(held: date | None) -> list[str]:
    """Return the releases that can be asked of: those that came out since reports are held, or else the newest."""
    days = _days()
    return [release for release, day in days.items() if held is not None and day >= held] or list(days)[:1]


def _chosen(parameters: Mapping[str, str], offered: Sequence[str]) -> list[str]:
    """Return the releases that are asked for; where none is, the newest, and the first ones of the series before it."""
    days = _days()
    asked = [parameters[name] for name in PARAMETERS if parameters.get(name) in days]
    if asked or any(parameters.get(name) for name in PARAMETERS):
        return list(dict.fromkeys(asked)) or [offered[0]]
    first = [release for release in offered[1:] if release.endswith(".0") and not offered[0].startswith(release[:-1])]
    return [offered[0], *first[: len(PARAMETERS) - 1]]


def _reached(ask: Asker, filter_: Filter, release: str) -> Reached | None:
    """Return how far a release was reached; None where it cannot be asked of, or nobody is known who was there."""
    try:
        answer = ask(filter_.query("upgrades", release))
    except BadQuestion:
        return None
    if not answer.rows or not answer.denominator:
        return None
    times = [
        row for row in answer.rows if int(row["days"] or 0) <= min(_YEAR, int(answer.rows[-1]["days"] or 0) - _RECENT)
    ]
    then, last = (times or answer.rows)[-1], answer.rows[-1]
    quartiles = {
        float(row["portion"] or 0): (str(row["by_most"]), str(row["by_least"]))
        for row in answer.tables["quartiles"].rows
    }
    return Reached(
        release,
        _days()[release],
        answer.denominator,
        int(last["installations"] or 0),
        int(then["days"] or 0),
        int(then["installations"] or 0),
        round(float(then["most"] or 0) * answer.denominator),
        quartiles,
    )


def _finding(reached: Reached) -> str:
    soonest, latest = reached.quartiles.get(0.5, ("", ""))
    half = (
        ""
        if reached.whole < FEW
        else f"Half of them needed {soonest} days at best and {latest} at worst."
        if soonest and latest
        else f"Half of them needed {soonest} days at best; at worst they have not reached it yet."
        if soonest
        else "Half of them cannot have reached it yet."
    )
    least = part_of(reached.least, reached.whole, "that were alive then")
    return (
        f"{reached.days} days after {reached.release} came out, at least {least} had reached it or a later release, and at "
        f"most {_part(reached.most, reached)}; by now it is {_part(reached.now, reached)} at least. {half}"
    ).rstrip()


def _part(number: int, reached: Reached) -> str:
    return percent(number / reached.whole) if reached.whole >= FEW else f"{number:,}"


def _facts(ask: Asker, filter_: Filter, found: Sequence[Reached]) -> list[Fact]:
    if not found:
        return []
    first = found[0]
    soonest, latest = first.quartiles.get(0.5, ("", ""))
    half = Fact("half of them within", f"{soonest or 'never'} to {latest or 'never'}", "days, at best and at worst")
    back = ask(filter_.query("upgrades", "downgrades"))
    return [
        Fact(
            f"reached {first.release} in {first.days} days",
            f"{_part(first.least, first)} to {_part(first.most, first)}",
            f"of {count(first.whole)}, at worst and at best",
        ),
        Fact("by now, at least", _part(first.now, first), "those that reported it"),
        *([] if first.whole < FEW else [half]),
        Fact(
            "went back, from any release",
            count(sum(int(row["installations"] or 0) for row in back.rows)),
            "to an older release, and stayed",
        ),
    ]


def _common_days(ask: Asker, filter_: Filter, chosen: Sequence[str]) -> int | None:
    """Return up to how many days all releases are drawn, so that their axes are the same; None where one is too young."""
    spans = []
    for release in chosen:
        with suppress(BadQuestion):
            spans += [int(row["days"] or 0) for row in ask(filter_.query("upgrades", release)).rows[-1:]]
    shortest = min(spans, default=0) - _RECENT
    return shortest if shortest >= _YEAR else None


def _panel(maker: PanelMaker, release: str, until: int | None) -> Panel:
    """Return the bounds of a release; on its last days anybody who is silent can have reached it, which says nothing."""

    def choose(answer: Answer) -> Answer:
        last = until or int(answer.rows[-1]["days"] or 0) - _RECENT
        rows = tuple(row for row in answer.rows if int(row["days"] or 0) <= last)
        return dataclasses.replace(answer, rows=rows or answer.rows)

    title = f"Who has reached {release}, which came out on {_days()[release]}?"
    return maker.make(maker.filter.query("upgrades", release), title, choose=choose)


def _tables(maker: PanelMaker, chosen: Sequence[str], found: Sequence[Reached]) -> list[Panel]:
    query = maker.filter.query
    options: dict[str, Any] = {"draws": False, "beside": None}
    days = (
        []
        if not found
        else [
            maker.make(
                query("upgrades", chosen[0]),
                "How many days did it take?",
                shown=lambda _: [_days_table(found)],
                notes=["From the best case to the worst: a dash where so many have not reached it in the worst one."],
                is_wide=True,
                **options,
            )
        ]
    )
    stays = maker.make(
        query("upgrades", "transitions"),
        "Who stays behind?",
        shown=lambda answer: [_stays(answer, maker.ask(query("versions", "buildbot")), maker.filter)],
        notes=["Of each series: who is still on it, and of those that ever reported it, who moved to a later one."],
        **options,
    )
    back = maker.make(query("upgrades", "downgrades"), "Who went back to an older release?", limit=12, **options)
    return [*days, stays, back]


def _days_table(found: Sequence[Reached]) -> Rows:
    columns = ("release", "came out", "alive then", "a quarter", "half", "three quarters", "by now, at least")
    rows = [
        [
            Figure(each.release, False),
            Figure(each.day.isoformat(), False),
            Figure(count(each.whole), True),
            *(Figure(_quartile(each, portion), True) for portion in (0.25, 0.5, 0.75)),
            Figure(_part(each.now, each), True),
        ]
        for each in found
    ]
    return Rows("", columns, rows, len(rows))


def _quartile(reached: Reached, portion: float) -> str:
    """Return in which days so many had reached it; nothing of few."""
    if reached.whole < FEW:
        return ""
    soonest, latest = reached.quartiles.get(portion, ("", ""))
    dash = "\N{EM DASH}"
    return dash if not soonest else f"{soonest} to {latest}" if latest else f"{soonest} to {dash}"


def _stays(moves: Answer, versions: Answer, filter_: Filter) -> Rows:
    """Return of each series who is on it now, who moved on, and how long those took that moved the commonest way."""
    now = {str(row["version"]): int(row["installations"] or 0) for row in versions.rows}
    moved_on: Counter[str] = Counter()
    commonest: dict[str, Mapping[str, Cell | None]] = {}
    for row in moves.rows:
        series = str(row["from"])
        moved_on[series] += int(row["installations"] or 0)
        if int(row["installations"] or 0) > int(commonest.get(series, {}).get("installations") or 0):
            commonest[series] = row
    newest = place(newest_series(versions.until))
    listed = sorted({*now, *moved_on}, key=place, reverse=True)
    rows = [
        _stay(series, now.get(series, 0), moved_on[series], commonest.get(series), filter_)
        for series in listed
        if place(series) < newest
    ]
    columns = ("series", "still on it", "moved on", "share that moved", "most moved to", "median days")
    return Rows("", columns, rows[:_SERIES], len(rows))


def _stay(
    series: str, now: int, moved_on: int, commonest: Mapping[str, Cell | None] | None, filter_: Filter
) -> list[Figure]:
    part = "" if now + moved_on < FEW else percent(moved_on / (now + moved_on))
    return [
        Figure(series, False, filter_.adding(f"buildbot = {series}") if now else ""),
        Figure(count(now), True),
        Figure(count(moved_on), True),
        Figure(part, True),
        Figure(str(commonest["to"]) if commonest else "", False),
        Figure(count(int(commonest["days"] or 0)) if commonest else "", True),
    ]
