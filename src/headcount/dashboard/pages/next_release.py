"""The next release: what maintainers think of removing, and whom each, and all together, would leave behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, Rows, panel
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count
from headcount.dashboard.pages._frame import Content, Fact, framed, moved, read_filter
from headcount.dashboard.pages.record.tables import record_tables
from headcount.dashboard.pages.record.usage import Usage
from headcount.questions import LONGEST_REASON, BadQuestion, Query, Removal, listed

PATH = "/next"


class Kept(NamedTuple):
    """A removal with whom it leaves behind, or why that cannot be asked; and the addresses of its pages."""

    removal: Removal
    usage: Usage | None
    problem: str
    path: str
    change: str


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page, with a form for one more removal, or for the one that is being changed."""
    shown = {name: text for name, text in view.parameters.items() if name in ("basis", "until")}
    filter_ = read_filter(dataclasses.replace(view, parameters=shown), PATH)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    kept = [_kept(ask, filter_, removal) for removal in view.removals]
    asked = [each.removal.where for each in kept if each.usage is not None]
    together, panels, problem = _together(ask, draw, filter_, asked)
    return framed(
        view,
        filter_,
        Content("What will the next release leave behind?", _finding(kept, together), _facts(kept, together), panels),
        template="next-release.html",
        kept=kept,
        together=together,
        tables=_tables(together),
        problem=problem,
        form=_form(view),
        longest=LONGEST_REASON,
    )


def _kept(ask: Asker, filter_: Filter, removal: Removal) -> Kept:
    usage, problem = None, ""
    try:
        usage = Usage(ask(_query(filter_, removal.where)))
    except BadQuestion as error:
        problem = str(error)
    path, change = filter_.address("/drop", where=removal.where), filter_.address(change=removal.where)
    return Kept(removal, usage, problem, path, f"{change}#keep")


def _query(filter_: Filter, where: str, by: str | None = None, over: str | None = None) -> Query:
    return filter_.query("drop", by, where=where, over=over)


def _together(
    ask: Asker, draw: Drawer, filter_: Filter, conditions: Sequence[str]
) -> tuple[Usage | None, list[Panel], str]:
    """Return whom all leave behind together, with what is drawn of it; or why that cannot be asked."""
    if not conditions:
        return None, [], ""
    where = conditions[0] if len(conditions) == 1 else " or ".join(f"({each})" for each in conditions)
    try:
        usage = Usage(ask(_query(filter_, where)))
    except BadQuestion as error:
        return None, [], f"All together cannot be asked: {str(error).partition(chr(10))[0]}."
    if not usage.asked:
        return usage, [], ""
    shown = [panel(ask, draw, _query(filter_, where, over="month"), "How many have any of it, month by month?")]
    if len(conditions) > 1:
        parts = _query(filter_, where, "parts")
        title = "How much of them does each leave behind?"
        shown.insert(0, panel(lambda _: usage.alone("parts"), draw, parts, title))
    return usage, shown, ""


def _finding(kept: Sequence[Kept], together: Usage | None) -> str:
    if not kept:
        return "Nothing is kept yet: name what the next release may drop, and see whom it would leave behind."
    if together is None:
        return f"{count(len(kept), 'condition')} kept."
    all_ = "It" if len(kept) == 1 else f"All {len(kept)} together"
    if not together.asked:
        return f"{count(len(kept), 'condition')} kept; no {together.answer.basis} master tells anything of this yet."
    if not together.users:
        return f"{all_} would leave nobody behind, of the {together.asked:,} that answer this."
    two = listed(together.newest_series, "or")
    masters = count(together.users, f"{together.answer.basis} master")
    return f"{all_} would leave {masters} behind ({together.of_how_many}). {_of_them(together.on_newest)} {two}."


def _of_them(masters: int) -> str:
    return f"{masters:,} of them {'runs' if masters == 1 else 'run'}" if masters else "None of them runs"


def _facts(kept: Sequence[Kept], together: Usage | None) -> list[Fact]:
    if together is None or not together.asked:
        return []
    two = " or ".join(together.newest_series)
    return [
        Fact(
            "left behind" if len(kept) == 1 else "left behind by all of it", count(together.users), together.of_how_many
        ),
        Fact(f"of them on {two}", count(together.on_newest), f"of {together.users:,}, the newest two series"),
        Fact("last seen", together.last_seen),
    ]


def _tables(together: Usage | None) -> dict[str, Rows]:
    """Return how much each leaves behind alone, and how they overlap."""
    found = {} if together is None or not together.users else record_tables(together)
    return {title: table for title, table in found.items() if table.columns[0] == "part"}


def _form(view: View) -> dict[str, str]:
    """Return what stands in the form: of the removal that is changed, as it was typed, or nothing."""
    changed = view.parameters.get("change", "")
    before = next((removal for removal in view.removals if removal.where == changed), Removal("", ""))
    return {
        "was": before.where,
        "where": view.parameters.get("keep", before.where),
        "why": view.parameters.get("why", before.why),
    }
