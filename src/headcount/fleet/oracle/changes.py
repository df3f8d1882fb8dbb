"""The oracle for `changes`: what the same masters started and stopped, and in what two groups differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since
from headcount.fleet.oracle.expected import Expected, ExpectedTable, ratio
from headcount.fleet.oracle.population import Lives, Matches, Population
from headcount.fleet.oracle.significance import fisher, paired, yekutieli

_DAYS = {"month": 28, "year": 365}
_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")
_ATTRIBUTES = {"series": ("buildbot", "python", "twisted"), "environments": ("distro", "db", "system", "mq")}
_LEAST = 5
_LEVEL = 0.05

_Row = dict[str, object]
_Item = tuple[str, str, str]
"""Something that an installation has: a table, the kind of a class or an attribute, and the class or the value."""


def by_days(fleet: Population, by: str, basis: str, where: Matches | None) -> Expected:
    """Compare what the installations of a basis that matched on a day before, and reported since, had then and have now."""
    before = fleet.until - timedelta(days=_DAYS[by])
    then = _at(fleet, before)
    there = then.of(basis) - then.quarantine.apart(before)
    matching = {name for name in there if where is None or where(then.installations[name][-1][1])}
    same = sorted(name for name in matching if fleet.installations[name][-1][0] > before)
    alive = fleet.seen(alive_since(fleet.until))
    now = fleet if where is None else fleet.only(where)
    pairs = [(then.installations[name][-1][1], fleet.installations[name][-1][1]) for name in same]
    turns = [_turn(then.installations[name], fleet.installations[name]) for name in same]
    row: _Row = {
        "before": before.isoformat(),
        "installations": len(same),
        "silent": len((matching & alive).difference(same)),
        "gone": len(matching - alive),
        "new": sum(now.born(name) > before for name in now.of(basis)),
    }
    tested = list(_changes(pairs, turns))
    return Expected.of(len(same), [row]).beside(_tables(tested), len(tested))


def by_condition(fleet: Population, basis: str, where: Matches, other: Matches) -> Expected:
    """Compare those that match with those that match the other condition; who matches both is in neither group."""
    states = fleet.states(basis)
    one = [state for state in states if where(state) and not other(state)]
    others = [state for state in states if other(state) and not where(state)]
    both = sum(where(state) and other(state) for state in states)
    return _groups(one, others, {"both": both})


def by_lapse(fleet: Population, basis: str, where: Matches | None) -> Expected:
    """Compare those whose 13 months ended in the last year with those that are alive."""
    year_before = fleet.until - timedelta(days=365)
    apart = fleet.quarantine.apart(fleet.until)
    members = {
        name: reports
        for name, reports in fleet.installations.items()
        if name not in apart
        and (basis == "alive" or len({day for day, _ in reports}) >= 2)
        and (where is None or where(reports[-1][1]))
    }
    alive = {name for name, reports in members.items() if reports[-1][0] >= alive_since(fleet.until)}
    lapsed = {name for name, reports in members.items() if reports[-1][0] >= alive_since(year_before)} - alive
    return _groups([members[name][-1][1] for name in lapsed], [members[name][-1][1] for name in alive], {})


def _at(fleet: Population, day: date) -> Population:
    """What was known on the evening of a day before."""
    known = {
        name: [(seen, truth) for seen, truth in reports if seen <= day]
        for name, reports in fleet.installations.items()
        if reports[0][0] <= day
    }
    return replace(fleet, lives=Lives(known, fleet.believed), until=day, where=None)


def _turn(then: list[tuple[date, Truth]], now: list[tuple[date, Truth]]) -> object:
    """What one turn is: from what to what, and since which day it has been that, by the last report of each day."""
    last_of_day = dict(now)
    days = sorted(last_of_day, reverse=True)
    since = days[0]
    for later, earlier in zip(days, days[1:], strict=False):
        if earlier < alive_since(later - timedelta(days=1)) or _profile(last_of_day[earlier]) != _profile(
            last_of_day[days[0]]
        ):
            break
        since = earlier
    return _profile(then[-1][1]), _profile(now[-1][1]), since


def _profile(truth: Truth) -> object:
    """All that a report says, whoever sent it."""
    names = vars(truth).keys() - {"install", "secret", "made_up", "crowded", "kinds"}
    return repr([(name, _sorted(getattr(truth, name))) for name in sorted(names)])


def _sorted(value: object) -> object:
    return sorted(value.items()) if isinstance(value, dict) else value


def _items(truth: Truth) -> set[_Item]:
    """What a report says of all that is compared."""
    kinds = truth.kinds or {}
    found = {("classes", kinds[base], base) for base, _ in truth.plugins or {}}
    found |= {("classes", "www", name) for name in truth.www or {}}
    found |= {("classes", "configurator", base) for base, _ in truth.configurators or {}}
    found |= {("classes", "factory", base) for base, _ in truth.factories or {}}
    found |= {("series", product, _series(product, release)) for product, release in truth.versions.items()
              if product in _ATTRIBUTES["series"]}  # fmt: skip
    said = {name: getattr(truth, name) for name in _ATTRIBUTES["environments"]}
    return found | {("environments", name, value) for name, value in said.items() if value is not None}


def _series(product: str, release: str) -> str:
    return ".".join(release.split(".")[: 1 if product == "twisted" else 2])


def _asked(truth: Truth, item: _Item) -> bool:
    """Whether a report answers the field that an item is of."""
    table, of, _ = item
    if table == "series":
        return of in truth.versions
    if table == "environments":
        return getattr(truth, of) is not None
    if of in _AT_FULL:
        return truth.plugins is not None and truth.sender == "headcount" and truth.level != "basic"
    fact = {"www": "www", "configurator": "configurators", "factory": "factories"}.get(of, "plugins")
    return getattr(truth, fact) is not None


_Tested = tuple[_Item, _Row, float]


def _changes(pairs: list[tuple[Truth, Truth]], turns: list[object]) -> Iterator[_Tested]:
    had = [_items(then) for then, _ in pairs]
    has = [_items(now) for _, now in pairs]
    for item in sorted(set().union(*had, *has)):
        told = [n for n, (then, now) in enumerate(pairs) if _asked(then, item) and _asked(now, item)]
        kept = [n for n in told if item in had[n] and item in has[n]]
        started = [n for n in told if item not in had[n] and item in has[n]]
        stopped = [n for n in told if item in had[n] and item not in has[n]]
        started_once, stopped_once = len({turns[n] for n in started}), len({turns[n] for n in stopped})
        if max(len(kept) + len(stopped), len(kept) + len(started)) < _LEAST or not started_once + stopped_once:
            continue
        now_having = len(kept) + len(started)
        yield item, {
            "installations": now_having, "share": ratio(now_having, len(told)), "kept": len(kept),
            "started": len(started), "stopped": len(stopped), "started_once": started_once, "stopped_once": stopped_once,
        }, paired(started_once, stopped_once)  # fmt: skip


def _groups(one: list[Truth], others: list[Truth], more: _Row) -> Expected:
    tested = list(_differences(one, others))
    row: _Row = {"installations": len(one), "others": len(others), **more}
    return Expected.of(len(one) + len(others), [row]).beside(_tables(tested), len(tested))


def _differences(one: list[Truth], others: list[Truth]) -> Iterator[_Tested]:
    for item in sorted(set().union(*map(_items, one), *map(_items, others))):
        of, of_others = (sum(_asked(truth, item) for truth in group) for group in (one, others))
        having, elsewhere = (_having(group, item) for group in (one, others))
        if max(having, elsewhere) >= _LEAST and of and of_others:
            yield item, {
                "installations": having, "share": ratio(having, of),
                "others": elsewhere, "others_share": ratio(elsewhere, of_others),
            }, fisher(having, of, elsewhere, of_others)  # fmt: skip


def _having(group: Iterable[Truth], item: _Item) -> int:
    return sum(_asked(truth, item) and item in _items(truth) for truth in group)


def _tables(tested: list[_Tested]) -> dict[str, ExpectedTable]:
    """The rows that are no false discoveries, of all tables together, the clearest first."""
    names: dict[str, Callable[[str, str], _Row]] = {
        "classes": lambda kind, plugin: {"plugin": plugin, "kind": kind},
        "series": lambda product, version: {"attribute": product, "version": version},
        "environments": lambda attribute, value: {"attribute": attribute, "value": value},
    }
    found: dict[str, list[tuple[tuple[object, ...], _Row]]] = {name: [] for name in names}
    for (item, row, p), adjusted in zip(tested, yekutieli([p for *_, p in tested]), strict=True):
        table, of, what = item
        if adjusted < _LEVEL:
            named = names[table](of, what)
            order = (float(f"{adjusted:.3g}"), float(f"{p:.3g}"), *named.values())
            found[table].append((order, {**named, **row, "p": p, "adjusted": adjusted}))
    return {
        name: ExpectedTable(None, [row for _, row in sorted(rows, key=lambda each: each[0])])
        for name, rows in found.items()
    }
