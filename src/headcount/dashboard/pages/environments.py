"""The page of environments: what masters run on, each alone and any two crossed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from headcount.dashboard._filter import Filter
from headcount.dashboard._links import condition_of
from headcount.dashboard._panel import Asker, Drawer, Panel, is_of_few
from headcount.dashboard._view import Rendered, View
from headcount.dashboard._words import part_of, percent, share
from headcount.dashboard.pages._frame import Content, Fact, PanelMaker, framed, moved, read_filter
from headcount.questions import REGISTRY, Answer, conjunction, listed

PATH = "/environments"
PARAMETERS = ("rows", "columns")
"""The parameters of the page alone: which two are crossed."""

WORDS: Mapping[str, str] = {
    "system": "operating system",
    "distro": "distribution",
    "machine": "processor",
    "kernel": "kernel",
    "implementation": "Python implementation",
    "db": "database",
    "driver": "driver of the database",
    "server": "version of the database's server",
    "mq": "message queue",
    "build": "how Buildbot was built",
}
_SHOWN = (
    ("system", "On which operating system?"),
    ("distro", "On which distribution?"),
    ("machine", "On which processor?"),
    ("implementation", "On which implementation of Python?"),
    ("db", "With which database?"),
    ("mq", "With which message queue?"),
    ("protocol", "How do masters talk to workers?"),
    ("hook", "What tells masters of changes?"),
)
_CROSSED = ("distro", "db")
_MOST_ROWS, _MOST_COLUMNS = 12, 6
_SHADES = 8


def page(ask: Asker, draw: Drawer, view: View) -> Rendered:
    """Return the page."""
    filter_ = read_filter(view, PATH, *PARAMETERS)
    if (elsewhere := moved(view, filter_)) is not None:
        return elsewhere
    maker = PanelMaker(ask, draw, filter_, view.today)
    panels = [maker.make(filter_.query("environments", by), title) for by, title in _SHOWN]
    answers = {by: ask(filter_.query("environments", by)) for by in ("system", "distro", "db")}
    one, two = crossed_words(view.parameters)
    crossed = _crossed(maker, one, two)
    return framed(
        view,
        filter_,
        Content("What do they run on?", _finding(answers), _facts(answers), panels),
        template="environments.html",
        crossed=crossed,
        table=None if crossed.answer is None else _table(crossed.answer, filter_, turned=_by(one, two)[1]),
        words=WORDS,
        one=one,
        two=two,
    )


def crossed_words(parameters: Mapping[str, str]) -> tuple[str, str]:
    """Return which two are crossed, as the parameters ask; what is none, or twice the same, is as if it were not given."""
    one, two = (parameters.get(name, usual) for name, usual in zip(PARAMETERS, _CROSSED, strict=True))
    return (one, two) if one in WORDS and two in WORDS and one != two else _CROSSED


def _by(one: str, two: str) -> tuple[str, bool]:
    """Return the way to ask that crosses two, and whether it has them the other way round."""
    turned = f"{one},{two}" not in REGISTRY["environments"].by
    return (f"{two},{one}" if turned else f"{one},{two}"), turned


def _crossed(maker: PanelMaker, one: str, two: str) -> Panel:
    by, _ = _by(one, two)
    title = f"{WORDS[one].capitalize()} and {WORDS[two]}"
    notes = ["Nothing is compared here."] if maker.filter.with_ else []
    return maker.make(maker.filter.query("environments", by), title, draws=False, beside=None, notes=notes)


class Cross(NamedTuple):
    """A table of two crossed.

    ``columns``: the heads of its columns; ``rows``: each the head of a row, and its cells; ``left``: how many masters are in
    no cell of those that are shown.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Shade]]]
    left: int


class Shade(NamedTuple):
    """A cell: its count, its share, how dark it is from 0 to 8, and where it leads."""

    text: str
    share: str
    shade: int
    path: str


def _table(answer: Answer, filter_: Filter, *, turned: bool) -> Cross:
    across, down = ("value", "with") if turned else ("with", "value")
    counts: dict[tuple[str, str], int] = {}
    conditions: dict[tuple[str, str], str] = {}
    rows, columns = Counter[str](), Counter[str]()
    for row in answer.rows:
        key = str(row[down]), str(row[across])
        counts[key] = number = int(row["installations"] or 0)
        rows[key[0]] += number
        columns[key[1]] += number
        parts = [condition_of(answer, column, row) for column in ("value", "with")]
        conditions[key] = conjunction(tuple(filter(None, parts))) if all(parts) else ""
    shown_rows = [name for name, _ in rows.most_common(_MOST_ROWS)]
    shown_columns = [name for name, _ in columns.most_common(_MOST_COLUMNS)]
    most = max(counts.values(), default=1)
    whole = 0 if is_of_few(answer) else answer.denominator or 0

    def cell(key: tuple[str, str]) -> Shade:
        number = counts.get(key, 0)
        path = filter_.adding(conditions[key]) if conditions.get(key) else ""
        part = percent(number / whole) if whole and number else ""
        return Shade(f"{number:,}", part, -(-number * _SHADES // most), path)

    shown = [(name, [cell((name, column)) for column in shown_columns]) for name in shown_rows]
    inside = sum(counts.get((row, column), 0) for row in shown_rows for column in shown_columns)
    return Cross(shown_columns, shown, sum(counts.values()) - inside)


def _finding(answers: Mapping[str, Answer]) -> str:
    system, distro, db = (answers[by] for by in ("system", "distro", "db"))
    sentences = []
    if system.rows and system.denominator:
        first = system.rows[0]
        part = part_of(int(first["installations"] or 0), system.denominator, "that tell")
        sentences.append(f"{part} run {first['value']}.")
    if distro.rows:
        sentences.append(
            f"The distributions that most run are {listed([str(row['value']) for row in distro.rows[:3]])}."
        )
    if db.rows and db.denominator:
        parts = [f"{share(int(row['installations'] or 0), db.denominator)} {row['value']}" for row in db.rows[:3]]
        sentences.append(f"The database is {listed(parts)}.")
    return " ".join(sentences)


def _facts(answers: Mapping[str, Answer]) -> list[Fact]:
    titles = {"system": "operating system", "distro": "distribution", "db": "database"}
    facts = []
    for by, title in titles.items():
        answer = answers[by]
        if answer.rows and answer.denominator:
            first = answer.rows[0]
            part = part_of(int(first["installations"] or 0), answer.denominator)
            facts.append(Fact(title, str(first["value"]), part))
    return facts
