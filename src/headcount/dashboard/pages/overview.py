"""The first page: how many there are, what they run, and what changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Drawer, Panel, is_of_few
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import count, share, signed
from headcount.dashboard.pages._changes import Change, changes
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter, spark
from headcount.dashboard.pages._series import newest_in_words, past_support_in_words
from headcount.dashboard.pages._universal import universal_in_words, without_universal
from headcount.questions import Answer, BadQuestion, listed

PATH = "/"
_MONTH = timedelta(days=28)
_MOST = 8  # gains and losses each that are listed
_TOP = 12  # plugins in the chart


class Month(NamedTuple):
    """What changed in 28 days.

    ``problem``: why nothing is known of it; ``compared``: of how many masters, in words; ``path``: the page of changes.
    """

    gains: Sequence[Change]
    losses: Sequence[Change]
    compared: str
    problem: str
    path: str


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    content = _content(ask, draw, view, filter_)
    month, trust = _month(ask, filter_), _trust(ask, filter_)
    return framed(view, filter_, content, template="overview.html", month=month, trust=trust)


def _content(ask: Asker, draw: Drawer, view: View, filter_: Filter) -> Content:
    states = ask(filter_.query("installs", "state"))
    before = ask(dataclasses.replace(filter_.query("installs", "state"), until=states.until - _MONTH))
    now, then = _by_state(states), _by_state(before)
    since = f"{signed(now['alive'] - then['alive'])} in 28 days" if then["alive"] else ""
    facts = [
        Fact("alive", count(now["alive"]), since, _over_months(ask, filter_, "alive")),
        Fact(
            "confirmed", count(now["confirmed"]), "seen on two different days", _over_months(ask, filter_, "confirmed")
        ),
        Fact("new", count(now["new"]), "first seen in the last 30 days", _newcomers(ask, filter_)),
        Fact("lapsed", count(now["lapsed"]), "not seen for 13 months"),
    ]
    finding = (
        f"{count(now['alive'], 'master')} alive{f' ({since})' if since else ''}.",
        newest_in_words(ask(filter_.query("versions", "buildbot"))),
        past_support_in_words(ask(filter_.query("versions", "python"))),
    )
    return Content("How Buildbot is used", " ".join(filter(None, finding)), facts, _panels(ask, draw, view, filter_))


def _panels(ask: Asker, draw: Drawer, view: View, filter_: Filter) -> list[Panel]:
    shown = [
        ("installs", "state", "month", "How many masters are alive?"),
        ("versions", "buildbot", "month", "Which Buildbot do they run, over time?"),
        ("versions", "python", None, "Which Python do they run, and is it still supported?"),
    ]
    panels = PanelMaker(ask, draw, filter_, view.today)
    plugins = filter_.query("plugins", "all")
    return [
        *(panels.make(filter_.query(question, by, over=over), title) for question, by, over, title in shown),
        panels.make(
            plugins,
            "Which plugins are used most?",
            choose=lambda answer: without_universal(answer, _TOP),
            notes=universal_in_words(ask(plugins)),
        ),
    ]


def _by_state(answer: Answer) -> dict[str, int]:
    return {str(row["state"]): int(row["installations"] or 0) for row in answer.rows}


def _over_months(ask: Asker, filter_: Filter, basis: str) -> str:
    months = ask(filter_.query("installs", "state", over="month", basis=basis))
    return spark([int(row["installations"] or 0) for row in months.rows])


def _newcomers(ask: Asker, filter_: Filter) -> str:
    """Return the line of the newcomers of each month but the last, which is not over."""
    months = ask(filter_.query("installs", "month", basis=None))
    return spark([int(row["new"] or 0) for row in months.rows[:-1]])


def _month(ask: Asker, filter_: Filter) -> Month:
    path = filter_.address("/changes")
    try:
        answer = ask(filter_.query("changes", "month"))
    except BadQuestion:
        return Month(
            (), (), "", "Reports are held since less than 28 days before, so that nothing can be compared.", path
        )
    found = changes(answer, filter_)
    compared = (
        f"Of the {count(answer.denominator or 0, f'{answer.basis} master')} that were there 28 days before and have "
        "reported since"
    )
    gains, losses = ([each for each in found if each.gained is gained][:_MOST] for gained in (True, False))
    return Month(gains, losses, compared, "", path)


def _trust(ask: Asker, filter_: Filter) -> str:
    """Say in a sentence or two how much of it can be trusted."""
    levels, ages = ask(filter_.query("coverage", "level")), ask(filter_.query("coverage", "age"))
    whole = levels.denominator or 0
    if not whole:
        return ""
    mix = listed(
        [
            f"{share(int(row['installations'] or 0), whole)} {row['value']}"
            for row in levels.rows
            if row["installations"]
        ]
    )
    said = "" if is_of_few(ages) or not ages.rows else (
        f" {share(int(ages.rows[0]['installations'] or 0), whole)} were heard of in the last week."
    )  # fmt: skip
    apart = f" {count(levels.set_apart, 'master')} of a flood are set apart." if levels.set_apart else ""
    return f"They report at the level {mix}.{said}{apart}"
