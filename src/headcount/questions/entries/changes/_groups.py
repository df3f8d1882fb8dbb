"""In what two groups of installations differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from headcount.questions._columns import KIND, PLUGIN
from headcount.questions._comparisons import LEAST, Tested, shown
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Cell,
    Column,
    Execution,
    Findings,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    share,
)
from headcount.questions._statistics import independence_test
from headcount.questions.entries.changes._values import (
    ASKED,
    BITS,
    CLASSES,
    ENVIRONMENTS,
    SERIES,
    TABLES,
    VALUES,
    attribute_columns,
    class_bit,
    named_value,
)

_ONE, _OTHER, _BOTH = 1, 2, 3  # the parts of the statements

_COUNTS = (
    Column("installations", "how many of the first group have it"),
    Column("share", "their share, of those of the first group that answered", is_share=True),
    Column("others", "how many of the second group have it"),
    Column("others_share", "their share, of those of the second group that answered", is_share=True),
    Column("p", "Fisher's exact test: how likely so unequal shares are where the groups do not differ"),
    Column("adjusted", "the share of false discoveries among this row and all that are as clear, of all rows tested"),
)


def breakdown(fill: Mapping[str, str], scope: Scope, columns: tuple[Column, ...], takes: frozenset[str]) -> Breakdown:
    """Return the comparison of two groups; ``fill``: what makes them, ``columns``: those of the summary."""
    statements = {
        "classes": Statement("changes.groups.classes", fill={**fill, **CLASSES}),
        "series": Statement("changes.groups.values", fill={**fill, **SERIES}),
        "environments": Statement("changes.groups.values", fill={**fill, **ENVIRONMENTS}),
    }
    names = {column.name for column in columns}

    def compute(execution: Execution) -> Findings:
        return _compute(execution, execution.levels(everyone=scope.subject == "everyone"), names)

    return Breakdown(
        statements["classes"],
        scope,
        Shown(columns, chart="changes", sample=False),
        Analysis(statements, compute),
        {
            "classes": (PLUGIN, KIND, *_COUNTS),
            **{name: (*attribute_columns(name), *_COUNTS) for name in ("series", "environments")},
        },
        takes=takes,
    )


def _compute(execution: Execution, levels: Mapping[str, int], names: set[str]) -> Findings:
    compared = sum(levels.values())
    parts: Counter[int] = Counter()
    asked: defaultdict[int, Counter[int]] = defaultdict(Counter)
    values = {table: execution.rows(table) for table in VALUES}
    for part, place, kinds, number in values["series"]:
        if place == ASKED:
            parts[part] += number
            for bit in BITS:
                if int(kinds) & bit:
                    asked[bit][part] += number
    tables, tested = shown([*_classes(execution, asked), *_values(values)], TABLES)
    row: Row = {
        "installations": parts[_ONE],
        "share": share(parts[_ONE], compared),
        "others": parts[_OTHER],
        "both": parts[_BOTH],
    }
    return Findings(
        compared,
        ({name: cell for name, cell in row.items() if name in names or name == "share"},),
        tables,
        levels,
        tested,
    )


def _classes(execution: Execution, asked: Mapping[int, Counter[int]]) -> Iterator[Tested]:
    found: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for part, plugin, kind, kinds, number in execution.rows("classes"):
        if kinds & class_bit(kind):
            found[plugin, kind][part] += number
    for (plugin, kind), users in found.items():
        yield from _tested("classes", {"plugin": plugin, "kind": kind}, users, asked[class_bit(kind)])


def _values(values: Mapping[str, Results]) -> Iterator[Tested]:
    for table, attributes in VALUES.items():
        found: defaultdict[tuple[str, Cell], Counter[int]] = defaultdict(Counter)
        told: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for part, place, value, number in values[table]:
            if value and place < len(attributes):
                found[attributes[place], value][part] += number
                told[attributes[place]][part] += number
        for (attribute, value), users in found.items():
            yield from _tested(table, named_value(table, attribute, value), users, told[attribute])


def _tested(table: str, names: Row, users: Counter[int], told: Counter[int]) -> Iterator[Tested]:
    """Yield a row with its test, where enough of a group have it and both were asked."""
    one, other = users[_ONE], users[_OTHER]
    if max(one, other) < LEAST or not told[_ONE] or not told[_OTHER]:
        return
    row: Row = {
        **names,
        "installations": one,
        "share": share(one, told[_ONE]),
        "others": other,
        "others_share": share(other, told[_OTHER]),
    }
    yield Tested(table, row, independence_test(one, told[_ONE] - one, other, told[_OTHER] - other))
