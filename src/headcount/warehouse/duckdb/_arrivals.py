"""From a batch of arrivals to new sightings, within a transaction.

Reports that were sent again, reports that are not believed, and what only `coverage` counts are told apart here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

import duckdb
import orjson

from headcount.contract import ANONYMOUS, LATEST, REPEAT, WITH_PROFILE, Arrival, Vocabulary
from headcount.warehouse._columns import COLUMNS, Rows
from headcount.warehouse._damage import note_of_damage
from headcount.warehouse._errors import Unloadable
from headcount.warehouse.duckdb._class_table import read_classes, store_classes
from headcount.warehouse.duckdb._scripts import derive_again, run

_AHEAD = 600  # seconds that a sighting may be later than the clock: two clocks of one collector are never quite alike
_COUNTED = WITH_PROFILE - {ANONYMOUS}  # the kinds of arrivals that become sightings
_NEVER = 1 << 40  # Unix time; later than any clock
_KEYS = 1 << 63  # pseudonyms are less
_IMPOSSIBLE = "a number that cannot be"
_OTHER_TYPES = "values of other types"
# What Python and the engine raise for what is in a batch, and never for a disk that is full or memory that is short.
_OF_PYTHON = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_OF_CONTENT = (
    duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException, duckdb.InvalidTypeException, *_OF_PYTHON
)  # fmt: skip
_NAMES = ("profile", *(column.name for column in COLUMNS))
_STRUCTURE = json.dumps({"profile": "UBIGINT", **{column.name: column.duckdb for column in COLUMNS}})
_INSERT = (
    "INSERT INTO profiles SELECT read.* FROM (SELECT from_json_strict(unnest($rows::VARCHAR[]), $columns) AS read)"
)
_INSERT_SOUND = """INSERT INTO profiles SELECT read.*
FROM (SELECT TRY(from_json_strict(text, $columns)) AS read FROM (SELECT unnest($rows::VARCHAR[]) AS text))
WHERE read IS NOT NULL"""

_ARRIVED = """CREATE OR REPLACE TEMP TABLE arrived AS
SELECT unnest(range(len($what::VARCHAR[]))) AS row, unnest($install::UBIGINT[]) AS install,
    unnest($stock::UBIGINT[]) AS stock, unnest($profile::UBIGINT[]) AS profile,
    unnest($report::UBIGINT[]) AS report, unnest($received::BIGINT[]) AS received,
    unnest($what::VARCHAR[]) AS what, unnest($crowded::BOOLEAN[]) AS crowded"""


@contextmanager
def _blaming_arrivals() -> Iterator[None]:
    """Raise `Unloadable` in place of whatever is raised for what arrivals hold.

    Only what first brings values of arrivals into the engine is in it. What fails behind that is the warehouse's: no arrival
    is dropped for it.
    """
    try:
        yield
    except _OF_CONTENT as error:
        # The message might hold what was sent; the type cannot.
        raise Unloadable(type(error).__name__) from error


class Arrived(NamedTuple):
    """What became of a batch: of each damaged arrival in words why, and whether sightings that were held are gone."""

    damaged: list[str]
    withdraws: bool


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
) -> Arrived:
    """Fill the temporary table ``batch`` with what is new and believed of ``arrivals``, and the tables beside sightings.

    An arrival whose profile cannot be read, as a damaged disk makes it, is noted as a drop and holds up no other. Raises
    `Unloadable` where something else cannot be loaded: the caller tries again, ``careful``, which looks at each arrival and
    takes longer.
    """
    damaged: list[str] = []
    if careful:
        damaged = [_IMPOSSIBLE for arrival in arrivals if not _is_possible(arrival)]
        arrivals = [each if _is_possible(each) else note_of_damage(each, now) for each in arrivals]
    elif not all(0 <= arrival.received <= LATEST for arrival in arrivals):
        raise Unloadable(_IMPOSSIBLE)
    unreadable = _add_profiles(cursor, arrivals, known, careful=careful)
    if unreadable:
        reasons = [unreadable.get(each.profile) if each.what in WITH_PROFILE else None for each in arrivals]
        damaged += [why for why in reasons if why is not None]
        arrivals = [note_of_damage(each, now) if why else each for each, why in zip(arrivals, reasons, strict=True)]
    kinds = [each.what for each in arrivals]
    columns = {
        name: [getattr(arrival, name) for arrival in arrivals]
        for name in ("install", "stock", "profile", "report", "received", "crowded")
    }
    with _blaming_arrivals():
        cursor.execute(_ARRIVED, {"what": kinds, **columns})
    values = {"now": int(now or 0), "latest": latest(now)}
    run(cursor, "arrive")
    # What most batches have none of costs them nothing.
    if any(arrival.received > values["latest"] for arrival in arrivals):
        run(cursor, "later", values=values)
    if REPEAT in kinds:
        run(cursor, "repeats")
    withdraws = _holds_any(cursor, "repeats") and _withdraw_repeats(cursor)
    if not _COUNTED.issuperset(kinds):
        run(cursor, "uncounted", values=values)
    if any(arrival.stock for arrival in arrivals):
        run(cursor, "claims")
    if any(arrival.crowded for arrival in arrivals) or _holds_any(cursor, "crowded"):
        run(cursor, "crowded")
    run(cursor, "batch")
    return Arrived(damaged, withdraws)


def _withdraw_repeats(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Take away the sightings of what was sent again and came before its report; return whether there were any."""
    run(cursor, "answered")
    withdraws = _holds_any(cursor, "again")
    if withdraws:
        derive_again(cursor)
    return withdraws


def _holds_any(cursor: duckdb.DuckDBPyConnection, table: Literal["again", "crowded", "repeats"]) -> bool:
    return cursor.execute(f"FROM {table} LIMIT 1").fetchone() is not None


def _is_possible(arrival: Arrival) -> bool:
    numbers = (arrival.install, arrival.stock, arrival.profile, arrival.report)
    return 0 <= arrival.received <= LATEST and all(0 <= number < _KEYS for number in numbers)


def _add_profiles(
    cursor: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival], known: Vocabulary, *, careful: bool
) -> dict[int, str]:
    """Add the profiles that are new; return the keys of those that cannot be read, and of each in words why."""
    erased = dict(cursor.execute("SELECT install, until FROM tombstones").fetchall())
    pairs = [
        (arrival.profile, arrival.content)
        for arrival in arrivals
        if arrival.what in WITH_PROFILE
        and not (arrival.install in erased and arrival.received <= erased[arrival.install])
    ]
    contents = dict(pairs)
    with _blaming_arrivals():
        stored = _stored(cursor, contents)
    for key in stored:
        del contents[key]
    rows: dict[int, bytes] = {}
    classes = read_classes(cursor)
    reader = Rows(known, classes)
    unreadable = {key: why for key, content in contents.items() if (why := _read(key, content, reader, rows))}
    if unreadable:  # another arrival may have the same profile undamaged
        for key, content in pairs:
            if key in unreadable and content != contents[key] and not _read(key, content, reader, rows):
                del unreadable[key]
    with _blaming_arrivals():
        store_classes(cursor, classes)
        misfits = _store_profiles(cursor, rows, careful=careful)
    return {**unreadable, **dict.fromkeys(misfits, _OTHER_TYPES)}


def _read(key: int, content: bytes, reader: Rows, rows: dict[int, bytes]) -> str | None:
    """Add the row of a profile to ``rows``; return None, or in words why its bytes cannot be read."""
    try:
        rows[key] = orjson.dumps(dict(zip(_NAMES, (key, *reader.row(content)), strict=True)))
    except _OF_PYTHON as error:
        return type(error).__name__  # the message might hold what was sent
    return None


def _store_profiles(cursor: duckdb.DuckDBPyConnection, rows: dict[int, bytes], *, careful: bool) -> set[int]:
    """Insert rows into ``profiles``; with ``careful`` return the keys of those that do not fit its columns."""
    if not rows:
        return set()
    # As JSON, which DuckDB reads many times faster than it takes nested lists as parameters.
    values = {"rows": [row.decode() for row in rows.values()], "columns": _STRUCTURE}
    cursor.execute(_INSERT_SOUND if careful else _INSERT, values)
    return rows.keys() - _stored(cursor, rows) if careful else set()


def _stored(cursor: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> set[int]:
    """Return those of some keys whose profile is stored."""
    rows = cursor.execute(
        "SELECT profile FROM profiles SEMI JOIN (SELECT unnest($keys::UBIGINT[]) AS profile) USING (profile)",
        {"keys": list(keys)},
    ).fetchall()
    return {key for (key,) in rows}
