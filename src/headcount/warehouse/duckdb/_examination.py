"""What the doctor looks at in a warehouse: every block of every table, and whether the tables agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from headcount.contract import DAMAGED
from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse._port import Finding, Snapshot, Warehouse

_READ = (
    "profiles",
    "sightings",
    "month",
    "latest",
    "first",
    "births",
    "spells",
    "pairs",
    "pair_sightings",
    "daily",
    "anonymous",
    "drops",
    "later",
)
_STRAYS = (
    "SELECT count(*) FROM (SELECT DISTINCT install FROM counted) AS s FULL JOIN births USING (install) "
    "WHERE s.install IS NULL OR births.install IS NULL"
)
_LOST = (
    "SELECT count(*) FROM (SELECT install, profile, aliveUntil(dayOf(last)) AS upto FROM latest) AS l "
    "FULL JOIN (SELECT install, arg_max(profile, day) AS profile, max(upto) AS upto FROM spells GROUP BY install) AS s "
    "USING (install, profile, upto) WHERE l.install IS NULL OR s.install IS NULL"
)
_LATE = 600  # seconds by which the newest report may be later than the clock
_DAY = 86_400  # seconds within which an erasure is taken off the disk
_RECENT = timedelta(days=7)  # damage that is older is known, and wrong no longer


def examine(warehouse: Warehouse, now: float) -> Iterator[Finding]:
    """Yield what there is to say of a warehouse when it is ``now``, Unix time."""
    try:
        oldest = warehouse.oldest_erasure()
        with warehouse.snapshot() as snapshot:
            yield from list(_examine(snapshot, oldest, now))
    except WarehouseUnavailable as error:
        remedy = "bring a backup back with `headcount restore`, or put a good file in its place"
        yield Finding(False, f"the warehouse cannot be read: {error}: {remedy}")


def _examine(snapshot: Snapshot, oldest_erasure: int | None, now: float) -> Iterator[Finding]:
    """Yield what there is to say when it is ``now``, Unix time. Raises what the snapshot raises where it cannot be read.

    ``oldest_erasure``: when the oldest erasure was asked for that is still on the disk, Unix time.
    """
    for table in _READ:  # every block is read, and DuckDB checks its sum
        snapshot.query(f"SELECT bit_xor(hash({table})) FROM {table}", {})  # noqa: S608  # our own names
    ((sightings, last),) = snapshot.query("SELECT count(*), (SELECT max(last) FROM latest) FROM sightings", {})
    ((strays,),) = snapshot.query(_STRAYS, {})
    ((lost,),) = snapshot.query(_LOST, {})
    ((orphans,),) = snapshot.query("SELECT count(*) FROM sightings ANTI JOIN profiles USING (profile)", {})
    ((apart,),) = snapshot.query("SELECT count(*) FROM later", {})
    yield Finding(True, f"the warehouse can be read: {sightings:,} sightings")
    if strays or lost:
        yield Finding(False, "the derived tables do not agree with the sightings: run `headcount doctor --rebuild`")
    if orphans:
        yield Finding(False, f"{orphans} sightings have no profile: bring a backup back with `headcount restore`")
    if apart:
        yield Finding(
            True, f"{apart} sightings are not believed, since they were later than the clock when they were read"
        )
    yield from _damaged(snapshot, now)
    if last is not None and last > now + _LATE:
        newest = datetime.fromtimestamp(last, UTC).date()
        yield Finding(False, f"the newest report is of {newest}, which is later than the clock: is the clock right?")
    if oldest_erasure is not None and now - oldest_erasure > _DAY:
        yield Finding(
            False, "an erasure is not off the disk after a day: is there room for a second copy of the warehouse?"
        )


def _damaged(snapshot: Snapshot, now: float) -> Iterator[Finding]:
    ((count, since, last),) = snapshot.query(
        "SELECT count(*), min(day), max(day) FROM drops WHERE kind = $kind", {"kind": DAMAGED}
    )
    if count:
        yield Finding(
            datetime.fromtimestamp(now, UTC).date() - last > _RECENT,
            f"arrivals that could not be loaded and were left out: {count:,} since {since}, the last on {last}; the log "
            "says why: is the disk sound?",
        )
