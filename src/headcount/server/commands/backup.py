"""A backup: one file with the warehouse and what belongs to it, and the way back.

Each command goes through the server that runs on the directory, or works on it by itself where none runs.
"""

from __future__ import annotations

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

from headcount._disk import sync
from headcount.ingest import Pseudonymizer, load_key
from headcount.server.commands.connection import through_server
from headcount.server.data.companion_files import PutBack, beside, put_back
from headcount.server.data.directory import BadData, DataDirectory, open_data
from headcount.server.data.opened import Keeping, at_hand
from headcount.server.data.publications import Publications
from headcount.warehouse import WarehouseClosed, take_beside


def backup_routes(kept: Keeping) -> list[Route]:
    """What the server does for `backup`, on its own socket."""
    return [Route("/backup", partial(_backup_route, kept), methods=["POST"])]


def backup(path: Path, target: Path) -> None:
    """Write a backup: the warehouse with all that was acknowledged, the publications, and the hashes of tokens.

    Not the key. Raises `BadData` or `NoAnswer`.
    """
    data, target = open_data(path, create=False), target.absolute()
    reply = through_server(data, "/backup", {"file": str(target)})
    if reply is None:
        with at_hand(data) as kept:
            _backup(kept, target)
    elif reply.status != http.client.OK:
        raise BadData(reply.body["problem"])


def restore(path: Path, source: Path, now: Callable[[], float] = time.time) -> PutBack:
    """Put a backup in the place of the warehouse, and beside it what is missing there.

    What waits in inboxes, who was erased since, and what was published since stay so. A week that may have been published
    since, and is not there, is not published again.
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
        files = _open_backup(data, fresh, source, pseudonymizer)
        with data.claimed():
            done = put_back(data, files)
            for name in (data.warehouse.with_name(data.warehouse.name + ".wal"), data.warehouse):
                name.unlink(missing_ok=True)
            fresh.replace(data.warehouse)
            sync(data.path)
    except OSError as error:
        raise BadData(f"{error.filename or source} cannot be restored: {error.strerror}.") from error
    finally:
        for name in (fresh, fresh.with_name(fresh.name + ".wal")):
            name.unlink(missing_ok=True)
    with at_hand(data) as kept:
        Publications(data.publications, now).withhold(kept.warehouse)
    return done


def _open_backup(data: DataDirectory, fresh: Path, source: Path, pseudonymizer: Pseudonymizer) -> Mapping[str, bytes]:
    """Check ``fresh``, a copy of the backup ``source``, and make it a warehouse: what else was in it is returned."""
    try:
        with duckdb.connect(str(fresh)) as db:
            tables = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            if not {"migrations", "facts", "sightings"} <= tables:
                raise BadData(f"{source} is no backup of Headcount's.")
            key = db.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
            if key is not None and key[0] != pseudonymizer.fingerprint:
                raise BadData(
                    f"{source} was made with another pseudonym key: put that one at {data.key} first, or every installation "
                    "is new."
                )
            return take_beside(db)
    except duckdb.Error as error:
        raise BadData(f"{source} cannot be read as a backup: {str(error).partition(chr(10))[0]}.") from error


def _backup(kept: Keeping, target: Path) -> None:
    try:
        kept.loader.load()
        kept.warehouse.backup(target, beside(kept.data))
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
