"""Bytes on the disk for each report, after the history of a whole fleet, beside one ``jsonb`` row for each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from random import Random

import asyncpg

from bench import afternoon
from bench._fleet import UNTIL, bodies
from bench._peers import postgresql
from headcount.contract import read_report, read_stock, vocabulary
from headcount.fleet import simulate
from headcount.ingest import REPORTS, Arrival, Pseudonymizer, arrival
from headcount.warehouse import DuckWarehouse

_REPORTS = int(os.environ.get("HEADCOUNT_BENCH_REPORTS", "10000000"))
_EACH = 50  # reports of an installation
_DAYS = 730
_SLICE = 2_000  # installations that are simulated at a time
_BATCH = 20_000  # arrivals in one load, as the loader takes them
_ROWS = 20_000  # of PostgreSQL


def measure() -> dict[str, float]:
    """``bytes_per_report``: all files of the warehouse over the reports that were loaded, in the order of time.

    Each of the fleet's installations reports 50 times in two years: what it reports in the simulation, and the same again at
    further starts in between. ``HEADCOUNT_BENCH_REPORTS`` makes the fleet smaller.
    """
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        directory = Path(name)
        with contextlib.closing(DuckWarehouse(directory / "warehouse.duckdb")) as warehouse:
            loaded = 0
            for batch in _batches():
                warehouse.load(batch, inbox="bench", through=loaded)
                loaded += len(batch)
            warehouse.backup(directory / "rewritten")
            with warehouse.snapshot() as snapshot:
                counts = {
                    table: int(str(snapshot.query(f"SELECT count(*) FROM {table}", {})[0][0]))
                    for table in ("sightings", "profiles", "births")
                }
        size = sum(path.stat().st_size for path in directory.glob("warehouse.duckdb*"))
        with postgresql(directory / "postgresql") as (database, _):
            row = asyncio.run(_jsonb(database))
        return {
            "reports": loaded,
            "installations": counts["births"],
            "profiles": counts["profiles"],
            "bytes_per_report": round(size / loaded, 2),
            "bytes_per_report_rewritten": round((directory / "rewritten").stat().st_size / loaded, 2),
            "bytes_per_jsonb_row": round(row, 1),
            "store_vs_jsonb": round(size / loaded / row, 4),
        }


def _batches() -> Iterator[list[Arrival]]:
    times, installs, profiles = array("I"), array("Q"), array("Q")
    contents: dict[int, bytes] = {}
    for seed in range(max(1, _REPORTS // _EACH // _SLICE)):
        for one in _slice(seed):
            times.append(one.received)
            installs.append(one.install)
            profiles.append(one.profile)
            contents.setdefault(one.profile, one.content)
    order = sorted(range(len(times)), key=times.__getitem__)
    for start in range(0, len(order), _BATCH):
        yield [
            Arrival(times[at], installs[at], profiles[at], contents[profiles[at]])
            for at in order[start : start + _BATCH]
        ]


def _slice(seed: int) -> Iterator[Arrival]:
    """The reports of some installations: those of the simulation, filled up with starts at which nothing had changed."""
    known, pseudonymizer = vocabulary(), Pseudonymizer(b"b" * 32)
    read: dict[int, Arrival] = {}
    lives: dict[int, list[Arrival]] = {}
    for event in simulate(_SLICE, _DAYS, seed, UNTIL):
        body = {key: value for key, value in event.body.items() if key not in ("installid", "headcount")}
        key = hash(json.dumps([event.path, body]))
        if key not in read:
            report = (read_report if event.path == REPORTS else read_stock)(event.body, known)
            read[key] = arrival(report, "0" * 40, 0, pseudonymizer)
        install = pseudonymizer.install(str(event.body.get("installid", "none")))
        lives.setdefault(install, []).append(read[key]._replace(received=event.received, install=install, report=0))
    chance = Random(seed)
    for life in lives.values():
        yield from life
        for _ in range(_EACH - len(life)):
            before = chance.choice(life)
            yield before._replace(received=before.received + chance.randrange(1, 30 * 86_400))


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
