"""The first page: how many there are, what they run, and what changed."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, is_of_few, panel
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, percent, share, signed
from headcount.dashboard.pages._frame import Content, Fact, framed, moved, read_filter
from headcount.questions import Answer

PATH = "/"
_MONTH = timedelta(days=28)


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    return framed(view, filter_, _content(ask, draw, view, filter_))


def _content(ask: Asker, draw: Drawer, view: View, filter_: Filter) -> Content:
    states = ask(filter_.query("installs", "state"))
    before = ask(dataclasses.replace(filter_.query("installs", "state"), until=states.until - _MONTH))
    versions = ask(filter_.query("versions", "buildbot"))
    pythons = ask(filter_.query("versions", "python"))
    now, then = _by_state(states), _by_state(before)
    shown = [
        ("versions", "buildbot", "month", "Which Buildbot do they run, over time?"),
        ("installs", "state", "month", "How many masters report?"),
        ("versions", "python", None, "Which Python do they run?"),
        ("plugins", "all", None, "Which plugins are used most?"),
        ("changes", "month", None, "What changed in a month?"),
        ("coverage", "level", None, "How much do they report?"),
    ]
    panels = [
        panel(ask, draw, query, title, beside=filter_.beside(query, view.today), filter_=filter_)
        for question, by, over, title in shown
        for query in (filter_.query(question, by, over=over),)
    ]
    notes = {"alive": f"{signed(now['alive'] - then['alive'])} in 28 days"} if then["alive"] else {}
    facts = [Fact(state, count(now[state]), notes.get(state, "")) for state in ("alive", "confirmed", "new", "lapsed")]
    finding = " ".join(filter(None, (_how_many(now, then), _newest(versions), _past_support(pythons))))
    return Content("How Buildbot is used", finding, facts, panels)


def _by_state(answer: Answer) -> dict[str, int]:
    return {str(row["state"]): int(row["installations"] or 0) for row in answer.rows}


def _how_many(now: dict[str, int], then: dict[str, int]) -> str:
    changed = f" ({signed(now['alive'] - then['alive'])} in 28 days)" if then["alive"] else ""
    return f"{count(now['alive'], 'master')} alive{changed}."


def _newest(versions: Answer) -> str:
    """Say how many run the newest series that anybody runs."""
    if not versions.rows or not versions.denominator:
        return ""
    newest = versions.rows[0]
    part = share(int(newest["installations"] or 0), versions.denominator)
    return (
        f"{part} of the {count(versions.denominator)} that say so run Buildbot {newest['version']}, the newest series."
    )


def _past_support(pythons: Answer) -> str:
    """Say how many run a Python past the end of its support."""
    if not pythons.denominator or is_of_few(pythons):
        return ""
    ended = [row for row in pythons.rows if "" < str(row["supported_until"]) < pythons.until.isoformat()]
    part = sum(int(row["installations"] or 0) for row in ended) / pythons.denominator
    return f"{percent(part)} are on a Python past the end of its support." if ended else ""
