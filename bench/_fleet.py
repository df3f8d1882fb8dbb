"""Realistic bodies for the benches: those of a simulated fleet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from headcount.contract import REPORTS_PATH
from headcount.fleet import simulate

UNTIL = date(2026, 10, 31)
_DAYS = 120  # in which an installation sends somewhat more than one report on average


def bodies(count: int) -> Iterator[dict[str, Any]]:
    """So many consecutive reports of our reporter, of as many installations, in the order in which they come."""
    sent = [dict(event.body) for event in simulate(count, _DAYS, 3, UNTIL) if event.path == REPORTS_PATH]
    assert len(sent) >= count, f"{count} installations sent {len(sent)} reports in {_DAYS} days: simulate more"
    yield from sent[:count]


def repeated(reports: Sequence[dict[str, Any]]) -> float:
    """The share of reports that say what one before them said, but for their ids."""
    rest = {
        json.dumps({**report, "installid": "", "headcount": {**report["headcount"], "report": ""}})
        for report in reports
    }
    return 1 - len(rest) / len(reports)
