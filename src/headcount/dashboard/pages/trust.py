"""How far to trust the figures, in words made of what the reports leave out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

from headcount.dashboard._fields import cell_in_words, field_name
from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Rows, panel, tables
from headcount.dashboard._site import Link
from headcount.dashboard._titles import way_title
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent
from headcount.dashboard.pages._frame import Content, Fact, framed, moved, read_filter
from headcount.dashboard.pages.record.checklist import Item
from headcount.dashboard.pages.record.usage import number
from headcount.questions import BASES, CAVEAT, FEW, Answer, listed

PATH = "/trust"
_WAYS = ("level", "sender", "age", "field", "scrubbed", "vocabulary", "quarantine", "uncounted")
_SHOWN = {
    "age": "When did they report last?",
    "level": "How much do they tell?",
    "field": "Who answers what?",
    "quarantine": "When did a flood come?",
}
_COLUMNS = {"band": "ago"}
_RECENT, _LONG = 30, 180  # days
_LEAST_TOLD = 4  # fields that are named
_LEVELS = {"basic": "basic", "full": "full", "custom": "changed by a function of the administrator's"}
_SENDERS = {"stock": "Buildbot's own reporter", "headcount": "ours"}


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    found = {by: ask(filter_.query("coverage", by)) for by in _WAYS}
    states = ask(filter_.query("installs", "state"))
    shown = _SHOWN.items() if found["level"].denominator else ()
    panels = [
        panel(ask, draw, filter_.query("coverage", by), title, filter_=filter_, shown=_tables(filter_))
        for by, title in shown
    ]
    content = Content("How far to trust these figures", _finding(found), _facts(found, states), panels)
    ways = [Link(way_title("coverage", by), f"/questions/coverage?by={by}") for by in _WAYS]
    return framed(view, filter_, content, template="trust.html", items=_items(found, states, filter_), ways=ways)


def _tables(filter_: Filter) -> Callable[[Answer], Sequence[Rows]]:
    """Return what makes the tables of an answer, with fields and ages in words."""

    def shown(answer: Answer) -> Sequence[Rows]:
        rows = [{name: cell_in_words(answer, name, cell) for name, cell in row.items()} for row in answer.rows]
        first, *beside = tables(dataclasses.replace(answer, rows=tuple(rows)), None, filter_)
        return [first._replace(columns=[_COLUMNS.get(name, name) for name in first.columns]), *beside]

    return shown


def _finding(found: dict[str, Answer]) -> str:
    whole = found["age"].denominator or 0
    if not whole:
        return "No report came yet, so there is nothing to trust."
    recent = _within(found["age"], 0, _RECENT)
    return (
        f"Those who report are no random sample of all who run Buildbot, and nothing tells how many do not report. Of the "
        f"{count(whole, 'master')} here {_part(recent, whole)} reported in the last {_RECENT} days."
    )


def _facts(found: dict[str, Answer], states: Answer) -> list[Fact]:
    whole = found["level"].denominator or 0
    if not whole:
        return []
    levels, by_state = _counts(found["level"], "value"), _counts(states, "state")
    basis = found["level"].basis
    return [
        Fact(basis, count(whole)),
        Fact("seen on one day alone", count(by_state.get("unconfirmed", 0)), "alive, and not confirmed"),
        Fact("with a full report", count(levels.get("full", 0)), f"of {whole:,}"),
        Fact("set apart", count(by_state.get("set apart", 0)), "of a flood of newcomers"),
    ]


def _items(found: dict[str, Answer], states: Answer, filter_: Filter) -> list[Item]:
    items = [Item(f"Who is {basis}?", f"Masters {meaning}.") for basis, meaning in BASES.items()]
    whole = found["level"].denominator or 0
    if whole:
        items += [
            Item("Are they really there?", _unconfirmed(states)),
            Item("How old is what they say?", _age(found["age"], whole)),
            Item("How much do they tell?", _told(found["level"], found["field"], whole)),
            Item("Who sends it?", _sent(found["sender"], whole)),
            Item("What was left out?", _scrubbed(found["scrubbed"], whole)),
            Item("Are the names known?", _named(found["vocabulary"], whole)),
            Item("What is not counted?", " ".join(_uncounted(found))),
        ]
    about = f"?{filter_.address().partition('?')[2]}" if filter_.where else ""
    return [
        *items,
        Item(
            "What do the intervals say?",
            f"{CAVEAT} They say how much chance alone may do, and nothing of who is silent.",
        ),
        Item(
            "What of the silent?",
            "Masters that report nothing may use something more often, or less. Each page of "
            "May we drop\N{HORIZONTAL ELLIPSIS}? says what the share would be then.",
            f"/drop{about}",
        ),
    ]


def _unconfirmed(states: Answer) -> str:
    by_state = _counts(states, "state")
    once, alive = by_state.get("unconfirmed", 0), by_state.get("alive", 0)
    return (
        f"Of the {alive:,} alive {_part(once, alive)} {'was' if once == 1 else 'were'} seen on one day alone: masters that "
        "started once, containers that lived for an hour, made-up reports. Decisions are therefore of the confirmed."
    )


def _age(ages: Answer, whole: int) -> str:
    recent, old = _within(ages, 0, _RECENT), _within(ages, _LONG + 1, None)
    late = f"; {_part(old, whole)} did not for over {_LONG} days, and may run something else now" if old else ""
    return f"Most report only when they start. Of the {whole:,} {_part(recent, whole)} did in the last {_RECENT} days{late}."


def _told(levels: Answer, fields: Answer, whole: int) -> str:
    by_level = _counts(levels, "value")
    parts = [f"{_part(by_level[level], whole)} {words}" for level, words in _LEVELS.items() if by_level.get(level)]
    rows = sorted(fields.rows, key=lambda row: (number(row, "installations"), str(row["value"])))
    named = [(field_name(str(row["value"])), _part(number(row, "installations"), whole)) for row in rows[:_LEAST_TOLD]]
    least = listed([f"{name} ({part})" for name, part in named])
    return (
        f"Of {count(whole, 'report')}: {listed(parts)}. Fewest answer {least}: what is said of those is said of so few. "
        "Each share is of those who answered what it asks."
    )


def _sent(senders: Answer, whole: int) -> str:
    by_sender = _counts(senders, "value")
    parts = [f"{_part(by_sender[each], whole)} by {words}" for each, words in _SENDERS.items() if by_sender.get(each)]
    return f"Of {count(whole, 'report')}: {listed(parts)}. Ours tells more fields, so answers of those are about its users."


def _scrubbed(scrubbed: Answer, whole: int) -> str:
    if not scrubbed.rows:
        return f"Nothing: of {count(whole, 'report')} every value was public."
    rows = scrubbed.rows[:_LEAST_TOLD]
    parts = [f"{count(number(row, 'scrubs'), 'value')} of {field_name(str(row['value']))}" for row in rows]
    most = max(number(row, "installations") for row in scrubbed.rows)
    return (
        f"Values that are not public, before they were kept: {listed(parts)}, in the reports of up to {_part(most, whole)} "
        f"of the {whole:,}. A class of one's own counts as its public ancestor, or as custom."
    )


def _named(vocabulary: Answer, whole: int) -> str:
    newer = sum(number(row, "newer") for row in vocabulary.rows)
    if not newer:
        return f"Yes: none of the {whole:,} runs a release of which the names are not known."
    return (
        f"{count(newer, 'master')} of {whole:,} run a release that is newer than the names known: its new classes look like "
        "private ones there."
    )


def _uncounted(found: dict[str, Answer]) -> Iterator[str]:
    apart = found["quarantine"]
    days, set_apart = len(apart.rows), apart.set_apart or 0
    if days:
        yield (
            f"On {count(days, 'day')} of the last year more newcomers came than the days before let expect; "
            f"{count(set_apart, 'master')} of those {'is' if set_apart == 1 else 'are'} still set apart."
        )
    reports = sum(number(row, "reports") for row in found["uncounted"].rows)
    if reports:
        kinds = listed([str(row["value"]) for row in found["uncounted"].rows[:_LEAST_TOLD]])
        yield f"{count(reports, 'report')} in the last {_RECENT} days are of nobody who is known: {kinds}."
    if not days and not reports:
        yield "Nothing: no flood came, and every report had an id."


def _part(part: int, whole: int) -> str:
    """Return a part of a whole that is said beside it: in percent, or of few as a number."""
    if not part:
        return "none"
    return f"{part:,}" if whole < FEW else percent(part / whole)


def _counts(answer: Answer, column: str) -> dict[str, int]:
    return {str(row[column]): number(row, "installations") for row in answer.rows}


def _within(ages: Answer, first: int, last: int | None) -> int:
    """Return how many were last seen so many days ago, from and to."""
    found = 0
    for row in ages.rows:
        begin, *rest = (int(day) for day in re.findall(r"\d+", str(row["band"])))
        end = rest[0] if rest else begin
        if begin >= first and (last is None or end <= last):
            found += number(row, "installations")
    return found
