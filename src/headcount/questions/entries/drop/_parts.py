"""The parts of a condition: what each of several things is used by, alone and together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import Column, Execution, Row, Statement, Table, share

STATEMENTS = {"parts": Statement("drop.parts", needs="parts")}

COLUMNS = (
    Column("part", "a part of the condition, of those that `or` joins or that stand in a list"),
    INSTALLATIONS,
    Column("alone", "how many of these use no other part"),
)
OVERLAP_COLUMNS = (
    Column("part", "a part of the condition"),
    Column("with", "another one"),
    INSTALLATIONS,
)


def compute(execution: Execution, users: int) -> tuple[Table, Table]:
    """Return the parts, the most used first, and who uses two of them, of so many users; empty where there are no two."""
    parts = execution.parts
    if len(parts) < 2:
        return Table(()), Table(())
    masks: Counter[int] = Counter(dict(execution.rows("parts")))
    using = {
        part: sum(number for mask, number in masks.items() if mask >> place & 1) for place, part in enumerate(parts)
    }
    rows: list[Row] = [
        {"part": part, "installations": number, "share": share(number, users), "alone": masks[1 << place]}
        for place, (part, number) in enumerate(using.items())
    ]
    overlap: list[Row] = [
        {"part": parts[one], "with": parts[other], "installations": both, "share": share(both, users)}
        for one, other in combinations(range(len(parts)), 2)
        if (both := sum(number for mask, number in masks.items() if mask >> one & 1 and mask >> other & 1))
    ]
    return Table(_ordered(rows), users), Table(_ordered(overlap), users)


def _ordered(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-int(row["installations"]), str(row["part"]), str(row.get("with", "")))))
