"""The data dictionary of the publication, made from the registry and the list of public tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount.questions._public_tables import FEW, PUBLIC_TABLES, RARE, PublicTable
from headcount.questions._registry import REGISTRY
from headcount.warehouse import Kind

FRAME: Mapping[str, tuple[Kind, str]] = {
    "week": ("text", "the week after which it was published, ISO 8601: its reports are in, and no later ones"),
    "question": ("text", "the question of the registry"),
    "by": ("text", "what the table counts by"),
    "since": ("day", "the first day of the table's window, UTC"),
    "until": ("day", "the last day of the table's window, UTC"),
    "denominator": ("count", "the installations of which the shares are"),
}
"""The columns of every row of the publication as one table: name → kind and meaning."""

_SHARE = "installations as a part of the denominator, of the published figures of both"


def dictionary(k: int) -> dict[str, Any]:
    """Return what a publication with the threshold ``k`` holds, each table with its columns, as JSON has it."""
    return {
        "basis": "confirmed installations: seen on two different days, the last of them in the 13 months before the end",
        "k": k,
        "counts": f"Every count has noise of at most {k} either way, so that tables do not add up. A count that comes out "
        f"under {k} is not said: null in JSON and Parquet, <{k} in CSV. In Parquet null is also what a table has no "
        "column for.",
        "few": f"Of fewer than {FEW} installations there are two tables alone: `installs` with those alive, and `versions` "
        "by `buildbot`.",
        "grain": "A `version` is a series, such as 4.3, or by `buildbot.release` and so on a release. In a publication of "
        "before there were series, `versions` has releases alone.",
        "rare": f"`{RARE}` stands for all names that are on fewer than {k} installations.",
        "frame": {name: {"type": kind, "meaning": meaning} for name, (kind, meaning) in FRAME.items()},
        "tables": [_table(table) for table in PUBLIC_TABLES],
    }


def _table(table: PublicTable) -> dict[str, Any]:
    breakdown = table.breakdown
    meanings = {column.name: column.meaning for column in breakdown.shown.columns}
    columns = {
        name: {"type": "count" if name in table.counts else "text", "meaning": meanings[name]} for name in table.columns
    }
    columns["share"] = {"type": "share", "meaning": _SHARE}
    return {
        "question": table.question,
        "by": table.by,
        "title": table.title,
        "meaning": REGISTRY[table.question].meaning,
        "attributes": list(table.attributes),
        "share_of": f"installations {breakdown.scope.of_whom('confirmed', None)}",
        "columns": columns,
    }


def columns() -> dict[str, Kind]:
    """Return the columns of the publication as one table: name → kind."""
    kinds = {name: kind for name, (kind, _) in FRAME.items()}
    for table in PUBLIC_TABLES:
        kinds.update(dict.fromkeys(table.keys, "text"))
    for table in PUBLIC_TABLES:
        kinds.update(dict.fromkeys(table.counts, "count"))
    kinds["share"] = "share"
    return kinds
