"""Bytes on the disk for each report, after the history of a whole fleet, beside one ``jsonb`` row for each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from bench import afternoon
from bench._fleet import bodies
from bench._history import Slice, in_order, slices
from bench._peers import postgresql
from bench._room import room
from headcount.warehouse import REPORT_DAYS
from headcount.warehouse.duckdb import DuckWarehouse

_REPORTS = int(os.environ.get("HEADCOUNT_BENCH_REPORTS", "10000000"))
_RETENTION = 793  # days, as the server has it unless it is told otherwise
_ROWS = 20_000  # of PostgreSQL


def measure(parts: Iterable[Slice] | None = None) -> dict[str, float]:
    """``bytes_per_report``: all files of the warehouse over the reports that were loaded, in the order of time.

    Each of the fleet's installations reports 50 times in two years: what it reports in the simulation, and the same again at
    further starts in between. All go through the loader's `load`, and after each load comes what the server does then: the
    file is compacted when it is due. It is measured as it is left, which need not be just after that;
    ``bytes_per_report_rewritten`` is what it would be. ``loaded_per_s`` has the compactions in it, ``compacting_s`` is their
    part. ``HEADCOUNT_BENCH_REPORTS`` makes the fleet smaller.
    """
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        path = directory / "warehouse.duckdb"
        figures = _load(path, slices(_REPORTS) if parts is None else parts)
        size = sum(each.stat().st_size for each in directory.glob("warehouse.duckdb*"))
        with contextlib.closing(DuckWarehouse(path)) as warehouse:
            warehouse.backup(directory / "rewritten")
        loaded = figures["reports"]
        for what, file in (("as it is", path), ("rewritten", directory / "rewritten")):
            said = ", ".join(
                f"{table} {held / loaded:.2f}" for table, held in room(file).items() if held / loaded > 0.01
            )
            print(f"  bytes a report {what}: {said}")
        with postgresql(directory / "postgresql") as (database, _):
            row = asyncio.run(_jsonb(database))
        return {
            **figures,
            "bytes_per_report": round(size / loaded, 2),
            "bytes_per_report_rewritten": round((directory / "rewritten").stat().st_size / loaded, 2),
            "bytes_per_jsonb_row": round(row, 1),
            "store_vs_jsonb": round(size / loaded / row, 4),
        }


def _load(path: Path, parts: Iterable[Slice]) -> dict[str, float]:
    loaded = compactions = 0
    spent = compacting = 0.0
    with contextlib.closing(DuckWarehouse(path)) as warehouse:
        for batch in in_order(parts):
            start = time.perf_counter()
            now = batch[-1].received
            warehouse.load(batch, inbox="bench", through=loaded, now=now)
            today = datetime.fromtimestamp(now, UTC).date()
            warehouse.expire(today - timedelta(days=_RETENTION), today - timedelta(days=REPORT_DAYS))
            loaded += len(batch)
            between = time.perf_counter()
            compactions += warehouse.compact(now)
            spent += time.perf_counter() - start
            compacting += time.perf_counter() - between
        with warehouse.snapshot() as snapshot:
            counts = {
                table: int(str(snapshot.query(f"SELECT count(*) FROM {table}", {})[0][0]))
                for table in ("sightings", "profiles", "births", "reports")
            }
    return {
        "reports": loaded,
        "installations": counts["births"],
        "sightings": counts["sightings"],
        "profiles": counts["profiles"],
        "report_ids": counts["reports"],
        "loaded_per_s": round(loaded / spent),
        "compactions": compactions,
        "compacting_s": round(compacting, 1),
    }


async def _jsonb(database: str) -> float:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(afternoon.TABLE)
        await connection.executemany(
            "INSERT INTO reports (body) VALUES ($1)", [(json.dumps(body),) for body in bodies(_ROWS)]
        )
        size = await connection.fetchval("SELECT pg_total_relation_size('reports')")
    finally:
        await connection.close()
    return float(size) / _ROWS
