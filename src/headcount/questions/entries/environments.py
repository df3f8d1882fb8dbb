"""What installations run on."""

from __future__ import annotations

from itertools import combinations

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import Breakdown, Column, Question, Scope, Shown, Statement

_PATHS = {
    "system": "platform.system",
    "distro": "platform.distro",
    "machine": "platform.machine",
    "kernel": "platform.version",
    "implementation": "platform.python_implementation",
    "db": "db",
    "mq": "mq",
}


def _one(column: str) -> Breakdown:
    columns = (Column("value", f"what `{_PATHS[column]}` is"), INSTALLATIONS)
    return Breakdown(Statement("environments", fill={"column": column}), Scope((_PATHS[column],)), Shown(columns))


def _crossed(column: str, other: str) -> Breakdown:
    columns = (
        Column("value", f"what `{_PATHS[column]}` is"),
        Column("with", f"what `{_PATHS[other]}` is"),
        INSTALLATIONS,
    )
    statement = Statement("environments.crossed", fill={"column": column, "other": other})
    return Breakdown(statement, Scope((_PATHS[column], _PATHS[other])), Shown(columns))


QUESTION = Question(
    "environments",
    "Environments",
    "What installations run on: operating system, distribution, processor, kernel, Python implementation, database and "
    "message queue; any two of them crossed, such as `distro,db`, of those that answered both.",
    {
        **{column: _one(column) for column in _PATHS},
        **{f"{one},{other}": _crossed(one, other) for one, other in combinations(_PATHS, 2)},
    },
)
