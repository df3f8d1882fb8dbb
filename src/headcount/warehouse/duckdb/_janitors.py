"""The profiles that are held from when what `JanitorConfigurator` adds was still counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import duckdb
import orjson

from headcount.contract import JANITOR_STEPS, Name
from headcount.warehouse._classes import OWN_FIELDS
from headcount.warehouse._janitors import subtract_janitor
from headcount.warehouse._port import Progress

_AT_ONCE = 5_000  # profiles
_HELD = """CREATE OR REPLACE TEMP TABLE janitors AS
SELECT profile, row_number() OVER () AS place FROM profiles
WHERE janitor = 0
    AND list_has_any(classes, (
        SELECT coalesce(list(class), []) FROM classes WHERE list_contains($steps::VARCHAR[], name)
    ))"""
_OWN = "SELECT class FROM classes WHERE list_contains($kinds::VARCHAR[], kind)"
_READ = """SELECT profile, classes, depths, counts, sequences, builders, has(answered, 'builders')
FROM profiles JOIN janitors USING (profile)
WHERE place > $done AND place <= $through"""
_TYPES = {
    "profile": "UBIGINT", "classes": "USMALLINT[]", "depths": "UTINYINT[]", "counts": "UINTEGER[]",
    "sequences": "VARCHAR[][]", "builders": "UINTEGER[]",
}  # fmt: skip
_COLUMNS = [name for name in _TYPES if name != "profile"]
_UPDATE = f"""UPDATE profiles SET janitor = 1, {", ".join(f"{name} = read.{name}" for name in _COLUMNS)}
FROM (SELECT changed.* FROM (SELECT from_json_strict(unnest($rows::VARCHAR[]), $types) AS changed)) AS read
WHERE profiles.profile = read.profile"""  # noqa: S608  # our own names


def subtract_janitors(db: duckdb.DuckDBPyConnection, progress: Progress) -> None:
    """Take it out of all that are held, in the caller's transaction; each keeps its key."""
    names = dict(db.execute("SELECT class, name FROM classes").fetchall())
    own = {number for (number,) in db.execute(_OWN, {"kinds": list(OWN_FIELDS)}).fetchall()}
    db.execute(_HELD, {"steps": sorted(JANITOR_STEPS)})
    (count,) = db.execute("SELECT count(*) FROM janitors").fetchone() or (0,)
    for done in range(0, count, _AT_ONCE):
        progress("what JanitorConfigurator adds is taken out of what is held", done / count)
        rows = db.execute(_READ, {"done": done, "through": done + _AT_ONCE}).fetchall()
        without = (_without(row, names, own) for row in rows)
        changed = [orjson.dumps(values).decode() for values in without if values is not None]
        db.execute(_UPDATE, {"rows": changed, "types": json.dumps(_TYPES)})
    if count:
        progress("what JanitorConfigurator adds is taken out of what is held", 1.0)
    db.execute("DROP TABLE janitors")


def _without(row: tuple[Any, ...], names: Mapping[int, str], own: set[int]) -> dict[str, Any] | None:
    """Return the new values of a profile's columns; None where it had no builder of janitor steps alone, or is damaged."""
    key, classes, depths, counts, sequences, builders, told = row
    try:
        entries = list(zip(classes, depths, counts, strict=True))
        texts = {(number, depth): Name(names[number], depth).wire for number, depth, _ in entries if number not in own}
        answers: dict[str, Any] = {
            "plugins": [[texts[number, depth], count] for number, depth, count in entries if number not in own],
            **({"pipelines": list(zip(sequences, builders, strict=True))} if told else {}),
        }
        if not subtract_janitor(answers):
            return None
    except (KeyError, TypeError, ValueError):  # one that a bad disk spoilt holds up no other
        return None
    left = dict(answers["plugins"])
    kept = [
        (number, depth, count if number in own else left[texts[number, depth]])
        for number, depth, count in entries
        if number in own or texts[number, depth] in left
    ]
    pipelines = answers.get("pipelines", ())
    return {
        "profile": key,
        "classes": [number for number, _, _ in kept],
        "depths": [depth for _, depth, _ in kept],
        "counts": [count for _, _, count in kept],
        "sequences": [steps for steps, _ in pipelines],
        "builders": [count for _, count in pipelines],
    }
