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
from headcount.questions import (
    Answer,
    BadQuestion,
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
        plugin.shown,
        _finding(plugin, answer, row, _year(ask, filter_, plugin)),
        _facts(plugin, answer, row),
        _panels(panels, plugin, row is not None),
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


def _year(ask: Asker, filter_: Filter, plugin: Plugin) -> Row | None:
    """Return what became of its users in a year; None where nothing is held of the year before."""
    try:
        answer = ask(filter_.query("drop", "year", where=_and(filter_, plugin)))
    except BadQuestion:
        return None
    return answer.rows[0] if answer.rows else None


def _and(filter_: Filter, plugin: Plugin) -> str:
    """Return the condition of the plugin and of the filter."""
    parts = conjuncts(filter_.where) if filter_.where else ()
    return conjunction(parts if plugin.condition in parts else (*parts, plugin.condition))


def _finding(plugin: Plugin, answer: Answer, row: Row | None, year: Row | None) -> str:
    whole = answer.denominator or 0
    if not whole:
        return "Nobody is known who says whether it is used."
    if row is None:
        return f"None of the {whole:,} that tell uses {plugin.shown}."
    using, customized = int(row["installations"] or 0), int(row["customized"] or 0)
    part = "" if is_of_few(answer) else f": {percent(using / whole)}"
    sentences = [
        f"{count(using, 'master')} of {whole:,} {'uses' if using == 1 else 'use'} {plugin.shown}{part}.",
        _year_in_words(year),
        _subclassed(customized, using) if plugin.is_class else "",
    ]
    return " ".join(filter(None, sentences))


def _interval(answer: Answer, row: Row) -> str:
    if is_of_few(answer) or not answer.has_intervals:
        return ""
    low, high = answer.intervals()[answer.rows.index(row)]
    return f"{percent(low)} to {percent(high)}"


def _year_in_words(year: Row | None) -> str:
    if year is None:
        return ""
    kept, stopped, gone, started = (int(year[name] or 0) for name in ("kept", "stopped", "gone", "started"))
    if not kept + stopped + gone + started:
        return "Nobody is known to have used it a year before."
    change = {"fewer": "Fewer use it than a year ago", "more": "More use it than a year ago"}.get(
        str(year["change"]), "No clear change in a year"
    )
    return (
        f"{change}: of the confirmed that used it then, {kept:,} kept it, {stopped:,} stopped and {gone:,} are gone; "
        f"{started:,} started."
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
    return [
        Link(f"May we drop {plugin.shown}?", filter_.address("/drop", where=plugin.condition, with_=None)),
        Link("All that its users run", filter_.adding(plugin.condition, "/")),
        Link("How its users differ", filter_.address("/changes", with_=plugin.condition)),
        Link(f"All of its kind: {plugin.kind}", filter_.address(_ALL)),
    ]


def _panels(panels: PanelMaker, plugin: Plugin, is_used: bool) -> list[Panel]:
    where, query = _and(panels.filter, plugin), panels.filter.query
    over = query("drop", "summary", over="month", where=where)
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
