"""The oracle for answers over periods: at the end of each, who was alive then, and what their last report said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since, period, widen
from headcount.fleet.oracle import customization
from headcount.fleet.oracle.answered import answered
from headcount.fleet.oracle.expected import Expected, ExpectedTable, ratio
from headcount.fleet.oracle.plugins import AT_FULL, OWN_FIELDS
from headcount.fleet.oracle.population import Matches, Population, Truths, population
from headcount.fleet.oracle.quarantine import Believed

Key = tuple[tuple[str, object], ...]
"""What a row is about: pairs of a column and its value."""

Keys = Callable[[Truth], "Iterable[Key] | None"]
"""Returns what a last report counts for; None where it did not answer."""

_FIELDS = {
    "system": "platform.system", "distro": "platform.distro", "machine": "platform.machine", "kernel": "platform.version",
    "implementation": "platform.python_implementation", "db": "db", "mq": "mq", "build": "build", "driver": "db_driver",
    "server": "db_server",
}  # fmt: skip
_MOST = 20
_DAY = timedelta(days=1)


def by_period(
    question: str,
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    unit: str,
    basis: str,
    since: date,
    until: date,
    where: Matches | None,
    asks: Matches | None,
    named: frozenset[str],
    believed: Believed,
) -> Expected:
    """Return the answer at the ends of the months or weeks from ``since`` to ``until``, and the table of periods.

    ``where`` is judged at the end of each period; ``installs`` and ``drop`` ask of it, and the others of those that
    match. ``named``: the classes that it names.
    """
    listed = Truths.of(truths)
    known = population(listed, since, until, believed)
    if not known.installations:
        return Expected(0, []).beside({"periods": ExpectedTable(None, [])})
    first = min(known.born(name) for name in known.installations)
    ends = [end for end in _ends(unit, since, until) if end >= first]
    states = [_states(known, basis, end) for end in ends]
    if question in ("installs", "drop"):
        counted = [[state for state in those if asks is None or asks(state)] for those in states]
        rows: list[dict[str, object]] = [
            {
                "period": period(unit, end),
                "installations": sum(where is None or where(state) for state in those),
                "share": _known(sum(where is None or where(state) for state in of), len(of)),
            }
            for end, those, of in zip(ends, states, counted, strict=True)
        ]
        whole = [len(of) for of in counted]
    else:
        keys = _keys(question, by)
        ever = {key for _, truth in listed for key in keys(truth) or ()} if question == "plugins" else set()
        of_condition = {key for key in ever if key[0][1] in named}
        matching = [[keys(state) for state in those if where is None or where(state)] for those in states]
        told = [[list(each) for each in those if each is not None] for those in matching]
        whole = [len(those) for those in told]
        counts = [Counter(key for each in those for key in set(each)) for those in told]
        rows = [
            {"period": period(unit, end), **dict(key), "installations": count[key], "share": _known(count[key], of)}
            for end, count, of in zip(ends, counts, whole, strict=True)
            for key in _order(question, counts, of_condition)
        ]
    return Expected(whole[-1], rows).beside({"periods": ExpectedTable(None, _beside(known, unit, ends, whole, first))})


def _states(known: Population, basis: str, day: date) -> list[Truth]:
    """What those of the basis at the end of a day had reported last: no flood had set them apart then."""
    apart = known.quarantine.apart(day)
    states = []
    for install, reports in known.installations.items():
        before = [(then, truth) for then, truth in reports if then <= day]
        days = {then for then, _ in before}
        if before and max(days) >= alive_since(day) and install not in apart and (basis == "alive" or len(days) > 1):
            states.append(before[-1][1])
    return states


def _known(part: int, whole: int) -> float | None:
    """A share; of nobody there is none."""
    return ratio(part, whole) if whole else None


def _ends(unit: str, since: date, until: date) -> list[date]:
    """The last days of the periods; of the last one the last day of the window."""
    ends = []
    day = since
    while day <= until:
        _, end = widen(unit, day, day)
        ends.append(min(end, until))
        day = end + timedelta(days=1)
    return ends


def _keys(question: str, by: str) -> Keys:
    if question == "versions":
        return lambda state: [(("version", _series(by, state.versions[by])),)] if by in state.versions else None
    if question == "environments":
        return lambda state: [(("value", _attribute(state, by)),)] if answered(state, _FIELDS[by]) else None
    if question == "customization":
        return lambda state: (
            None if state.plugins is None or customization.is_newer(state) else [(("band", _band(state)),)]
        )
    return lambda state: _plugins(state, by)


def _series(product: str, version: str) -> str:
    return ".".join(version.split(".")[: 1 if product == "twisted" else 2])


def _attribute(state: Truth, by: str) -> object:
    return getattr(state, by)


def _band(state: Truth) -> str:
    (row,) = [row for row in customization.by_portion([state]).rows if row["installations"]]
    return str(row["band"])


def _plugins(state: Truth, by: str) -> list[Key] | None:
    """The classes of a kind that it has, None where it was not asked for them."""
    if by in OWN_FIELDS or by == "www":
        fact: Mapping[object, int] | None = getattr(state, OWN_FIELDS.get(by, by))
        names = None if fact is None else [each if isinstance(each, str) else each[0] for each in fact]  # type: ignore[index]
        return None if names is None else [(("plugin", name), ("kind", by)) for name in names]
    if state.plugins is None or (by in AT_FULL and (state.sender != "headcount" or state.level == "basic")):
        return None
    kinds = [(base, (state.kinds or {})[base]) for base, _ in state.plugins]
    return [
        (("plugin", base), ("kind", kind))
        for base, kind in kinds
        if kind == by or (by == "all" and kind not in AT_FULL)
    ]


def _order(question: str, counts: list[Counter[Key]], named: set[Key]) -> list[Key]:
    """What the rows of each period are about, in their order."""
    every = {key for count in counts for key in count}
    if question == "versions":
        return sorted(every, key=lambda key: [int(part) for part in str(key[0][1]).split(".")], reverse=True)
    if question == "customization":
        return [(("band", str(row["band"])),) for row in customization.by_portion([]).rows]
    most = sorted(every, key=lambda key: (-counts[-1][key], key))
    if question != "plugins":
        return most
    used = [key for key in most if counts[-1][key]]
    chosen = list(dict.fromkeys([*sorted(named), *used]))[:_MOST]
    return sorted(chosen, key=lambda key: (-counts[-1][key], key))


def _beside(fleet: Population, unit: str, ends: list[date], whole: list[int], first: date) -> list[dict[str, object]]:
    days = {(install, day) for install, reports in fleet.installations.items() for day, _ in reports}
    table: list[dict[str, object]] = []
    for end, count in zip(ends, whole, strict=True):
        since, _ = widen(unit, end, end)
        earlier = [_year_before(unit, day) for day in (since, end)]
        if widen(unit, end, end) == (since, end):
            earlier = list(widen(unit, earlier[0], earlier[0]))
        seen = [len({install for install, day in days if low <= day <= high}) for low, high in ((since, end), earlier)]
        table.append(
            {
                "period": period(unit, end),
                "denominator": count,
                "seen": seen[0],
                "seen_before": seen[1] if earlier[0] >= first else "",
                "leavers": "not yet seen" if end > _before(ends[-1], 12) else "",
                "memory": max(
                    months for months in range(14) if months == 0 or _before(end, months) >= first - timedelta(days=1)
                ),
            }
        )
    return table


def _before(day: date, months: int) -> date:
    """The same day so many months before, or the last of the month."""
    number = day.year * 12 + day.month - 1 - months
    first = date(number // 12, number % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), widen("month", first, first)[1])


def _year_before(unit: str, day: date) -> date:
    return day - timedelta(days=364) if unit == "week" else _before(day, 12)
