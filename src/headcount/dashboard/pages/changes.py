"""The page of changes: what gained and lost between two days, or differs between two groups, and who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from headcount.dashboard._filter import BEFORE, Filter
from headcount.dashboard._panel import Asker, Drawer, Figure, Panel, Rows
from headcount.dashboard._site import Link
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent, signed
from headcount.dashboard.pages._changes import changes, named
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.questions import FEW, Answer, BadQuestion, Cell, Query, listed, unnamed

PATH = "/changes"
_WAYS = {"28d": "month", "1y": "year"}
_USUAL = "28d"
_TABLES = ("classes", "series", "environments")
_BETWEEN_DAYS = ("change", "started", "stopped", "kept", "installations", "share", "adjusted")
_BETWEEN_GROUPS = ("share", "others_share", "installations", "others", "adjusted")
_NAMED = 3  # in the finding
_SMALLEST = 0.001  # of the share of false discoveries


class Asked(NamedTuple):
    """What is asked: the query, and whether it is between two days."""

    query: Query
    between_days: bool


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page. What the filter compares with is what is asked: 28 days before unless given."""
    filter_ = read_filter(view, PATH)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    maker = PanelMaker(ask, draw, filter_, view.today)
    asked = _asked(filter_)
    finding, facts, told = "", [], None
    try:
        answer = ask(asked.query)
    except BadQuestion:  # the panel says why
        pass
    else:
        told = answer if asked.between_days else _telling(answer)
        finding = _between_days(told, filter_) if asked.between_days else _between_groups(told, filter_)
        facts = _facts(answer, between_days=asked.between_days)
    differences = _differences(maker, asked, told)
    links = [
        Link("In 28 days", filter_.address(with_=None), filter_.with_ in (None, _USUAL)),
        Link("In a year", filter_.address(with_="1y"), filter_.with_ == "1y"),
    ]
    content = Content(_title(filter_), finding, facts, [_lapsed(maker)], links)
    return framed(view, filter_, content, template="changes.html", differences=differences)


def _asked(filter_: Filter) -> Asked:
    with_ = filter_.with_ or _USUAL
    if with_ in BEFORE:
        return Asked(filter_.query("changes", _WAYS[with_]), between_days=True)
    where = filter_.where or with_
    return Asked(filter_.query("changes", "condition", where=where, with_=with_ if filter_.where else None), False)


def _title(filter_: Filter) -> str:
    if filter_.with_ is None or filter_.with_ in BEFORE:
        return f"What changed in {'a year' if filter_.with_ == '1y' else '28 days'}?"
    if filter_.where is None:
        return f"How do those with {filter_.with_} differ?"
    return f"How do those with {filter_.where} differ from those with {filter_.with_}?"


def _differences(maker: PanelMaker, asked: Asked, told: Answer | None) -> Panel:
    """Return the panel of all that is clear; ``told``: what is, None where it cannot be asked."""
    columns = _BETWEEN_DAYS if asked.between_days else _BETWEEN_GROUPS
    is_clear = told is not None and _is_clear(told)
    return maker.make(
        asked.query,
        "What gained, and what lost?" if asked.between_days else "In what do they differ?",
        beside=None,
        draws=is_clear,
        is_wide=True,
        choose=None if asked.between_days else _telling,
        shown=lambda _: [] if told is None else _tables(told, maker.filter, columns),
        notes=[] if is_clear or told is None else [_nothing(told)],
        compares=False,
    )


def _lapsed(maker: PanelMaker) -> Panel:
    query = maker.filter.query("changes", "lapsed")
    notes = ["Masters whose 13 months ended in the last year, by their last report, against those that are alive."]
    try:
        told = _telling(maker.ask(query))
    except BadQuestion:  # the panel says why
        pass
    else:
        notes += [] if _is_clear(told) else [_nothing(told)]

    def shown(answer: Answer) -> list[Rows]:
        return _tables(_telling(answer), maker.filter, _BETWEEN_GROUPS)

    return maker.make(query, "Who leaves?", beside=None, draws=False, is_wide=True, shown=shown, notes=notes)


def _telling(answer: Answer) -> Answer:
    """Leave out what the conditions name: that it differs tells nothing."""
    tables = {name: replace(table, rows=unnamed(answer, name)) for name, table in answer.tables.items()}
    return replace(answer, tables=tables)


def _is_clear(answer: Answer) -> bool:
    return any(table.rows for table in answer.tables.values())


def _nothing(answer: Answer) -> str:
    else_ = " else" if answer.by == "condition" else ""  # than what the conditions name
    return f"Nothing{else_} clear among {answer.tested or 0:,} tested."


def _tables(answer: Answer, filter_: Filter, columns: tuple[str, ...]) -> list[Rows]:
    """Return the tables that have rows."""
    if "others" in columns and _are_few(answer):
        columns = tuple(name for name in columns if "share" not in name)
    return [
        Rows(name, ("what", *columns), rows, len(rows))
        for name in _TABLES
        if (rows := [_row(answer, name, row, filter_, columns) for row in answer.tables[name].rows])
    ]


def _row(
    answer: Answer, table: str, row: Mapping[str, Cell | None], filter_: Filter, columns: tuple[str, ...]
) -> list[Figure]:
    return [named(answer, row, filter_), *(_figure(answer, table, row, column) for column in columns)]


def _figure(answer: Answer, table: str, row: Mapping[str, Cell | None], column: str) -> Figure:
    if column == "change":
        return Figure(signed(int(row["started"] or 0) - int(row["stopped"] or 0)), True)
    if column == "adjusted":
        value = float(row[column] or 0)
        return Figure(f"{value:.1%}" if value >= _SMALLEST else f"under {_SMALLEST:.1%}", True)
    return Figure(answer.table_cell(table, column, row[column]), True)


def _between_days(answer: Answer, filter_: Filter) -> str:
    found = changes(answer, filter_)
    days = "a year" if answer.by == "year" else "28 days"
    if not answer.denominator:
        return f"Nobody is known who was there {days} before and has reported since."
    masters = count(answer.denominator or 0, f"{answer.basis} master")
    compared = f"{masters} that were there {days} before and have reported since"
    if not found:
        return f"{_nothing(answer).rstrip('.')}, of the {compared}."
    parts = []
    for gained, verb in ((True, "gained"), (False, "lost")):
        some = [f"{each.name.text} ({each.change})" for each in found if each.gained is gained]
        if some:
            more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
            parts.append(f"{listed(some[:_NAMED]) if not more else ', '.join(some[:_NAMED])}{more} {verb}")
    return f"Among the {compared}, {', and '.join(parts)}."


def _between_groups(answer: Answer, filter_: Filter) -> str:
    (row,) = answer.rows
    first, second = (int(row[name] or 0) for name in ("installations", "others"))
    other = f"the {count(second)} that match {answer.compared}" if answer.compared else f"{count(second)} others"
    groups = f"the {count(first, f'{answer.basis} master')} that match {answer.where} and {other}"
    rows = sorted(
        (each for table in answer.tables.values() for each in table.rows), key=lambda each: float(each["p"] or 0)
    )
    if not rows:
        return f"{_nothing(answer).rstrip('.')}, between {groups}."
    few = _are_few(answer)
    clear = [f"{named(answer, each, filter_).text}{'' if few else _against(each)}" for each in rows[:_NAMED]]
    return f"T{groups[1:]} differ most clearly in {listed(clear)}."


def _are_few(answer: Answer) -> bool:
    (row,) = answer.rows
    return min(int(row["installations"] or 0), int(row["others"] or 0)) < FEW


def _against(row: Mapping[str, Cell | None]) -> str:
    return f" ({percent(float(row['share'] or 0))} against {percent(float(row['others_share'] or 0))})"


def _facts(answer: Answer, *, between_days: bool) -> list[Fact]:
    (row,) = answer.rows or ({},)
    labels = (
        {"installations": "compared", "silent": "silent since", "gone": "gone since", "new": "new since"}
        if between_days
        else {"installations": "match", "others": "others", "both": "match both, left out"}
    )
    facts = [Fact(label, count(int(row.get(name) or 0)), answer.basis) for name, label in labels.items() if name in row]
    if answer.tested is not None and not between_days:
        facts.append(Fact("differences tested", count(answer.tested)))
    return facts
