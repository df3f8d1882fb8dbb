"""The protection of a publication: from true counts, with the keys of their cells, to published rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product

from headcount.questions._perturbation import KEYS, Perturbation
from headcount.questions._public_tables import RARE, Names, PublicTable, with_share
from headcount.questions._question import Cell
from headcount.questions._series import place as place_of


@dataclass(frozen=True, slots=True)
class Tally:
    """A true count of installations, and the sum of their record keys, which is the cell's key."""

    count: int
    key: int

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of two cells that have no installation in common."""
        return Tally(self.count + other.count, self.key + other.key)

    def __sub__(self, other: Tally) -> Tally:
        """Return the tally of the installations of a cell that are not in another one, which is a part of it."""
        return Tally(self.count - other.count, self.key - other.key)


Tallies = Mapping[tuple[str, ...], Mapping[str, Tally]]
"""A table before its protection: the values of the columns that do not count → the tally of each count."""

Row = dict[str, Cell | None]
"""A published row; None stands for fewer than k."""

NOBODY = Tally(0, 0)
"""The tally of an empty cell."""


class Protection:
    """The protection for a threshold ``k``: noise on every count, and None for a noisy count under ``k``."""

    def __init__(self, k: int) -> None:
        """Raises ValueError where ``k`` is too small or too large."""
        self._perturbation = Perturbation(k)
        self.k = k

    def figure(self, tally: Tally, noise: str = "") -> int | None:
        """Return a count as it is published; None: fewer than k.

        ``noise``: whose noise it has, where not that of all tables.
        """
        noisy = self._perturbation.perturb(tally.count, _redrawn(noise, tally.key) if noise else tally.key)
        return noisy if noisy >= self.k else None

    def is_shown(self, tally: Tally, noise: str = "") -> bool:
        """Return whether a name is published: where it is on k installations or more, before and after the noise."""
        return tally.count >= self.k and self.figure(tally, noise) is not None

    def named(self, place: int, tallies: Tallies, noise: str = "") -> set[str]:
        """Return the names that are published: those on k installations or more, before and after the noise.

        ``place``: the place of the name among the keys of a row; ``noise``: whose noise the table has.
        """
        totals: dict[str, Tally] = {}
        for values, counts in tallies.items():
            totals[values[place]] = totals.get(values[place], NOBODY) + counts["installations"]
        return {name for name, total in totals.items() if name != RARE and self.is_shown(total, noise)}

    def rows(self, table: PublicTable, tallies: Tallies, denominator: int | None) -> list[Row]:
        """Return the rows of a table, given its published denominator.

        In the tallies `RARE` stands for all names that are not published. Which rows there are, and in
        which order, follows from what is public: all values of a column whose values are known, and the
        names that are published.
        """
        rows = [self._row(table, cell, tallies, denominator) for cell in _cells(table, tallies)]
        return _ordered(rows, table.names)

    def _row(self, table: PublicTable, cell: tuple[str, ...], tallies: Tallies, denominator: int | None) -> Row:
        values: Row = dict(zip(table.keys, cell, strict=True))
        for count in table.counts:
            values[count] = self.figure(tallies.get(cell, {}).get(count, NOBODY), table.noise)
            if count == "installations":
                values["share"] = _share(values[count], denominator)
        return {name: values[name] for name in with_share(table.columns)}


def _redrawn(noise: str, key: int) -> int:
    """Return another key for a cell, which who does not know its key cannot know either: the noise is independent."""
    return int.from_bytes(blake2b(f"{noise} {key % KEYS}".encode(), digest_size=4).digest(), "big")


def fold(names: set[str], place: int, tallies: Tallies) -> Tallies:
    """Return a table with all other names added up to `RARE`, where an installation has one name at most.

    ``place``: the place of the name among the keys of a row.
    """
    folded: dict[tuple[str, ...], dict[str, Tally]] = {}
    for values, counts in tallies.items():
        name = values[place] if values[place] in names else RARE
        into = folded.setdefault((*values[:place], name, *values[place + 1 :]), {})
        for count, tally in counts.items():
            into[count] = into.get(count, NOBODY) + tally
    return folded


def _cells(table: PublicTable, tallies: Tallies) -> list[tuple[str, ...]]:
    """Return the keys of all rows, empty ones included.

    Each column has all its values. A column of names has the published ones, each with the values that
    it decides, and `RARE` with all the values that a name can decide.
    """
    columns: list[str] = []
    cells: list[tuple[str, ...]] = [()]
    for names in table.names:
        places = [table.keys.index(column) for column in (names.column, *names.of)]
        tallied = {tuple(values[place] for place in places) for values in tallies}
        named = sorted(values for values in tallied if values[0] != RARE)
        columns += [names.column, *names.of]
        cells = [(*cell, *values) for cell in cells for values in [*named, *product([RARE], *names.of.values())]]
    columns += table.values
    cells = [(*cell, *values) for cell in cells for values in product(*table.values.values())]
    order = [columns.index(column) for column in table.keys]
    return [tuple(cell[place] for place in order) for cell in cells]


def _share(part: Cell | None, whole: int | None) -> float | None:
    if part is None or whole is None:
        return None
    return min(1.0, round(float(part) / whole, 4))


def _ordered(rows: list[Row], listed: tuple[Names, ...]) -> list[Row]:
    """Return the rows in the order of their published names, with `RARE` last.

    Versions stand in their own order, the newest first, and other names in that of their counts, the largest
    first. The rows of a name keep their order.
    """
    sizes: dict[tuple[str, object], int] = {}
    for row in rows:
        for names in listed:
            name = names.column, row[names.column]
            sizes[name] = sizes.get(name, 0) + int(row["installations"] or 0)

    def order(names: Names, row: Row) -> tuple[bool, tuple[int, ...], str]:
        value = str(row[names.column])
        if names.newest_first:
            return value == RARE, tuple(-number for number in place_of(value)), value
        return value == RARE, (-sizes[names.column, row[names.column]],), value

    return sorted(rows, key=lambda row: [order(names, row) for names in listed])
