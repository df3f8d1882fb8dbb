"""The doctor: looks at each part of a data directory, and says of each whether it is well, and if not what to do."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple

import duckdb

from headcount.ingest import Inbox, Pseudonymizer, load_key
from headcount.server.data.directory import DataDirectory
from headcount.warehouse import DuckWarehouse, WarehouseClosed, WarehouseInUse

_LITTLE = 256 * 1024 * 1024  # bytes free on the disk; with less the doctor worries
_TABLES = (
    "profiles",
    "sightings",
    "month",
    "latest",
    "first",
    "births",
    "moved",
    "daily",
    "anonymous",
    "drops",
    "later",
)


class Finding(NamedTuple):
    """Of one part: whether it is well, and what was found."""

    well: bool
    what: str


def examine(data: DataDirectory, warehouse: DuckWarehouse | None, now: float) -> list[Finding]:
    """Look at all parts; ``warehouse`` is that of a running server, or None where none runs."""
    findings = [*_disk(data), _key(data), *_inboxes(data)]
    if warehouse is not None:
        return [*findings, *_warehouse(warehouse, now)]
    if not data.warehouse.exists():
        return [*findings, Finding(True, "there is no warehouse yet")]
    try:
        with closing(DuckWarehouse(data.warehouse, _fingerprint(data))) as opened:
            return [*findings, *_warehouse(opened, now)]
    except (WarehouseInUse, ValueError) as error:
        return [*findings, Finding(False, f"{error}")]


def _disk(data: DataDirectory) -> Iterator[Finding]:
    free = shutil.disk_usage(data.path).free
    if free < _LITTLE:
        yield Finding(
            False, f"the disk is nearly full: {free // 2**20} MiB are free; reports are refused when it is full"
        )
    else:
        yield Finding(True, f"{free // 2**20:,} MiB are free on the disk")
    try:
        with tempfile.TemporaryFile(dir=data.path) as file:
            file.write(b"x")
    except OSError as error:
        yield Finding(False, f"{data.path} cannot be written: {error.strerror}")


def _key(data: DataDirectory) -> Finding:
    try:
        load_key(data.key, create=False)
        mode = stat.S_IMODE(data.key.stat().st_mode)
    except (ValueError, OSError) as error:
        return Finding(False, str(error))
    if mode & 0o077:
        return Finding(False, f"others can read the pseudonym key: chmod 600 {data.key}")
    return Finding(True, "the pseudonym key is there, and private")


def _fingerprint(data: DataDirectory) -> str | None:
    try:
        return Pseudonymizer(load_key(data.key, create=False)).fingerprint
    except (ValueError, OSError):
        return None


def _inboxes(data: DataDirectory) -> Iterator[Finding]:
    for path in sorted(data.inboxes.glob("*.sqlite")):
        try:
            with closing(Inbox(path)) as inbox:
                wrong = inbox.check()
                waiting = len(inbox.waiting(0, 1_000_000).arrivals)
        except (ValueError, sqlite3.Error) as error:
            yield Finding(
                False, f"the inbox {path.name} is damaged ({error}): its process sets it aside, and keeps what is good"
            )
            continue
        if wrong:
            yield Finding(False, f"the inbox {path.name} is damaged: {wrong[0]}")
        else:
            yield Finding(True, f"the inbox {path.name} is whole; {waiting:,} reports wait in it")
    for path in sorted(data.inboxes.glob("*.damaged-*Z")):
        yield Finding(
            False, f"{path.name} was set aside; what was good in it was kept: delete it once you have looked at it"
        )


def _warehouse(warehouse: DuckWarehouse, now: float) -> Iterator[Finding]:
    if warehouse.problem is not None:
        yield Finding(
            False, f"{warehouse.problem}: bring a backup back with `headcount restore`, or put a good file in its place"
        )
        return
    try:
        with warehouse.snapshot() as snapshot:
            for table in _TABLES:  # every block is read, and DuckDB checks its sum
                snapshot.query(f"SELECT bit_xor(hash({table})) FROM {table}", {})  # noqa: S608  # our own names
            ((sightings, last),) = snapshot.query("SELECT count(*), (SELECT max(last) FROM latest) FROM sightings", {})
            ((strays,),) = snapshot.query(
                "SELECT count(*) FROM (SELECT DISTINCT install FROM sightings) AS s FULL JOIN births USING (install) "
                "WHERE s.install IS NULL OR births.install IS NULL",
                {},
            )
            ((lost,),) = snapshot.query("SELECT count(*) FROM sightings ANTI JOIN profiles USING (profile)", {})
            ((apart,),) = snapshot.query("SELECT count(*) FROM later", {})
    except (duckdb.Error, WarehouseClosed) as error:
        first = str(error).partition("\n")[0]
        yield Finding(False, f"the warehouse cannot be read: {first}; bring a backup back with `headcount restore`")
        return
    yield Finding(True, f"the warehouse can be read: {int(str(sightings)):,} sightings")
    if int(str(strays)):
        yield Finding(False, "the derived tables do not agree with the sightings: run `headcount doctor --rebuild`")
    if int(str(lost)):
        yield Finding(False, f"{lost} sightings have no profile: bring a backup back with `headcount restore`")
    if int(str(apart)):
        yield Finding(
            True, f"{apart} sightings are not believed, since they were later than the clock when they were read"
        )
    if last is not None and int(str(last)) > now + 600:
        newest = datetime.fromtimestamp(int(str(last)), UTC).date()
        yield Finding(False, f"the newest report is of {newest}, which is later than the clock: is the clock right?")
    asked = warehouse.oldest_erasure()
    if asked is not None and now - asked > 86_400:
        yield Finding(
            False, "an erasure is not off the disk after a day: is there room for a second copy of the warehouse?"
        )
