"""What the doctor looks at in a warehouse: every block of every table, and whether the tables agree."""

from __future__ import annotations

from collections.abc import Iterator

from headcount.warehouse import _findings
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
    ((sightings,),) = snapshot.query("SELECT count(*) FROM sightings", {})
    ((strays,),) = snapshot.query(_STRAYS, {})
    ((lost,),) = snapshot.query(_LOST, {})
    yield Finding(True, f"the warehouse can be read: {sightings:,} sightings")
    agree, restore = not strays and not lost, "bring a backup back with `headcount restore`"
    yield from _findings.contents(snapshot, now, agree=agree, restore=restore)
    yield from _findings.erasure(oldest_erasure, now, "is there room for a second copy of the warehouse?")
