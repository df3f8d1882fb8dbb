"""What is held of an installation, its erasure, and the end of what is older than it may be. All within a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import duckdb

from headcount.warehouse._columns import DESCRIBED, DESCRIPTIONS
from headcount.warehouse._port import Snapshot
from headcount.warehouse.duckdb._arrivals import script

REPORT_DAYS = 90
"""For so many days the id of a report is kept, to know it when it is sent again."""


class Held(NamedTuple):
    """All that is held of an installation.

    ``sightings``: UTC day, time of the last report on it (ISO 8601), and which of ``profiles``, by number from 0;
    ``profiles``: what each says, by column; ``apart``: times of reports that are not believed, since the clock was wrong.
    """

    sightings: Sequence[Mapping[str, object]]
    profiles: Sequence[Mapping[str, object]]
    apart: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.sightings or self.apart)


def held(snapshot: Snapshot, install: int) -> Held:
    """What is held of an installation, by its pseudonym."""
    rows = snapshot.query(
        "SELECT day, last, profile FROM sightings WHERE install = $install ORDER BY last, profile", {"install": install}
    )
    later = snapshot.query(
        "SELECT last, profile FROM later WHERE install = $install ORDER BY last", {"install": install}
    )
    keys = list(dict.fromkeys(int(str(key)) for *_, key in [*rows, *later]))
    profiles = []
    for key in keys:
        found = snapshot.query(f"{DESCRIPTIONS} WHERE profile = $key", {"key": key})
        profiles += [dict(zip(DESCRIBED[1:], values[1:], strict=True)) for values in found]
    return Held(
        [{"day": str(day), "last": _stamp(last), "profile": keys.index(int(str(key)))} for day, last, key in rows],
        profiles,
        [_stamp(last) for last, _ in later],
    )


def erase(cursor: duckdb.DuckDBPyConnection, installs: Sequence[int], until: int) -> None:
    """Take installations out of all tables, and let nothing in again that was received up to ``until``, Unix time."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest($installs::UBIGINT[]) AS install, $until::BIGINT AS until",
        {"installs": list(installs), "until": until},
    )
    for name in ("erase", "again", "kin", "unused"):
        cursor.execute(script(name))


def expire(cursor: duckdb.DuckDBPyConnection, before: date) -> None:
    """Take away what is older than ``before``; see `headcount.warehouse.DuckWarehouse.expire`."""
    for statement in cursor.extract_statements(script("expire")):
        cursor.execute(statement, {name: before.isoformat() for name in statement.named_parameters})
    for name in ("again", "kin", "unused"):
        cursor.execute(script(name))


def expire_ids(cursor: duckdb.DuckDBPyConnection, now: float) -> None:
    """Take away the ids of reports that are older than `REPORT_DAYS`."""
    cursor.execute("DELETE FROM reports WHERE day < ?", [_oldest_id(now)])


def ids_are_due(snapshot: Snapshot, now: float) -> bool:
    """Whether there are such ids."""
    ((oldest,),) = snapshot.query("SELECT min(day) FROM reports", {})
    return oldest is not None and str(oldest) < _oldest_id(now).isoformat()


def _oldest_id(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date() - timedelta(days=REPORT_DAYS)


def _stamp(last: object) -> str:
    return datetime.fromtimestamp(int(str(last)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
