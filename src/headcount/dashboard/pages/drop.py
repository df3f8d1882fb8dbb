"""May we drop…? What a maintainer must know before dropping what a condition names."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, panel
from headcount.dashboard._site import Link
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count
from headcount.dashboard.pages._checklist import checklist
from headcount.dashboard.pages._examples import examples, hardly_used
from headcount.dashboard.pages._frame import Content, Fact, framed, moved, read_filter
from headcount.dashboard.pages._record_tables import compared, record_tables
from headcount.dashboard.pages._silent import shades
from headcount.dashboard.pages._usage import Usage
from headcount.questions import BadQuestion, Query, plain

PATH = "/drop"
_YEAR = timedelta(days=365)


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page: of a condition, or without one a form with what may be asked."""
    filter_ = read_filter(view, PATH, subject=True)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    if filter_.where is None:
        return _form(ask, view, filter_)
    return _record(ask, draw, view, filter_)


def _form(ask: Asker, view: View, filter_: Filter) -> Rendered:
    finding = "Name what you think of dropping, and see whom it would hurt: plugins, old versions, a database."
    content = Content("May we drop\N{HORIZONTAL ELLIPSIS}?", finding, (), ())
    return framed(
        view,
        filter_,
        content,
        template="drop-form.html",
        examples=examples(ask, filter_),
        hardly_used=hardly_used(ask, filter_),
        removals=view.removals,
    )


def _record(ask: Asker, draw: Drawer, view: View, filter_: Filter) -> Rendered:
    query = filter_.query("drop")
    usage = Usage(ask(query))
    before = Usage(ask(dataclasses.replace(query, until=usage.answer.until - _YEAR)))
    silent = ask(filter_.query("drop", "silent"))
    finding = " ".join(filter(None, (usage.how_many(), usage.change, _seen(usage), usage.on_which())))
    panels = _panels(ask, draw, view, filter_) if usage.asked else ()
    content = Content(title(filter_.where or ""), finding, _facts(usage, before), panels)
    beside = filter_.beside(query, view.today)
    others = [("a year before", before)]
    if beside is not None and filter_.with_ != "1y":
        others.append((filter_.beside_in_words, Usage(ask(beside))))
    return framed(
        view,
        filter_,
        content,
        template="drop.html",
        usage=usage,
        compared=compared(usage, others),
        shades=None if usage.is_of_few or not usage.users else shades(silent),
        tables=record_tables(usage) if usage.users else {},
        checklist=checklist(usage, silent),
        downloads=_downloads(query),
        query=query,
        quoted=shlex.quote(query.where or ""),
        released=_released(view, query.where or ""),
        keep=f"/next?{urlencode({'keep': query.where or ''})}",
    )


def title(where: str) -> str:
    """Return the question of the page: a class by its name alone."""
    return f"May we drop {where.replace('plugin = ', '')}?"


def _seen(usage: Usage) -> str:
    return f"One was last seen {usage.last_seen}." if usage.users and usage.last_seen != "never" else ""


def _facts(usage: Usage, before: Usage) -> list[Fact]:
    if not usage.asked:
        return []
    then = count(before.users) if before.asked else "not known"
    held = before.answer.held_since
    earlier = before.of_how_many if before.asked else f"reports are held since {held}" if held else ""
    two = " or ".join(usage.newest_series)
    facts = [Fact("use it now", count(usage.users), usage.of_how_many), Fact("a year before", then, earlier)]
    if usage.users:
        facts.append(Fact(f"of them on {two}", count(usage.on_newest), f"of {usage.users:,}, the newest two series"))
    return [*facts, Fact("last seen", usage.last_seen)]


def _panels(ask: Asker, draw: Drawer, view: View, filter_: Filter) -> list[Panel]:
    shown = [
        ("summary", "month", "How many have it, month by month?"),
        ("series", None, "On which Buildbot are they?"),
    ]
    panels = []
    for by, over, heading in shown:
        query = filter_.query("drop", by, over=over)
        beside = filter_.beside(query, view.today) if over else None
        panels.append(panel(ask, draw, query, heading, beside=beside, filter_=filter_, limit=30))
    return panels


def _downloads(query: Query) -> list[Link]:
    """Return the record in other formats; Markdown with true counts, for maintainers alone."""
    path = query.path("/api/ask").partition("?")[0]
    formats: list[tuple[str, dict[str, str]]] = [
        ("JSON", {"format": "json"}), ("CSV", {"format": "csv"}), ("Parquet", {"format": "parquet"}),
        ("Markdown, with true counts", {"format": "markdown", "private": "true"}),
    ]  # fmt: skip
    return [Link(name, f"{path}?{urlencode({**query.to_text(), **how})}") for name, how in formats]


def _released(view: View, where: str) -> list[Link]:
    """Return the public records of the same condition, the newest first."""
    return list(_same(view, plain(where)))


def _same(view: View, where: str) -> Iterator[Link]:
    for record in view.records:
        try:
            is_same = plain(record.condition) == where
        except BadQuestion:  # of an earlier vocabulary
            continue
        if is_same:
            yield Link(record.quarter, f"/public/records/{record.name}")
