"""The computation of a record of `drop`: its cells, each with its key, and their protection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from headcount.questions._condition import Condition
from headcount.questions._protection import NOBODY, Protection, Tally
from headcount.questions._record import FEWEST, NotReleased, Record, Year
from headcount.questions._series import series
from headcount.questions._spelling import plain
from headcount.questions._sql import compose
from headcount.questions._where import condition
from headcount.questions._windows import alive
from headcount.questions.entries.drop._counts import DOES_NOT, UNKNOWN, USES
from headcount.questions.entries.drop._releases import newest_series
from headcount.questions.entries.drop._year import last_quarter, year_before
from headcount.warehouse import Parameters, Snapshot

Values = tuple[Any, ...]
"""What a row of a statement is of."""

_NOTHING: Parameters = {}
_ONE: Mapping[str, str] = {}
_KEY: Mapping[str, str] = {"one": "record_key", "weighed": "weighed_keys"}
_CONFIRMED = {
    "installations": "confirmed", **dict.fromkeys(("matching", "members", "existing"), "everything")
}  # fmt: skip


class Cell(NamedTuple):
    """A cell of a record, before its protection: what it is of, and where that has values, which.

    ``kind``: `everybody`, `asked`, `users`, `asked users`, `others` (of whom the condition is false), `unknown`, `newest`,
    `series`, `distribution`, `before` (users a year before), and `moved` (of those that reported again), whose value is
    whether the condition held, and holds.
    """

    kind: str
    value: str | tuple[int, int] = ""

    @property
    def noise(self) -> str:
        """Whose noise its count has: its kind's, where two cells may be the same, or the one that all tables share.

        With the same noise the figures of users and of those on a series would be equal exactly where all users run that.
        """
        return f"record {self.kind}" if self.kind in ("newest", "series", "distribution", "moved") else ""


Cells = defaultdict[Cell, Tally]


@dataclass(frozen=True)
class _Source:
    """What the cells of a record are counted from."""

    snapshot: Snapshot
    asked: Condition

    def tallies(self, name: str, until: date, parameters: Parameters = _NOTHING) -> list[tuple[Values, Tally]]:
        """Return the rows of a statement, each as what it is of and its tally: it runs for counts, and for keys."""
        counts, keys = (self._sums(name, until, sums, parameters) for sums in (_ONE, _KEY))
        return [(values, Tally(count, keys[values])) for values, count in counts.items()]

    def users(self, until: date) -> dict[Values, int]:
        """Return how many users have each profile."""
        return self._sums("record.users", until, _ONE, _NOTHING)

    def _sums(self, name: str, until: date, fill: Mapping[str, str], parameters: Parameters) -> dict[Values, int]:
        sql = _statement(name, self.asked, fill, once=self.snapshot.once)
        window, matching = alive(until).parameters(None), self.asked.parameters(self.snapshot)
        rows = self.snapshot.query(sql, {**window, **matching, **parameters})
        return {tuple(row[:-1]): int(row[-1]) for row in rows}


def due_quarter(today: date) -> date:
    """Return the end of the last quarter that is over before ``today`` (UTC)."""
    return last_quarter(today - timedelta(days=1))


def compute_record(snapshot: Snapshot, where: str, *, until: date, k: int, others: Iterable[Record] = ()) -> Record:
    """Return the record of a condition at the end of a quarter, protected with the threshold ``k``.

    ``others``: the records of the same quarter that are released.

    Raises `BadQuestion` where the condition is wrong, and `NotReleased` where there are too few confirmed installations,
    too few of whom it is false, or a record of nearly the same users.
    """
    source = _Source(snapshot, condition(where))
    protection = Protection(k)
    held_since = _held_since(snapshot)
    cells = record_cells(snapshot, source.asked, until)
    figures = {cell: protection.figure(tally, cell.noise) for cell, tally in cells.items()}
    everybody = figures.get(Cell("everybody"))
    if everybody is None or everybody < FEWEST:
        raise NotReleased(
            f"there were fewer than {FEWEST} confirmed installations at the end of {until}: of so few no record is "
            "released; ask with private for true counts, which are not for publication"
        )
    if not protection.is_shown(cells[Cell("others")]):
        raise NotReleased(
            f"there are fewer than {k} of whom `{source.asked.text}` is false: ask of the opposite instead"
        )
    is_few = not protection.is_shown(cells[Cell("users")])
    _refuse_near(source, until, k, [other for other in others if not (is_few and other.users is None)])
    shown = {} if is_few else figures
    return Record(
        condition=plain(where),
        until=until,
        k=k,
        confirmed=everybody,
        asked=figures.get(Cell("asked")),
        users=shown.get(Cell("users")),
        asked_users=shown.get(Cell("asked users" if _differ(cells, k) else "users")),
        unknown=figures.get(Cell("unknown")),
        newest_series=newest_series(until),
        on_newest=shown.get(Cell("newest")),
        series={} if is_few else _named(protection, cells, "series"),
        distributions={} if is_few else _named(protection, cells, "distribution"),
        year=_year(protection, cells, until, is_few=is_few) if _has_year(held_since, until) else None,
        held_since=held_since,
    )


def _differ(cells: Cells, k: int) -> bool:
    """Return whether as many as k users did not answer all, so that the difference of the two tells of no fewer."""
    return cells[Cell("users")].count - cells[Cell("asked users")].count >= k


def record_cells(snapshot: Snapshot, asked: Condition, until: date) -> Cells:
    """Return the cells of a record; those of the year before are empty where it is not held."""
    source = _Source(snapshot, asked)
    cells: Cells = defaultdict(lambda: NOBODY)
    newest = newest_series(until)
    for (_, truth, told, release, distribution, _), tally in source.tallies("drop.whole", until):
        for cell in _of_whole(truth, told, release, newest):
            cells[cell] += tally
        if truth == USES and distribution:
            cells[Cell("distribution", distribution)] += tally
    if _has_year(_held_since(snapshot), until):
        before = year_before(until)
        for (_, truth, *_), tally in source.tallies("drop.whole", before):
            if truth == USES:
                cells[Cell("before")] += tally
        for (was, truth), tally in source.tallies("record.year", before, {"quarter": until.isoformat()}):
            cells[Cell("moved", (was, truth))] += tally
    return cells


def record_statements(asked: Condition) -> list[str]:
    """Return every statement that the computation of a record runs, as it counts and as it adds up record keys."""
    return [
        _statement(name, asked, sums) for name in ("drop.whole", "record.year", "record.users") for sums in (_ONE, _KEY)
    ]


def _statement(name: str, asked: Condition, fill: Mapping[str, str], *, once: bool = False) -> str:
    judged = {"condition": asked.sql, "denied": asked.denied, "answers_condition": asked.answered}
    return compose(name, {**_CONFIRMED, **judged, **fill}, once=once)


def _of_whole(truth: int, told: int, release: int, newest: tuple[str, ...]) -> Iterator[Cell]:
    """Yield the cells in which those are of whom a condition is so, that answered it or not, and run a release."""
    yield Cell("everybody")
    if told:
        yield Cell("asked")
    yield Cell({USES: "users", DOES_NOT: "others"}.get(truth, "unknown"))
    if truth == USES:
        if told:
            yield Cell("asked users")
        if release:
            name = series("buildbot", release)
            yield Cell("series", name)
            if name in newest:
                yield Cell("newest")


def _held_since(snapshot: Snapshot) -> date | None:
    rows = snapshot.query(compose("held_since", {}), {})
    return rows[0][0] if rows else None


def _has_year(held_since: date | None, until: date) -> bool:
    return held_since is not None and held_since <= year_before(until)


def _year(protection: Protection, cells: Cells, until: date, *, is_few: bool) -> Year:
    before, users = year_before(until), cells[Cell("before")]
    if not protection.is_shown(users):
        return Year(before, None)
    if is_few:
        return Year(before, None)
    kept, stopped, silent = (cells[Cell("moved", (USES, truth))] for truth in (USES, DOES_NOT, UNKNOWN))
    moves = {
        "kept": kept, "stopped": stopped, "silent": silent, "gone": users - kept - stopped - silent,
        "started": cells[Cell("moved", (DOES_NOT, USES))],
    }  # fmt: skip
    noise = Cell("moved").noise
    return Year(
        before, protection.figure(users), **{name: protection.figure(tally, noise) for name, tally in moves.items()}
    )


def _named(protection: Protection, cells: Cells, kind: str) -> dict[str, int]:
    """Return the values of a kind of cell that may be published with their figures, the largest figures first."""
    of_kind = [(cell, tally) for cell, tally in cells.items() if cell.kind == kind]
    shown = [(str(cell.value), protection.figure(tally, cell.noise) or 0) for cell, tally in of_kind
             if protection.is_shown(tally, cell.noise)]  # fmt: skip
    return dict(sorted(shown, key=lambda item: (-item[1], item[0])))


def _apart(source: _Source, other: Record, day: date) -> int:
    """Return of how many installations one of two conditions was true on a day, and the other one was not."""
    ours, theirs = source.users(day), _Source(source.snapshot, condition(other.condition)).users(day)
    return sum((ours | theirs)[profile] for profile in ours.keys() ^ theirs.keys())


def _refuse_near(source: _Source, until: date, k: int, others: Sequence[Record]) -> None:
    """Raise `NotReleased` where the users are those of another record but for fewer than k, whom a difference shows."""
    for other in others:
        if _apart(source, other, until) < k:
            raise NotReleased(
                f"it is true of the same installations as `{other.condition}`, or of all but fewer than {k}, of whom the "
                f"difference would tell: use the record of that, {other.name}"
            )
        if other.year is not None and 0 < _apart(source, other, year_before(until)) < k:
            raise NotReleased(
                f"a year before it was true of the same installations as `{other.condition}`, but for fewer than {k}, of "
                f"whom the difference would tell: use the record of that, {other.name}"
            )
