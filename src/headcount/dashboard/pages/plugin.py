"""The page of one plugin: who uses it, how that changed, and what they use it with."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from headcount.dashboard._filter import Filter
from headcount.dashboard._names import plugin_page
from headcount.dashboard._panel import Asker, Drawer, Panel, is_of_few, tables
from headcount.dashboard._site import Link
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent, share
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.dashboard.pages.plugins import of_kind
from headcount.questions import (
    REGISTRY,
    Answer,
    BadQuestion,
    Basis,
    Cell,
    NoSuchValue,
    Plugin,
    Query,
    conjunction,
    conjuncts,
    find_plugin,
    plugin_names,
    www_names,
)

PATH = "/plugins/{name}"
_ALL = "/plugins"
_LIFT, _TOGETHER = 1.2, 5  # the least lift, and the fewest masters, of a companion that is shown
_NEAR = 8  # names that are suggested

Row = Mapping[str, Cell | None]


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page of the plugin in the path: a class, by any path that it ever had, or a plugin of the web interface.

    Under another name than the one of its address, it leads there; of what is no plugin it says what is near.
    """
    try:
        plugin = find_plugin(view.name)
    except NoSuchValue as error:
        return _missing(view, str(error))
    address = plugin_page(plugin.name)
    filter_ = read_filter(view, address)
    if plugin.shown != view.name:
        return Rendered("", location=filter_.address())
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    panels = PanelMaker(ask, draw, filter_, view.today)
    answer = ask(filter_.query("plugins", plugin.by))
    row = next((row for row in answer.rows if row["plugin"] == plugin.name), None)
    content = Content(
        _called(plugin).capitalize() if plugin.is_custom else plugin.shown,
        _finding(plugin, answer, row, _year_in_words(_year(ask, filter_, plugin, answer.basis))),
        _facts(plugin, answer, row),
        _panels(panels, plugin, answer.basis, is_used=row is not None),
        _links(filter_, plugin),
    )
    return framed(view, filter_, content, template="plugin.html", current=_ALL, plugin=plugin)


def _missing(view: View, problem: str) -> Rendered:
    filter_ = read_filter(view, _ALL)
    near = get_close_matches(view.name, [*plugin_names(), *www_names()], n=_NEAR, cutoff=0.5)
    last = view.name.rpartition(".")[2].lower()
    near += [name for name in plugin_names() if last and last in name.lower() and name not in near][:_NEAR]
    links = [Link(name, f"/plugins/{name}") for name in near]
    content = Content("There is no such plugin", f"{problem[:1].upper()}{problem[1:]}.", (), (), links)
    return framed(view, filter_, content, template="missing.html", current=_ALL)._replace(missing=True)


def _year(ask: Asker, filter_: Filter, plugin: Plugin, basis: Basis) -> Answer | None:
    """Return what became of its users in a year; None where it cannot be asked."""
    try:
        return ask(_of_drop(filter_, "year", plugin, basis))
    except BadQuestion:
        return None


def _of_drop(filter_: Filter, by: str, plugin: Plugin, basis: Basis, over: str | None = None) -> Query:
    """Return the query of `drop` that asks of the plugin's users on a basis, if `drop` can be asked on it."""
    on = basis if basis in REGISTRY["drop"].by[by].scope.bases else None
    return filter_.query("drop", by, where=_and(filter_, plugin), basis=on, over=over)


def _and(filter_: Filter, plugin: Plugin) -> str:
    """Return the condition of the plugin and of the filter."""
    parts = conjuncts(filter_.where) if filter_.where else ()
    return conjunction(parts if plugin.condition in parts else (*parts, plugin.condition))


def _finding(plugin: Plugin, answer: Answer, row: Row | None, year: str) -> str:
    whole = answer.denominator or 0
    if not whole:
        return "Nobody is known who says whether it is used."
    if row is None:
        return f"None of the {whole:,} that tell uses {_called(plugin)}."
    using, customized = int(row["installations"] or 0), int(row["customized"] or 0)
    part = "" if is_of_few(answer) else f": {percent(using / whole)}"
    sentences = [
        f"{count(using, 'master')} of {whole:,} {'uses' if using == 1 else 'use'} {_called(plugin)}{part}.",
        year,
        _subclassed(customized, using) if plugin.is_class else "",
    ]
    return " ".join(filter(None, sentences))


def _called(plugin: Plugin) -> str:
    return "classes of their own" if plugin.is_custom else plugin.shown


def _interval(answer: Answer, row: Row) -> str:
    if is_of_few(answer) or not answer.has_intervals:
        return ""
    low, high = answer.intervals()[answer.rows.index(row)]
    return f"{percent(low)} to {percent(high)}"


def _year_in_words(answer: Answer | None) -> str:
    """Say what became of its users, with the days and the basis; nothing where nothing is held of the year before."""
    if answer is None or not answer.rows:
        return ""
    year = answer.rows[0]
    kept, stopped, gone, started = (int(year[name] or 0) for name in ("kept", "stopped", "gone", "started"))
    if not kept + stopped + gone + started:
        return f"From {year['before']} to {year['quarter']} nobody is known to have kept it, stopped or started."
    change = {"fewer": "Fewer", "more": "More"}.get(str(year["change"]), "No clear change")
    return (
        f"{change} from {year['before']} to {year['quarter']}: of the {answer.basis} masters that used it then, "
        f"{kept:,} kept it, {stopped:,} stopped and {gone:,} are gone; {started:,} started."
    )


def _subclassed(customized: int, using: int) -> str:
    if not customized:
        return "None of them has a subclass of its own."
    return f"{share(customized, using)} of them have a subclass of their own."


def _facts(plugin: Plugin, answer: Answer, row: Row | None) -> Sequence[Fact]:
    if row is None or not answer.denominator:
        return ()
    using = int(row["installations"] or 0)
    facts = [Fact("masters", count(using), f"of {count(answer.denominator)} that tell")]
    if not is_of_few(answer):
        said = f"{_interval(answer, row)}, if those who report were a random sample; they are not"
        facts.append(Fact("share", percent(using / answer.denominator), said))
    if plugin.is_class:
        facts.append(Fact("instances", count(int(row["instances"] or 0)), "in all of them together"))
        facts.append(Fact("subclassed", share(int(row["customized"] or 0), using), "with classes of their own"))
    return facts


def _links(filter_: Filter, plugin: Plugin) -> list[Link]:
    links = [
        Link("All that its users run", filter_.adding(plugin.condition, "/")),
        Link("How its users differ", filter_.address("/changes", with_=plugin.condition)),
    ]
    if plugin.is_custom:  # nobody but their administrators can drop them, and they are of no kind
        return links
    return [
        Link(f"May we drop {plugin.shown}?", filter_.address("/drop", where=plugin.condition, with_=None)),
        *links,
        Link(f"All of its kind: {plugin.kind}", of_kind(filter_, plugin.kind)),
    ]


def _panels(panels: PanelMaker, plugin: Plugin, basis: Basis, *, is_used: bool) -> list[Panel]:
    where, query = _and(panels.filter, plugin), panels.filter.query
    over = _of_drop(panels.filter, "summary", plugin, basis, "month")
    made = [panels.make(over, "How many use it, over time?", beside=None, notes=_over_notes(panels.filter))]
    if not is_used:
        return made
    if plugin.by == "all":
        bands = query("plugins", "bands")
        made.append(_part(panels, bands, "How many instances have they?", _of(plugin)))
    companions = query("combinations", "companions", where=where)
    made.append(_part(panels, companions, "What do they use with it?", _companions(plugin)))
    asked = (
        ("versions", "buildbot", "On which Buildbot?"),
        ("versions", "python", "On which Python?"),
        ("environments", "system", "On which system?"),
        ("environments", "db", "With which database?"),
    )
    return made + [panels.make(query(name, by, where=where), title, limit=12) for name, by, title in asked]


def _part(panels: PanelMaker, query: Query, title: str, choose: Callable[[Answer], Answer], **options: Any) -> Panel:
    """Return a panel of some rows of an answer."""
    return panels.make(
        query, title, choose=choose, shown=lambda answer: tables(choose(answer), None, panels.filter), **options
    )


def _over_notes(filter_: Filter) -> list[str]:
    return ["The share is of all, for whom this and the condition hold."] if filter_.where else []


def _of(plugin: Plugin) -> Callable[[Answer], Answer]:
    """Return what leaves of an answer the rows of a plugin."""

    def choose(answer: Answer) -> Answer:
        return dataclasses.replace(answer, rows=tuple(row for row in answer.rows if row["plugin"] == plugin.name))

    return choose


def _companions(plugin: Plugin) -> Callable[[Answer], Answer]:
    """Return what leaves of the companions of a plugin those that its users clearly use more often than all."""

    def choose(answer: Answer) -> Answer:
        rows = [
            row
            for row in answer.rows
            if row["plugin"] != plugin.name
            and float(row["lift"] or 0) >= _LIFT
            and int(row["installations"] or 0) >= _TOGETHER
        ]
        rows.sort(key=lambda row: -float(row["lift"] or 0))
        return dataclasses.replace(answer, rows=tuple(rows[:10]))

    return choose
