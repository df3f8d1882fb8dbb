"""From a batch of arrivals to new sightings, within a transaction of DuckDB: what was sent again, what is not believed, and
what counts in `coverage` only is told apart here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from importlib.resources import files

import duckdb
import orjson

from headcount.contract import WITH_PROFILE, Arrival, Vocabulary
from headcount.warehouse._classes import Classes
from headcount.warehouse._columns import COLUMNS, Rows, Value

logger = logging.getLogger(__name__)

_SQL = files("headcount.warehouse.duckdb").joinpath("sql")
_AHEAD = 600  # seconds that a sighting may be later than the clock: two clocks of one collector are never quite alike
_NEVER = 1 << 40  # Unix time; later than any clock
_NAMES = ("profile", *(column.name for column in COLUMNS))
_STRUCTURE = json.dumps({"profile": "UBIGINT", **{column.name: column.duckdb for column in COLUMNS}})
DAMAGED = duckdb.InvalidInputException
"""What `arrive` raises where a profile does not fit the columns."""
_INSERT = (
    "INSERT INTO profiles SELECT read.* FROM (SELECT from_json_strict(unnest($rows::VARCHAR[]), $columns) AS read)"
)
_INSERT_SOUND = """INSERT INTO profiles SELECT read.*
FROM (SELECT TRY(from_json_strict(text, $columns)) AS read FROM (SELECT unnest($rows::VARCHAR[]) AS text))
WHERE read IS NOT NULL"""


def script(name: str) -> str:
    """The statements of ``sql/NAME.sql``."""
    return _SQL.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def latest(now: float | None) -> int:
    """The last second that is believed when it is ``now``, Unix time; without a clock all are."""
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

    An arrival whose profile cannot be read, as a damaged disk makes it, is noted as a drop and holds up nobody else. Raises
    `DAMAGED` where one does not fit the columns, and is to be called again, ``careful``: to look at each takes longer.
    """
    damaged = _add_profiles(cursor, arrivals, known, careful=careful)
    whats = ["damaged" if one.what in WITH_PROFILE and one.profile in damaged else one.what for one in arrivals]
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE arrived AS
        SELECT unnest(range(len($what::VARCHAR[]))) AS row, unnest($install::UBIGINT[]) AS install,
            unnest($stock::UBIGINT[]) AS stock, unnest($profile::UBIGINT[]) AS profile,
            unnest($report::UBIGINT[]) AS report, unnest($received::BIGINT[]) AS received,
            unnest($what::VARCHAR[]) AS what""",
        {
            "what": whats,
            **{
                name: [getattr(one, name) for one in arrivals]
                for name in ("install", "stock", "profile", "report", "received")
            },
        },
    )
    for statement in cursor.extract_statements(script("arrive")):
        values = {"now": int(now or 0), "latest": latest(now)}
        cursor.execute(statement, {name: values[name] for name in statement.named_parameters})


def _add_profiles(
    cursor: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival], known: Vocabulary, *, careful: bool
) -> set[int]:
    """Add the profiles that are new; return those that cannot be read."""
    erased = dict(cursor.execute("SELECT install, until FROM tombstones").fetchall())
    contents = {
        one.profile: one.content
        for one in arrivals
        if one.what in WITH_PROFILE and not (one.install in erased and one.received <= erased[one.install])
    }
    for key in _held(cursor, contents):
        del contents[key]
    rows: dict[int, bytes] = {}
    classes = Classes(cursor.execute("SELECT class, name, kind FROM classes").fetchall())
    classes.follow(known)
    made = Rows(known, classes)
    for key, content in contents.items():
        values = _readable(content, made)
        if values is not None:
            rows[key] = orjson.dumps(dict(zip(_NAMES, (key, *values), strict=True)))
    _number(cursor, classes)
    _insert(cursor, rows, careful=careful)
    return contents.keys() - rows.keys()


def _insert(cursor: duckdb.DuckDBPyConnection, rows: dict[int, bytes], *, careful: bool) -> None:
    """Insert rows into ``profiles``; with ``careful`` take those out of ``rows`` that do not fit its columns."""
    if not rows:
        return
    # As JSON, which DuckDB reads many times faster than it takes nested lists as parameters.
    cursor.execute(
        _INSERT_SOUND if careful else _INSERT,
        {"rows": [row.decode() for row in rows.values()], "columns": _STRUCTURE},
    )
    for key in rows.keys() - _held(cursor, rows) if careful else ():
        del rows[key]
        logger.error("an arrival is damaged, and left out: it has values of other types")


def _held(cursor: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> set[int]:
    """Those of some profiles that are held."""
    found = cursor.execute(
        "SELECT profile FROM profiles SEMI JOIN (SELECT unnest($keys::UBIGINT[]) AS profile) USING (profile)",
        {"keys": list(keys)},
    ).fetchall()
    return {key for (key,) in found}


def _number(cursor: duckdb.DuckDBPyConnection, classes: Classes) -> None:
    """Keep what is new among the numbers of classes."""
    if classes.changed:
        numbers, names, kinds = zip(*classes.changed.values(), strict=True)
        cursor.execute("DELETE FROM classes WHERE class IN (SELECT unnest($numbers))", {"numbers": list(numbers)})
        cursor.execute(
            "INSERT INTO classes SELECT unnest($numbers), unnest($names), unnest($kinds)",
            {"numbers": list(numbers), "names": list(names), "kinds": list(kinds)},
        )


def _readable(content: bytes, rows: Rows) -> list[Value] | None:
    try:
        return rows.row(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # The message might hold what was sent; the type cannot.
        logger.error("an arrival is damaged, and left out: %s", type(error).__name__)  # noqa: TRY400
        return None
