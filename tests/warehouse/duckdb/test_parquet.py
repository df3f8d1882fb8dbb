"""An export gives back what was put in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from headcount.contract import CATALOG, Arrival, read_report, read_stock, vocabulary
from headcount.warehouse.duckdb import DuckWarehouse, read_export, write_export
from tests.support import captures
from tests.support.reports import REPORT

_LISTS = ("worker_releases", "worker_bands", "variety_names", "varieties", "janitor")


def test_the_columns_hold_the_whole_profile(tmp_path: Path) -> None:
    """Of every capture and of our own report: the same profile comes back, to the byte, so that its key is the same."""
    known = vocabulary()
    profiles = [read_stock(body, known).profile for _, body in captures.reports()]
    step = "buildbot.configurators.janitor.LogChunksJanitor"
    own_use = {**REPORT, "plugins": {step: 1}, "builders": [[step]]}
    profiles += [read_report(body, known).profile for body in (REPORT, {"headcount": REPORT["headcount"]}, own_use)]
    with closing(DuckWarehouse(":memory:")) as warehouse:
        arrivals = [
            Arrival(1_790_000_000 + 86_400 * n, n + 1, n + 100, profile.canonical(), stock=7 * (n % 2))
            for n, profile in enumerate(profiles)
        ]
        warehouse.load(arrivals, inbox="x", through=1)
        with warehouse.snapshot() as snapshot:
            assert write_export(snapshot, tmp_path) == {"profiles": len(profiles), "sightings": len(profiles)}
    read = [one for group in read_export(tmp_path) for one in group]
    assert read == [(one.received, one.install, one.stock, one.profile, one.content, False) for one in arrivals]


def test_an_export_of_an_older_wheel_comes_back(tmp_path: Path) -> None:
    """It has fewer columns: what they would hold was not asked then."""
    known = vocabulary()
    body = {**REPORT, "headcount": {**REPORT["headcount"], "schema": 1}}
    for field in CATALOG:
        if field.since > 1:
            body.pop(field.path)
    content = read_report(body, known).profile.canonical()
    with closing(DuckWarehouse(":memory:")) as warehouse:
        warehouse.load([Arrival(1_790_000_000, 1, 1, content)], inbox="x", through=1)
        with warehouse.snapshot() as snapshot:
            write_export(snapshot, tmp_path)
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE old AS SELECT * FROM read_parquet($file)", {"file": str(tmp_path / "profiles.parquet")}
        )
        for column in (*(field.attribute for field in CATALOG if field.since > 1), *_LISTS):
            db.execute(f"ALTER TABLE old DROP COLUMN IF EXISTS {column}")
        assert len(db.execute("FROM old").description) == 26
        db.execute(f"COPY old TO '{tmp_path / 'profiles.parquet'}' (FORMAT parquet)")
    assert [one.content for group in read_export(tmp_path) for one in group] == [content]
