"""Upkeep of a data directory, by commands: backup, restore, doctor, a new key.

Each goes through the server that runs on the directory, or works on it by itself where none runs.
"""

from __future__ import annotations

import fcntl
import http.client
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import duckdb
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.ingest import Pseudonymizer, load_key, replace_key, sync_directory
from headcount.server._data import BadData, DataDirectory, open_data
from headcount.server._doctor import Finding, examine
from headcount.server._keeping import Keeping, at_hand
from headcount.server._reach import LONG, Reply, exchange, running_server
from headcount.warehouse import WarehouseClosed


def upkeep_routes(kept: Keeping, now: Callable[[], float]) -> list[Route]:
    """What the server does for these commands, on its own socket."""
    return [
        Route("/backup", partial(_backup_route, kept), methods=["POST"]),
        Route("/doctor", partial(_doctor_route, kept, now), methods=["POST"]),
    ]


def backup(path: Path, target: Path) -> None:
    """Write a backup of the warehouse, with all that was acknowledged; not of the key. Raises `BadData` or `NoAnswer`."""
    data, target = open_data(path, create=False), target.absolute()
    reply = _through_server(data, "/backup", {"file": str(target)})
    if reply is None:
        with at_hand(data) as kept:
            _backup(kept, target)
    elif reply.status != http.client.OK:
        raise BadData(reply.body["problem"])


def restore(path: Path, source: Path) -> None:
    """Put a backup in the place of the warehouse. What waits in inboxes, and who was erased since, stay so.

    Raises `BadData`, also where the key that the backup was made with is not there.
    """
    data = open_data(path, create=True)
    try:
        pseudonymizer = Pseudonymizer(load_key(data.key, create=False))
    except (ValueError, OSError):
        raise BadData(
            f"the pseudonym key is not there: put the key that {source} was made with at {data.key}, "
            "since a backup does not hold it."
        ) from None
    fresh = data.warehouse.with_name(data.warehouse.name + ".restored")
    try:
        shutil.copyfile(source, fresh)
        _check_backup(data, fresh, source, pseudonymizer)
        with data.claimed():
            for name in (data.warehouse.with_name(data.warehouse.name + ".wal"), data.warehouse):
                name.unlink(missing_ok=True)
            fresh.replace(data.warehouse)
            sync_directory(data.path)
    except OSError as error:
        raise BadData(f"{error.filename or source} cannot be restored: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    with at_hand(data):
        pass


def rotate_key(path: Path) -> int:
    """Make a new pseudonym key, so that every installation is a new one; how many there were. Raises `BadData`."""
    data = open_data(path, create=False)
    _refuse_while_others_take_in(data)
    with at_hand(data) as kept:
        with kept.warehouse.snapshot() as snapshot:
            ((before,),) = snapshot.query("SELECT count(*) FROM births", {})
        # With the fact gone the next one who opens the warehouse writes down the key that is there then.
        with kept.warehouse.changing() as cursor:
            cursor.execute("DELETE FROM facts WHERE name = 'key'")
        replace_key(data.key)
    with at_hand(data):
        pass
    return int(str(before))


def doctor(path: Path, *, rebuild: bool, now: Callable[[], float] = time.time) -> list[Finding]:
    """Look at a data directory; with ``rebuild`` make the derived tables again first. Raises `BadData` or `NoAnswer`."""
    data = open_data(path, create=False)
    reply = _through_server(data, "/doctor", {"rebuild": rebuild})
    if reply is not None:
        return [Finding(*each) for each in reply.body["findings"]]
    if rebuild:
        with at_hand(data, now) as kept:
            kept.warehouse.rebuild()
    return examine(data, None, now())


def _refuse_while_others_take_in(data: DataDirectory) -> None:
    """Other processes that take reports in have the old key in memory."""
    for path in data.inboxes.glob("*.lock"):
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadData(f"an ingest process works on {data.path} ({path.stem}): stop it first.") from None


def _check_backup(data: DataDirectory, fresh: Path, source: Path, pseudonymizer: Pseudonymizer) -> None:
    try:
        with duckdb.connect(str(fresh), read_only=True) as db:
            tables = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            ours = {"migrations", "facts", "sightings"} <= tables
            key = db.execute("SELECT value FROM facts WHERE name = 'key'").fetchone() if ours else None
    except duckdb.Error as error:
        raise BadData(f"{source} cannot be read as a backup: {str(error).partition(chr(10))[0]}.") from error
    if not ours:
        raise BadData(f"{source} is no backup of Headcount's.")
    if key is not None and key[0] != pseudonymizer.fingerprint:
        raise BadData(
            f"{source} was made with another pseudonym key: put that one at {data.key} first, or every installation is new."
        )


def _backup(kept: Keeping, target: Path) -> None:
    try:
        kept.loader.load()
        kept.warehouse.backup(target)
        target.chmod(0o600)
    except (OSError, duckdb.Error, sqlite3.Error, WarehouseClosed) as error:
        raise BadData(f"{target} cannot be written: {str(error).partition(chr(10))[0]}.") from error


async def _backup_route(kept: Keeping, request: Request) -> Response:
    given = await request.json()
    try:
        await run_in_threadpool(_backup, kept, Path(given["file"]))
    except BadData as error:
        return JSONResponse({"problem": str(error)}, 409)
    return JSONResponse({})


async def _doctor_route(kept: Keeping, now: Callable[[], float], request: Request) -> Response:
    given = await request.json()

    def look() -> list[Finding]:
        if given["rebuild"]:
            kept.warehouse.rebuild()
        return examine(kept.data, kept.warehouse, now())

    return JSONResponse({"findings": await run_in_threadpool(look)})


def _through_server(data: DataDirectory, path: str, body: Mapping[str, object]) -> Reply | None:
    """What the server that runs on a data directory answers; None where none runs. Raises `NoAnswer`."""
    with running_server(data) as connection:
        if connection is None:
            return None
        reply = exchange(connection, "POST", path, body, patience=LONG)
        if reply.status >= http.client.INTERNAL_SERVER_ERROR:
            raise reply.refused()
        return reply
