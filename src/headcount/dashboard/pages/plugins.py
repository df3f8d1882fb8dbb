"""The page of all plugins: those that most use, by kind, and a table of all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, Rows, is_of_few, tables
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, part_of
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.dashboard.pages._table import PARAMETERS, page_links, sorted_rows, with_headings
from headcount.dashboard.pages._universal import is_universal, universal_in_words, without_universal
from headcount.questions import Answer, Cell, listed, shown_name

PATH = "/plugins"
_TOP = 8  # of each kind
_CUSTOM = "custom"  # in place of a plugin: classes that derive from none
_RARE = 5  # masters, under which a plugin is hardly used
_KINDS = (
    ("step", "Which steps?"),
    ("worker", "Which workers?"),
    ("scheduler", "Which schedulers?"),
    ("change source", "Which change sources?"),
    ("reporter", "Which reporters?"),
    ("www", "Which plugins of the web interface?"),
    ("secrets provider", "Which secrets providers?"),
    ("authentication", "Which ways to sign in?"),
    ("configurator", "Which configurators?"),
    ("factory", "Which factories?"),
)


def of_kind(filter_: Filter, kind: str) -> str:
    """Return where the plugins of a kind are on this page: their chart, or the table where they have none."""
    anchor = f"plugins-{kind.replace(' ', '-')}" if kind in dict(_KINDS) else "all"
    return f"{filter_.address(PATH)}#{anchor}"


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH, *PARAMETERS)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    every = ask(filter_.query("plugins", "all"))
    shown = sorted_rows(every, view.parameters, "installations")
    maker = PanelMaker(ask, draw, filter_, view.today)
    panels = [_of_kind(maker, kind, title) for kind, title in _KINDS]
    content = Content(
        "Which plugins are used?",
        _finding(every),
        _facts(every),
        [each for each in panels if each.problem or (each.answer is not None and each.answer.rows)],
    )
    table = maker.make(
        filter_.query("plugins", "all"),
        "All plugins",
        draws=False,
        beside=None,
        shown=lambda answer: _table(answer, filter_, shown.rows, shown.by),
    )
    return framed(
        view,
        filter_,
        content,
        template="plugins.html",
        table=table,
        pages=page_links(filter_, shown),
        total=len(_named(every)),
    )


def _of_kind(panels: PanelMaker, kind: str, title: str) -> Panel:
    query = panels.filter.query("plugins", kind)
    return panels.make(query, title, limit=_TOP, choose=_first, notes=universal_in_words(panels.ask(query)))


def _first(answer: Answer) -> Answer:
    return without_universal(answer, _TOP)


def _finding(every: Answer) -> str:
    named = _named(every)
    rows = [row for row in named if not is_universal(row) or is_of_few(every)]
    if not rows or not every.denominator:
        return ""
    first = [shown_name(str(row["plugin"])) for row in rows[:3]]
    rare = [row for row in named if 0 < int(row["installations"] or 0) < _RARE]
    own = next((row for row in every.rows if row["plugin"] == _CUSTOM), None)
    sentences = [
        f"{count(len(named), 'plugin')} are in use; most use {listed(first)}.",
        f"{len(rare)} of them have fewer than {_RARE} masters each." if rare else "",
        f"{part_of(int(own['installations'] or 0), every.denominator, 'that list theirs')} have classes of their own that "
        "derive from none of them."
        if own
        else "",
    ]
    return " ".join(filter(None, sentences))


def _named(every: Answer) -> Sequence[Mapping[str, Cell | None]]:
    """Return the rows of plugins: not that of all classes that derive from none."""
    return [row for row in every.rows if row["plugin"] != _CUSTOM]


def _facts(every: Answer) -> Sequence[Fact]:
    if not every.denominator:
        return ()
    named = _named(every)
    customized = max(named, key=lambda row: int(row["customized"] or 0), default=None)
    facts = [Fact("masters that list theirs", count(every.denominator)), Fact("plugins in use", count(len(named)))]
    if customized is not None and customized["customized"]:
        name = shown_name(str(customized["plugin"]))
        facts.append(Fact("most often subclassed", name, f"by {count(int(customized['customized'] or 0), 'master')}"))
    return facts


def _table(answer: Answer, filter_: Filter, rows: Sequence[Mapping[str, Cell | None]], by: str) -> list[Rows]:
    part = dataclasses.replace(answer, rows=tuple(rows))
    (table, *_) = tables(part, None, filter_)
    return [with_headings(table, filter_, by)._replace(total=len(rows))]
