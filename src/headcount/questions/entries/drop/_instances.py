"""How many instances there are of the classes that a condition names."""

from __future__ import annotations

from collections import defaultdict

from headcount.questions._columns import INSTALLATIONS, INSTANCES, PLUGIN
from headcount.questions._question import Column, Execution, Row, Statement, Table, share

_OF_USERS = {"believed": "holds"}
STATEMENTS = {
    "instances": Statement("drop.instances", fill=_OF_USERS, needs="classes"),
    "most": Statement("drop.most", fill=_OF_USERS, needs="classes"),
}

COLUMNS = (
    PLUGIN,
    INSTALLATIONS,
    INSTANCES,
    Column("most", "how many of them one installation has, at most"),
)


def by_class(execution: Execution, users: int) -> Table:
    """Return a row for each class that is named and used, of so many users; empty where the condition names none."""
    if not execution.named:
        return Table(())
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for plugin, times, number in execution.rows("instances"):
        found[plugin][times] = found[plugin].get(times, 0) + number
    using = {plugin: sum(counts.values()) for plugin, counts in found.items()}
    rows: list[Row] = [
        {
            "plugin": plugin,
            "installations": using[plugin],
            "share": share(using[plugin], users),
            "instances": sum(times * number for times, number in counts.items()),
            "most": max(counts),
        }
        for plugin, counts in found.items()
    ]
    return Table(tuple(sorted(rows, key=lambda row: (-using[str(row["plugin"])], str(row["plugin"])))), users)


def of_all(execution: Execution) -> Row:
    """Return how many instances there are of all classes that are named, and whether one installation has over half."""
    if not execution.named:
        return {"instances": "", "over_half": ""}
    totals: dict[int, int] = dict(execution.rows("most"))
    instances = sum(total * number for total, number in totals.items())
    return {"instances": instances, "over_half": "yes" if 2 * max(totals, default=0) > instances else "no"}
