"""An export gives back what was put in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from headcount.contract import Arrival, read_report, read_stock, vocabulary
from headcount.warehouse.duckdb import DuckWarehouse, read_export
from tests.support import captures
from tests.support.reports import REPORT


def test_the_columns_hold_the_whole_profile(tmp_path: Path) -> None:
    """Of every capture and of our own report: the same profile comes back, to the byte, so that its key is the same."""
    known = vocabulary()
    profiles = [read_stock(body, known).profile for _, body in captures.reports()]
    profiles += [read_report(REPORT, known).profile, read_report({"headcount": REPORT["headcount"]}, known).profile]
    with closing(DuckWarehouse(":memory:")) as warehouse:
        arrivals = [
            Arrival(1_790_000_000 + 86_400 * n, n + 1, n + 100, profile.canonical(), stock=7 * (n % 2))
            for n, profile in enumerate(profiles)
        ]
        warehouse.load(arrivals, inbox="x", through=1)
        assert warehouse.export(tmp_path) == {"profiles": len(profiles), "sightings": len(profiles)}
    read = [one for group in read_export(tmp_path) for one in group]
    assert read == [(one.received, one.install, one.stock, one.content) for one in arrivals]
