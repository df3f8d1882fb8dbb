"""Ready-made conditions of what may be dropped: old versions, and what hardly anybody uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._panel import Asker, Figure, Rows
from headcount.dashboard._words import count
from headcount.dashboard.pages.record.usage import Row, number
from headcount.questions import REGISTRY, Answer, plugin_names, shown_name

MOST = 6
_BASIS = REGISTRY["drop"].by["summary"].scope.bases[0]
_HARDLY_USED = 20  # plugins that are listed
_ALWAYS = ("plugin = CVS", "python < 3.10", "db = mysql", "mq = wamp", "system = Windows", "buildbot < 2.0")
"""What is offered where no report says what is hardly used."""


class Example(NamedTuple):
    """A condition, why it may be asked, and the address of the page that asks it."""

    condition: str
    why: str
    path: str


def examples(ask: Asker, filter_: Filter) -> list[Example]:
    """Return six conditions, those that the figures suggest first; ``filter_``: of the page that asks."""
    suggested = dict(_suggested(ask, filter_))
    for condition in _ALWAYS:
        suggested.setdefault(condition, "")
    return [Example(each, why, filter_.address(where=each)) for each, why in list(suggested.items())[:MOST]]


def hardly_used(ask: Asker, filter_: Filter) -> Rows | None:
    """Return the plugins of the newest release that fewest use, each with the address of the page that asks of it.

    None where nobody told any.
    """
    candidates = _asked(ask, filter_, "candidates", "all")
    if not candidates.denominator:
        return None
    rows = [
        [
            Figure(shown_name(plugin), False, filter_.address(where=f"plugin = {_named(plugin)}")),
            Figure(count(number(row, "installations")), True),
            Figure(str(row["last_seen"]) or "not seen", True),
            Figure(str(row["kind"]), False),
            Figure(str(row["brought"]), False),
        ]
        for row in candidates.rows[:_HARDLY_USED]
        for plugin in (str(row["plugin"]),)
    ]
    of = f"of {count(candidates.denominator, f'{candidates.basis} master')}"
    return Rows("", ["plugin", of, "last seen", "kind", "since"], rows, len(candidates.rows))


def _suggested(ask: Asker, filter_: Filter) -> Iterator[tuple[str, str]]:
    yield "plugin = CVS", "a tool of old"
    yield from _unsupported(_asked(ask, filter_, "versions", "python"))
    for by, noun in (("db", "a database"), ("mq", "a message queue")):
        yield from _rarest(_asked(ask, filter_, "environments", by), by, noun)
    yield from _hardly_used(_asked(ask, filter_, "candidates", "all"))


def _asked(ask: Asker, filter_: Filter, question: str, by: str) -> Answer:
    """Return an answer on the basis of the pages that the examples lead to, so that their counts are those of the pages."""
    return ask(filter_.query(question, by, basis=filter_.query("drop").basis or _BASIS))


def _unsupported(pythons: Answer) -> Iterator[tuple[str, str]]:
    """Yield the Pythons past the end of their support, if any are run."""
    until = pythons.until.isoformat()
    ended = [row for row in pythons.rows if "" < str(row["supported_until"]) < until]
    kept = [row for row in pythons.rows if str(row["supported_until"]) >= until]
    if ended and kept:
        those = sum(number(row, "installations") for row in ended)
        yield f"python < {kept[-1]['version']}", f"past its support: {count(those, 'master')}"


def _rarest(answer: Answer, by: str, noun: str) -> Iterator[tuple[str, str]]:
    """Yield the value that fewest have, of several."""
    rows = [row for row in answer.rows if row["value"] != "other"]
    if len(rows) > 1:
        rarest = min(rows, key=lambda row: (number(row, "installations"), str(row["value"])))
        yield f"{by} = {rarest['value']}", f"{noun} of {count(number(rarest, 'installations'), 'master')}"


def _hardly_used(candidates: Answer) -> Iterator[tuple[str, str]]:
    """Yield for each kind the plugin that fewest use, of those that somebody uses; the kinds of fewest first."""
    kinds: set[str] = set()
    for row in candidates.rows:
        kind = str(row["kind"])
        if number(row, "installations") and kind not in kinds and row["plugin"] != _cvs(row):
            kinds.add(kind)
            yield (
                f"plugin = {_named(str(row['plugin']))}",
                f"a {kind} of {count(number(row, 'installations'), 'master')}",
            )


def _cvs(row: Row) -> str:
    return str(row["plugin"]) if shown_name(str(row["plugin"])) == "CVS" else ""


def _named(plugin: str) -> str:
    """Return a plugin as people type it: its last component, if no other has it."""
    short = shown_name(plugin)
    return short if short in plugin_names() else plugin
