"""What `export` writes and `import` reads again: Parquet files and a note of what they are.

An export holds pseudonyms, which mean something under one key only: the note holds a fingerprint of that key, and where it
is another one the export is refused, since every installation in it would be a new one.
"""

from __future__ import annotations

import hmac
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.contract import Arrival
from headcount.ingest import Pseudonymizer
from headcount.server.data.directory import BadData, DataDirectory
from headcount.server.data.opened import Keeping
from headcount.warehouse import FILES, DuckWarehouse, read_export

_NOTE = "export.json"
PARTS = (*FILES, _NOTE)
"""The files of an export."""

_VERSION = 1


def write_export(
    warehouse: DuckWarehouse, data: DataDirectory, pseudonymizer: Pseudonymizer
) -> tuple[Path, dict[str, int]]:
    """Write an export into a fresh directory within the data directory, from where who asked for it takes it."""
    directory = Path(tempfile.mkdtemp(prefix="export-", dir=data.path))
    counts = warehouse.export(directory)
    note = {"headcount-export": _VERSION, "key": pseudonymizer.fingerprint, **counts}
    (directory / _NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="ascii")
    return directory, counts


def portable_routes(kept: Keeping) -> list[Route]:
    """What the server does for `export`, on its own socket."""

    def made() -> dict[str, object]:
        directory, counts = write_export(kept.warehouse, kept.data, kept.pseudonymizer)
        return {"directory": str(directory), "counts": counts}

    async def export(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(made))

    return [Route("/export", export, methods=["POST"])]


def read_portable(directory: Path, pseudonymizer: Pseudonymizer) -> Iterator[tuple[float, list[Arrival]]]:
    """The arrivals of an export, some at a time, each with the share that is done. Raises `BadData`."""
    try:
        note: Any = json.loads((directory / _NOTE).read_text(encoding="ascii"))
        version, fingerprint, total = note["headcount-export"], note["key"], note["sightings"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadData(
            f"{directory} holds no export: give what `headcount export` wrote, or files of reports."
        ) from None
    if version > _VERSION:
        raise BadData(f"{directory} was written by a newer Headcount (export version {version}): install that one.")
    if not hmac.compare_digest(str(fingerprint), pseudonymizer.fingerprint):
        raise BadData(
            f"{directory} was exported under another pseudonym key, so every installation in it would be a new one: "
            "import it where that key is."
        )
    keys: dict[bytes, int] = {}
    done = 0
    try:
        for group in read_export(directory):
            for one in group:
                if one.content not in keys:
                    keys[one.content] = pseudonymizer.profile(one.content)
            done += len(group)
            yield (
                done / max(1, total),
                [Arrival(one.received, one.install, keys[one.content], one.content, stock=one.stock) for one in group],
            )
    except ValueError as error:
        raise BadData(f"{error}.") from error
