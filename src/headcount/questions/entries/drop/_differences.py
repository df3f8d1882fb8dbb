"""Where those that use something differ from those that do not, of those that answered all that is asked.

Of the others only some can be known, and those are no fair sample: of who leaves something out, users may be known where
those that do not use it are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS
from headcount.questions._comparisons import LEAST, LEVEL
from headcount.questions._question import Column, Execution, Row, Statement, Table, share
from headcount.questions._series import series
from headcount.questions._statistics import holm, independence_test
from headcount.questions.entries.drop._counts import Counts, by_truth

_SIZES = _bands.names(_bands.SIZES)
STATEMENTS = {"size": Statement("drop.size"), "classes": Statement("drop.classes")}

COLUMNS = (
    Column("attribute", "distribution, database, series of Buildbot, size (builders), worker (kinds of) or companion"),
    Column("value", "the value of the attribute, or the class"),
    INSTALLATIONS,
    Column("others", "how many of those that do not use it have the value"),
    Column("others_share", "their share, of those that do not use it and tell the attribute", is_share=True),
    Column("adjusted", "the p-value of Fisher's exact test, after Holm's correction for all that were tested"),
)


_Tested = tuple[Row, float]


class _Compared(NamedTuple):
    """An attribute: how many users, and how many others, have each of its values, and how many of both tell it."""

    name: str
    users: Counter[str]
    others: Counter[str]
    asked: int
    asked_others: int

    @classmethod
    def exclusive(cls, name: str, users: Counter[str], others: Counter[str]) -> _Compared:
        """Return an attribute of which an installation has one value."""
        return cls(name, users, others, users.total(), others.total())


def compute(execution: Execution, counts: Counts) -> tuple[Table, int]:
    """Return the rows that differ, the least likely by chance first, and how many were tested."""
    tested = [row for compared in _compared(execution, counts) for row in _rows(*compared)]
    corrected = holm([p for _, p in tested])
    rows = [{**row, "adjusted": round(p, 6)} for (row, _), p in zip(tested, corrected, strict=True) if p < LEVEL]
    ordered = sorted(rows, key=lambda row: (float(row["adjusted"]), -int(row["installations"]), str(row["value"])))
    return Table(tuple(ordered)), len(tested)


def _compared(execution: Execution, counts: Counts) -> Iterator[_Compared]:
    """Yield each attribute with its values among users and others, and how many of both tell it."""
    yield _Compared.exclusive("distribution", *counts.distributions)
    yield _Compared.exclusive("database", *counts.databases)
    yield _Compared.exclusive("series", _by_series(counts.told_users), _by_series(counts.told_others))
    sizes = [
        (truth, _SIZES[_bands.place(size, _bands.SIZES)], number)
        for truth, told, size, number in execution.rows("size")
        if told
    ]
    users, others = by_truth(sizes)
    yield _Compared.exclusive("size", users, others)
    wholes = (users.total(), others.total())
    named = execution.named
    classes = [row for row in execution.rows("classes") if row[1] not in named]
    for name, is_worker in (("worker", True), ("companion", False)):
        found = [(truth, plugin, number) for truth, plugin, kind, number in classes if (kind == "worker") == is_worker]
        yield _Compared(name, *by_truth(found), *wholes)


def _by_series(releases: Counter[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for release, number in releases.items():
        if release:
            found[series("buildbot", release)] += number
    return found


def _rows(name: str, users: Counter[str], others: Counter[str], asked: int, asked_others: int) -> Iterator[_Tested]:
    """Yield a row for each value that enough users have, with the p-value before it is corrected."""
    for value, number in users.items():
        if number < LEAST:
            continue
        elsewhere = others[value]
        p = independence_test(number, asked - number, elsewhere, asked_others - elsewhere)
        row: Row = {
            "attribute": name,
            "value": value,
            "installations": number,
            "share": share(number, asked),
            "others": elsewhere,
            "others_share": share(elsewhere, asked_others),
        }
        yield row, p
