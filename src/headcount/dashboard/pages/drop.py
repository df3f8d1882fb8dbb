"""May we drop…? What a maintainer must know before dropping what a condition names."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlencode

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, Rows, panel
from headcount.dashboard._site import Link
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent
from headcount.dashboard.charts import Picture
from headcount.dashboard.pages._frame import Content, Fact, framed, moved, read_filter
from headcount.dashboard.pages.record.checklist import checklist
from headcount.dashboard.pages.record.examples import examples, hardly_used
from headcount.dashboard.pages.record.silent import shades
from headcount.dashboard.pages.record.tables import compared, record_tables, without_shares_of_few
from headcount.dashboard.pages.record.usage import Count, Usage, a_year_before, number
from headcount.questions import FEW, Answer, BadQuestion, Query, plain

PATH = "/drop"


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
    silent = ask(filter_.query("drop", "silent"))
    other = filter_.beside(query, view.today)
    beside = None if other is None else Usage(ask(other))
    before = a_year_before(ask, query, usage)
    finding = " ".join(filter(None, (usage.how_many(), usage.change_by_days, _seen(usage), usage.on_which())))
    panels = _panels(ask, draw, view, filter_, usage) if usage.asked else []
    return framed(
        view,
        filter_,
        Content(title(filter_.where or ""), finding, _facts(usage, before), panels[:2]),
        template="drop.html",
        usage=usage,
        compared=_compared(usage, before, beside, filter_),
        picture=_picture(draw, usage, beside or before),
        shades=None if usage.is_of_few or not usage.users else shades(silent),
        further=panels[2:],
        tables=record_tables(usage) if usage.users else {},
        checklist=checklist(usage, silent),
        downloads=_downloads(query),
        query=query,
        quoted=shlex.quote(query.where or ""),
        released=_released(view, query.where or ""),
        keep=f"/next?{urlencode({'keep': query.where or ''})}",
    )


def _compared(usage: Usage, before: Usage | None, beside: Usage | None, filter_: Filter) -> Rows:
    """Return the table of how many use it now, and used it a year ago, and of what the filter compares with."""
    day, then = ("", None) if before is None else (str(before.answer.until), before.now)
    counts = [("now", str(usage.answer.until), usage.now), ("a year ago", day, then)]
    if beside is not None and (before is None or beside.answer != before.answer):
        counts.append((filter_.beside_in_words, str(beside.answer.until), beside.now))
    return compared(counts, shares=not usage.is_of_few)


def _picture(draw: Drawer, usage: Usage, beside: Usage | None) -> Picture | None:
    if usage.is_of_few or not usage.asked:
        return None
    other = beside.answer if beside is not None and beside.asked and not beside.is_of_few else None
    return draw(usage.answer, None, other)


def title(where: str) -> str:
    """Return the question of the page: a class by its name alone."""
    return f"May we drop {where.replace('plugin = ', '')}?"


def _seen(usage: Usage) -> str:
    return f"One was last seen {usage.last_seen}." if usage.users and usage.last_seen != "never" else ""


def _facts(usage: Usage, before: Usage | None) -> list[Fact]:
    if not usage.asked:
        return []
    held = usage.answer.held_since
    then = ("not known", f"reports are held since {held}") if before is None else _then(before.now)
    facts = [Fact("use it now", count(usage.users), usage.of_how_many), Fact("a year ago", *then)]
    if usage.users:
        two = " or ".join(usage.newest_series)
        facts.append(Fact(f"of them on {two}", count(usage.on_newest), f"of {usage.users:,}, the newest two series"))
    return [*facts, Fact("last seen", usage.last_seen)]


def _then(before: Count) -> tuple[str, str]:
    share = "" if before.share is None else f"{percent(before.share)} "
    return count(before.users), f"{share}of the {before.asked:,} that answered then"


def _panels(ask: Asker, draw: Drawer, view: View, filter_: Filter, usage: Usage) -> list[Panel]:
    def of_record(query: Query) -> Answer:
        return usage.alone(query.by or "")

    monthly = filter_.query("drop", over="month")
    panels = [
        panel(
            ask, draw, monthly, "How many have it, month by month?",
            beside=filter_.beside(monthly, view.today), filter_=filter_,
        ),
        panel(
            of_record, draw, filter_.query("drop", "series"), "On which Buildbot are they?",
            shown=lambda answer: without_shares_of_few(answer, filter_, {"rate": lambda row: number(row, "all")}),
        ),
    ]  # fmt: skip
    if usage.table("differences"):
        users, others = usage.users, usage.asked - usage.users
        wholes = {"share": lambda _: users, "others_share": lambda _: others}
        differences = panel(
            of_record, draw, filter_.query("drop", "differences"), "Where do its users differ from the others?",
            draws=min(users, others) >= FEW, shown=lambda answer: without_shares_of_few(answer, filter_, wholes),
        )  # fmt: skip
        panels.append(differences)
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
