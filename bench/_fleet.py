"""Realistic bodies for the benches: those of a simulated fleet, each under an id of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from headcount.fleet import simulate
from headcount.ingest import REPORTS

UNTIL = date(2026, 10, 31)
_INSTALLS = 1500


def bodies(count: int) -> Iterator[dict[str, Any]]:
    """So many reports of our reporter: the simulated ones, again and again under further install and report ids."""
    seen: list[dict[str, Any]] = [
        dict(event.body) for event in simulate(_INSTALLS, 120, 3, UNTIL) if event.path == REPORTS
    ]
    for number in range(count):
        body = seen[number % len(seen)]
        envelope = {**body["headcount"], "report": f"{number:032x}"}
        yield {**body, "installid": f"{number:040x}", "headcount": envelope}
