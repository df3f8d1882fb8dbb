"""From a batch of arrivals to new sightings, within a transaction.

Reports that were sent again, reports that are not believed, and what only `coverage` counts are told apart here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence

import duckdb
import orjson

from headcount.contract import ANONYMOUS, REPEAT, WITH_PROFILE, Arrival, Vocabulary
from headcount.warehouse._columns import COLUMNS, Rows, Value
from headcount.warehouse.duckdb._class_table import read_classes, store_classes
from headcount.warehouse.duckdb._scripts import run

logger = logging.getLogger(__name__)

_AHEAD = 600  # seconds that a sighting may be later than the clock: two clocks of one collector are never quite alike
_COUNTED = WITH_PROFILE - {ANONYMOUS}  # the kinds of arrivals that become sightings
_NEVER = 1 << 40  # Unix time; later than any clock
_NAMES = ("profile", *(column.name for column in COLUMNS))
_STRUCTURE = json.dumps({"profile": "UBIGINT", **{column.name: column.duckdb for column in COLUMNS}})
_INSERT = (
    "INSERT INTO profiles SELECT read.* FROM (SELECT from_json_strict(unnest($rows::VARCHAR[]), $columns) AS read)"
)
_INSERT_SOUND = """INSERT INTO profiles SELECT read.*
FROM (SELECT TRY(from_json_strict(text, $columns)) AS read FROM (SELECT unnest($rows::VARCHAR[]) AS text))
WHERE read IS NOT NULL"""


class DamagedProfile(Exception):
    """A profile does not fit the columns."""


def latest(now: float | None) -> int:
    """Return the last second that is believed when it is ``now``, Unix time; without a clock every second is."""
    return _NEVER if now is None else int(now) + _AHEAD


def arrive(
    cursor: duckdb.DuckDBPyConnection,
    arrivals: Sequence[Arrival],
    known: Vocabulary,
    now: float | None,
    *,
    careful: bool,
) -> None:
    """Fill the temporary table ``batch`` with what is new and believed of ``arrivals``, and the tables beside sightings.

    An arrival whose profile cannot be read, as a damaged disk makes it, is noted as a drop and holds up no other. Raises
    `DamagedProfile` where a profile does not fit the columns: the caller tries again, ``careful``, which looks at each
    profile and takes longer.
    """
    damaged = _add_profiles(cursor, arrivals, known, careful=careful)
    kinds = ["damaged" if each.what in WITH_PROFILE and each.profile in damaged else each.what for each in arrivals]
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE arrived AS
        SELECT unnest(range(len($what::VARCHAR[]))) AS row, unnest($install::UBIGINT[]) AS install,
            unnest($stock::UBIGINT[]) AS stock, unnest($profile::UBIGINT[]) AS profile,
            unnest($report::UBIGINT[]) AS report, unnest($received::BIGINT[]) AS received,
            unnest($what::VARCHAR[]) AS what""",
        {
            "what": kinds,
            **{
                name: [getattr(arrival, name) for arrival in arrivals]
                for name in ("install", "stock", "profile", "report", "received")
            },
        },
    )
    values = {"now": int(now or 0), "latest": latest(now)}
    run(cursor, "arrive")
    # What most batches have none of costs them nothing.
    if any(arrival.received > values["latest"] for arrival in arrivals):
        run(cursor, "later", values=values)
    if REPEAT in kinds:
        run(cursor, "repeats")
    if not _COUNTED.issuperset(kinds):
        run(cursor, "uncounted", values=values)
    run(cursor, "batch")


def _add_profiles(
    cursor: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival], known: Vocabulary, *, careful: bool
) -> set[int]:
    """Add the profiles that are new; return the keys of those that cannot be read."""
    erased = dict(cursor.execute("SELECT install, until FROM tombstones").fetchall())
    contents = {
        arrival.profile: arrival.content
        for arrival in arrivals
        if arrival.what in WITH_PROFILE
        and not (arrival.install in erased and arrival.received <= erased[arrival.install])
    }
    for key in _stored(cursor, contents):
        del contents[key]
    rows: dict[int, bytes] = {}
    classes = read_classes(cursor)
    reader = Rows(known, classes)
    for key, content in contents.items():
        values = _values(content, reader)
        if values is not None:
            rows[key] = orjson.dumps(dict(zip(_NAMES, (key, *values), strict=True)))
    store_classes(cursor, classes)
    _store_profiles(cursor, rows, careful=careful)
    return contents.keys() - rows.keys()


def _store_profiles(cursor: duckdb.DuckDBPyConnection, rows: dict[int, bytes], *, careful: bool) -> None:
    """Insert rows into ``profiles``; with ``careful`` remove those from ``rows`` that do not fit its columns."""
    if not rows:
        return
    # As JSON, which DuckDB reads many times faster than it takes nested lists as parameters.
    values = {"rows": [row.decode() for row in rows.values()], "columns": _STRUCTURE}
    try:
        cursor.execute(_INSERT_SOUND if careful else _INSERT, values)
    except duckdb.InvalidInputException as error:
        raise DamagedProfile from error
    for key in rows.keys() - _stored(cursor, rows) if careful else ():
        del rows[key]
        logger.error("an arrival is damaged, and left out: it has values of other types")


def _stored(cursor: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> set[int]:
    """Return those of some keys whose profile is stored."""
    rows = cursor.execute(
        "SELECT profile FROM profiles SEMI JOIN (SELECT unnest($keys::UBIGINT[]) AS profile) USING (profile)",
        {"keys": list(keys)},
    ).fetchall()
    return {key for (key,) in rows}


def _values(content: bytes, reader: Rows) -> list[Value] | None:
    """Return the values of a profile's columns; None where its bytes are damaged."""
    try:
        return reader.row(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # The message might hold what was sent; the type cannot.
        logger.error("an arrival is damaged, and left out: %s", type(error).__name__)  # noqa: TRY400
        return None
