"""What the doctor looks at in ClickHouse: each server, its tables and parts, and whether the tables agree."""

from __future__ import annotations

from collections.abc import Iterator

from headcount.warehouse import _findings
from headcount.warehouse._errors import WarehouseUnavailable
from headcount.warehouse._port import Finding
from headcount.warehouse.clickhouse._address import Address
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, snapshot
from headcount.warehouse.clickhouse._tables import lacking
from headcount.warehouse.derivation import alive_until, day_of

_MANY_PARTS = 200  # of a month of a table; from 300 on ClickHouse slows down what is inserted
_LATE = 600  # seconds by which a replica may be behind

_PARTS = (
    "SELECT table, partition, count() AS parts FROM system.parts WHERE database = $database AND active = 1 "
    "GROUP BY table, partition HAVING parts > $many ORDER BY parts DESC LIMIT 1"
)
_MUTATIONS = (
    "SELECT table, count() FROM system.mutations WHERE database = $database AND is_done = 0 AND {old} GROUP BY table"
)
_OLD = "toUInt32(create_time) + 3600 < toUInt32(now())"
_REPLICAS = "SELECT table, is_readonly, absolute_delay FROM system.replicas WHERE database = $database"
_STRAYS = "SELECT count() FROM (SELECT DISTINCT install FROM {one}) WHERE install NOT IN (SELECT install FROM {other})"
_ENDS = (
    "SELECT install, argMax(profile, day), argMax(upto, day) FROM spells WHERE modulo(install, $parts) = $part "
    "GROUP BY install"
)
_LATEST = "SELECT install, profile, last FROM latest WHERE modulo(install, $parts) = $part"
_TOGETHER = 100_000  # installations that are compared at a time


def examine(servers: Servers, now: float) -> Iterator[Finding]:
    """Yield what there is to say when it is ``now``, Unix time. Raises nothing."""
    try:
        places = servers.all
    except WarehouseUnavailable as error:
        yield Finding(False, f"the warehouse cannot be read: {error}")
        return
    found = [_server_or_why(servers, address) for address in places]
    for findings, _ in found:
        yield from findings
    if any(away for _, away in found):
        if not servers.address.replicas:
            yield Finding(False, "without a server there are no answers, and reports wait in the inboxes")
            return
        yield Finding(False, "while a replica is away questions go on; loading waits where too few are left")
    try:
        with snapshot(servers) as read:
            yield from list(_contents(read, now))
    except WarehouseUnavailable as error:
        yield Finding(False, f"the warehouse cannot be read: {error}")


def _server_or_why(servers: Servers, address: Address) -> tuple[list[Finding], bool]:
    """Return what there is to say of a server, and whether it is away."""
    try:
        return list(_server(servers, address)), False
    except WarehouseUnavailable as error:
        return [Finding(False, f"{error}: start it, or see its log")], True


def _server(servers: Servers, address: Address) -> Iterator[Finding]:
    place, database = f"{address.host}:{address.port}", {"database": address.database}
    if missing := lacking(servers, address):
        what = f"{', '.join(missing[:5])}{' and others' if len(missing) > 5 else ''}"
        yield Finding(False, f"{place} lacks {what}: start Headcount, which makes what is new, or bring a backup back")
    with servers.connection(address) as connection:
        ((version,),) = connection.query("SELECT version()", {})
        yield Finding(True, f"ClickHouse {version} answers at {place}")
        for table, month, count in connection.query(_PARTS, {**database, "many": _MANY_PARTS}):
            yield Finding(
                False,
                f"{place} has {count} parts of {table} for {month}, with which merges do not keep up: load less often",
            )
        for table, count in connection.query(_MUTATIONS.format(old=_OLD), database):
            yield Finding(
                False, f"{place} has not done {count} mutations of {table} after an hour: see system.mutations there"
            )
        for table, readonly, delay in connection.query(_REPLICAS, database):
            if readonly:
                yield Finding(False, f"{place} holds {table} read-only: does it reach ZooKeeper?")
            elif delay > _LATE:
                yield Finding(False, f"{place} is {delay} s behind the other replicas of {table}")


def _contents(read: ClickHouseSnapshot, now: float) -> Iterator[Finding]:
    ((sightings,),) = read.query("SELECT count() FROM sightings", {})
    yield Finding(True, f"the warehouse can be read: {sightings:,} sightings, version {read.state.version}")
    strays = sum(
        read.query(_STRAYS.format(one=one, other=other), {})[0][0]
        for one, other in (("counted", "births"), ("births", "counted"))
    )
    agree = not strays and not _lost(read)
    yield from _findings.contents(read, now, agree=agree, restore="bring a backup back")
    rows = read.query("SELECT asked FROM receipts WHERE disk = 0 ORDER BY asked LIMIT 1", {})
    oldest = rows[0][0] if rows else None
    yield from _findings.erasure(oldest, now, "are there mutations that do not end?")


def _lost(read: ClickHouseSnapshot) -> bool:
    """Return whether the last spell of an installation is not that of its last report."""
    ((installations,),) = read.query("SELECT count() FROM latest", {})
    parts = 1 + installations // _TOGETHER
    return any(_differ(read, parts, part) for part in range(parts))


def _differ(read: ClickHouseSnapshot, parts: int, part: int) -> bool:
    some = {"parts": parts, "part": part}
    ends, latest = read.query(_ENDS, some), read.query(_LATEST, some)
    return {install: rest for install, *rest in ends} != {
        install: [profile, alive_until(day_of(moment))] for install, profile, moment in latest
    }
