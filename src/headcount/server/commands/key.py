"""Upkeep of a data directory, by commands: the doctor, and a new key.

Each goes through the server that runs on the directory, or works on it by itself where none runs.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.ingest import replace_key
from headcount.server.commands.connection import through_server
from headcount.server.commands.doctor import Finding, examine
from headcount.server.data.directory import BadData, DataDirectory, open_data
from headcount.server.data.opened import Keeping, at_hand


def upkeep_routes(kept: Keeping, now: Callable[[], float]) -> list[Route]:
    """What the server does for `doctor`, on its own socket."""
    return [Route("/doctor", partial(_doctor_route, kept, now), methods=["POST"])]


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
    reply = through_server(data, "/doctor", {"rebuild": rebuild})
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


async def _doctor_route(kept: Keeping, now: Callable[[], float], request: Request) -> Response:
    given = await request.json()

    def look() -> list[Finding]:
        if given["rebuild"]:
            kept.warehouse.rebuild()
        return examine(kept.data, kept.warehouse, now())

    return JSONResponse({"findings": await run_in_threadpool(look)})
