"""What installations run on."""

from __future__ import annotations

from itertools import combinations

from headcount.questions._columns import INSTALLATIONS
from headcount.questions._over import by_value, most_first
from headcount.questions._question import Breakdown, Column, Question, Scope, Shown, Statement

_PATHS = {
    "system": "platform.system",
    "distro": "platform.distro",
    "machine": "platform.machine",
    "kernel": "platform.version",
    "implementation": "platform.python_implementation",
    "db": "db",
    "mq": "mq",
    "build": "build",
    "driver": "db_driver",
    "server": "db_server",
}
PROTOCOLS = ("pb", "msgpack", "null", "other")
"""Every protocol between master and workers that the catalog knows."""

_MANY = {"protocol": "protocols", "hook": "hooks"}  # of which an installation can have several


def _one(column: str) -> Breakdown:
    value, scope = Column("value", f"what `{_PATHS[column]}` is"), Scope((_PATHS[column],))
    return Breakdown(
        Statement("environments", fill={"column": column}),
        scope,
        Shown((value, INSTALLATIONS)),
        over=by_value(value, column, scope, most_first),
    )


def _many(by: str) -> Breakdown:
    path = _MANY[by]
    columns = (Column("value", f"one of `{path}`, of which an installation can have several"), INSTALLATIONS)
    return Breakdown(Statement("environments.many", fill={"column": path}), Scope((path,)), Shown(columns))


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
    "message queue; how Buildbot itself was built, the database's driver and the version of its server, which means little "
    "without the database: ask `db,server`; any two of them crossed, such as `distro,db`, of those that answered both. By "
    "`protocol` (between master and workers) and by `hook` (what tells the master of changes over HTTP) an installation is "
    "in the row of each that it has, so that shares do not add up.",
    {
        **{column: _one(column) for column in _PATHS},
        **{by: _many(by) for by in _MANY},
        **{f"{one},{other}": _crossed(one, other) for one, other in combinations(_PATHS, 2)},
    },
)
