"""What a team would write in an afternoon: a real PostgreSQL with one `jsonb` row a report, and the questions in its SQL."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench._large_fleet import DAYS, UNTIL, simulated
from bench._peers import postgresql

_MEMORY = ("-c", "shared_buffers=1GB", "-c", "work_mem=256MB")  # of a small machine
_LAST = """CREATE TEMP VIEW last AS
    SELECT DISTINCT ON (report->>'installid') report FROM reports
    WHERE received >= date '2025-10-01' AND received < date '2026-11-01'
    ORDER BY report->>'installid', received DESC"""
_QUESTIONS = (
    "SELECT report->'versions'->>'Buildbot' AS version, count(*) FROM last GROUP BY 1 ORDER BY 2 DESC",
    (
        "SELECT plugin, count(*), sum(n::int) FROM last, jsonb_each_text(report->'plugins') AS used(plugin, n) "
        "GROUP BY 1 ORDER BY 2 DESC"
    ),
)


def answers(installations: int, reports: int) -> float:
    """Seconds for the shares of versions and of plugins, warm."""
    with (
        tempfile.TemporaryDirectory(prefix="headcount-bench-") as directory,
        postgresql(Path(directory) / "postgresql", *_MEMORY) as (database, _),
        psycopg.connect(database, autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE reports (received timestamptz NOT NULL, report jsonb NOT NULL)")
        with connection.cursor().copy("COPY reports FROM STDIN") as copy:
            for row in _rows(installations, reports):
                copy.write_row(row)
        connection.execute("CREATE INDEX ON reports ((report->>'installid'), received DESC)")
        connection.execute("VACUUM ANALYZE reports")
        connection.execute(_LAST)
        return sum(min(_seconds(connection, sql) for _ in range(3)) for sql in _QUESTIONS)


def _seconds(connection: psycopg.Connection[tuple[object, ...]], sql: str) -> float:
    start = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - start


def _rows(installations: int, reports: int) -> Iterator[tuple[str, str]]:
    bodies = [event.body for event in simulated()]
    bodies = [{key: value for key, value in body.items() if key != "builders"} for body in bodies]
    rng = random.Random(1)
    first = UNTIL.toordinal() - DAYS + 1
    for number in range(reports):
        body = {**rng.choice(bodies), "installid": f"{number % installations:040x}"}
        day = type(UNTIL).fromordinal(first + rng.randrange(DAYS))
        yield f"{day} 12:00:00+00", json.dumps(body)
