"""The publication: what the public sees of a week. It is computed once, and what is public is made of it alone."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from headcount.questions._answer import Answer
from headcount.questions._protect import Protection, Tallies, Tally, fold
from headcount.questions._public_tables import PUBLIC_TABLES, RARE, PublicTable
from headcount.questions._sql import compose
from headcount.questions._windows import Window, alive
from headcount.warehouse import Parameters, Snapshot, Warehouse

DEFAULT_K = 5
"""The threshold unless another is set."""

_FORMAT = 1
_MONTHS = 12
_SUMS: tuple[Mapping[str, str], ...] = (
    {},
    {"one": "record_key"},
)  # what makes a statement count, and add up record keys
_CONFIRMED = dict.fromkeys(("matching", "members", "existing"), "twice")  # what keeps a statement to confirmed ones
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


class TooFew(Exception):
    """There are so few confirmed installations that nothing can be published of them."""


class NotPublished(ValueError):
    """The table or the week is none that was published; the message says which are."""


@dataclasses.dataclass(frozen=True)
class Publication:
    """The tables of a week (``2026-W47``, ISO 8601), protected with the threshold ``k``.

    ``computed``: the week that they were computed for: an earlier one, where too few installations changed since.
    """

    week: str
    k: int
    tables: tuple[Answer, ...]
    computed: str

    def table(self, question: str, by: str | None = None) -> Answer:
        """One of its tables, the first of a question unless ``by`` is given. Raises `NotPublished`."""
        of_question = [table for table in self.tables if table.question == question]
        if not of_question:
            questions = dict.fromkeys(table.question for table in self.tables)
            raise NotPublished(f"no table of {question!r} is published: there are those of {', '.join(questions)}")
        for table in of_question:
            if by in (None, table.by):
                return table
        raise NotPublished(
            f"{question} by {by!r} is not published: it is by {', '.join(table.by for table in of_question)}"
        )

    def to_json(self) -> str:
        """The publication as it is kept; `from_json` is the inverse."""
        value = {
            "publication": _FORMAT,
            "week": self.week,
            "computed": self.computed,
            "k": self.k,
            "tables": [table.to_dict() for table in self.tables],
        }
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Publication:
        """Read a publication. Raises ValueError where it is none, or a newer Headcount's."""
        try:
            value: dict[str, Any] = json.loads(text)
            if value["publication"] > _FORMAT:
                raise ValueError(f"a newer Headcount wrote it (format {value['publication']})")
            tables = tuple(Answer.from_dict(table) for table in value["tables"])
            return cls(value["week"], value["k"], tables, value["computed"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"it is no publication of Headcount's: {error!r}") from error


def week_before(today: date) -> str:
    """The last week that was over before ``today``, which is the one to publish."""
    year, week, _ = (today - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02}"


def last_day(week: str) -> date:
    """The Sunday of a week. Raises ValueError where it is none."""
    match = _WEEK.fullmatch(week)
    try:
        if match is not None:
            return date.fromisocalendar(int(match[1]), int(match[2]), 7)
    except ValueError:
        pass
    raise ValueError(f"a week is such as 2026-W47, not {week!r}")


def publish(
    warehouse: Warehouse,
    *,
    week: str,
    k: int,
    before: Publication | None = None,
    listed: Sequence[PublicTable] = PUBLIC_TABLES,
) -> Publication:
    """Compute the publication of a week: every public table, protected.

    ``before``: the last one. Where fewer than k installations came, went or changed since it was computed, its tables are
    those of this week too, so that no change of a figure is the doing of few.
    Raises `TooFew` where even the number of all installations, the first table's denominator, would not be said, and
    ValueError for a wrong week or k.
    """
    until = last_day(week)
    protection = Protection(k)
    tables = []
    with warehouse.snapshot() as snapshot:
        if before is not None and _changed(snapshot, last_day(before.computed), until) < k:
            return dataclasses.replace(before, week=week)
        for table in listed:
            tables.append(_table(snapshot, table, until, protection, k))
            if tables[0].denominator is None:
                raise TooFew(f"there were fewer than {k} confirmed installations at the end of {week}")
    return Publication(week, k, tuple(tables), week)


def states_statement() -> str:
    """The confirmed installations, each with its profile."""
    return compose("states", _CONFIRMED)


def _changed(snapshot: Snapshot, then: date, now: date) -> int:
    """How many confirmed installations came, went, or reported another profile between the ends of two days."""

    def states(until: date) -> dict[object, object]:
        rows = snapshot.query(states_statement(), alive(until).parameters(None))
        return {row[0]: row[1] for row in rows}

    before, after = states(then), states(now)
    return sum(before.get(install) != after.get(install) for install in before.keys() | after.keys())


def statements(table: PublicTable) -> list[str]:
    """All statements that are asked for a table, where it says two names: the rows, with rare names folded, the denominator.

    Each is there as it counts, and as it adds up record keys.
    """
    listed: list[tuple[str, Mapping[str, str]]] = [(table.breakdown.sql, {}), (table.breakdown.denominator, {})]
    listed += [(table.breakdown.sql, _folding(names.place, 2)) for names in table.names if names.place is not None]
    return [_statement(table, name, {**fill, **key}) for name, fill in listed for key in _SUMS]


def _table(snapshot: Snapshot, table: PublicTable, until: date, protection: Protection, k: int) -> Answer:
    window = alive(until) if table.window == "alive" else _whole_months(until)
    breakdown = table.breakdown
    parameters: Parameters = {
        **window.parameters(None),
        "field": breakdown.field,
        "also": breakdown.also or breakdown.field,
        **breakdown.parameters,
    }
    denominator = protection.figure(_denominator(snapshot, table, parameters))
    tallies = _tallies(snapshot, table, parameters, {})
    for names in table.names:
        place = table.keys.index(names.column)
        said = protection.named(place, tallies)
        if names.place is None:
            tallies = fold(said, place, tallies)
        else:
            given = {f"name{number}": name for number, name in enumerate(sorted(said) or [RARE])}
            tallies = _tallies(snapshot, table, {**parameters, **given}, _folding(names.place, len(given)))
    if table.window == "months":
        table = dataclasses.replace(table, values={"period": _months(window)})
    return Answer(
        question=table.question,
        by=table.by,
        basis="confirmed",
        since=window.since,
        until=window.until,
        denominator=denominator,
        data_until=int(datetime.combine(until, time(23, 59, 59), UTC).timestamp()),
        rows=tuple(protection.rows(table, tallies, denominator)),
        k=k,
    )


def _statement(table: PublicTable, name: str, fill: Mapping[str, str]) -> str:
    return compose(name, {"installations": "seen", **table.breakdown.fill, **_CONFIRMED, **fill})


def _tallies(snapshot: Snapshot, table: PublicTable, parameters: Parameters, fill: Mapping[str, str]) -> Tallies:
    """The cells of a table, each count with its key: the statement is asked for both, and differs in what it adds up."""
    counts, keys = (_cells(snapshot, table, parameters, {**fill, **sums}) for sums in _SUMS)
    return {
        cell: dict(zip(table.counts, map(Tally, numbers, keys[cell]), strict=True)) for cell, numbers in counts.items()
    }


def _cells(
    snapshot: Snapshot, table: PublicTable, parameters: Parameters, fill: Mapping[str, str]
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The sums of each cell. Where several rows of the statement are one cell, they have no installation in common."""
    read = table.read or partial(_by_columns, table)
    cells: dict[tuple[str, ...], tuple[int, ...]] = {}
    for row in snapshot.query(_statement(table, table.breakdown.sql, fill), parameters):
        cell, numbers = read(row)
        cells[cell] = tuple(map(sum, zip(numbers, cells.get(cell, (0,) * len(numbers)), strict=True)))
    return cells


def _by_columns(table: PublicTable, values: Sequence[object]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    pairs = zip(table.breakdown.columns, values, strict=True)
    row = {column.name: column.show(value) for column, value in pairs if column.name in table.columns}
    return tuple(str(row[name]) for name in table.keys), tuple(int(row[name]) for name in table.counts)


def _denominator(snapshot: Snapshot, table: PublicTable, parameters: Parameters) -> Tally:
    found = [snapshot.query(_statement(table, table.breakdown.denominator, sums), parameters) for sums in _SUMS]
    return Tally(*(sum(int(str(row[-1])) for row in rows) for rows in found))


def _folding(place: str, names: int) -> dict[str, str]:
    """What makes a statement write `RARE` for every name but the parameters ``$name0``, ``$name1`` and so on."""
    said = ", ".join(f"$name{number}" for number in range(names))
    name = compose(place, {})
    return {place: f"CASE WHEN {name} IN ({said}) THEN {name} ELSE '{RARE}' END"}


def _whole_months(until: date) -> Window:
    """The last `_MONTHS` months that are over by the end of a day."""
    end = (until + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    months = end.year * 12 + end.month - _MONTHS
    return Window(date(months // 12, months % 12 + 1, 1), end)


def _months(window: Window) -> tuple[str, ...]:
    first, last = (day.year * 12 + day.month - 1 for day in (window.since, window.until))
    return tuple(f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1))
