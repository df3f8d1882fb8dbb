"""A fleet in files."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

from headcount.fleet import read_truth, simulate, write


def test_truth_survives_its_file(tmp_path: Path) -> None:
    """What is read is what was true, in the same order as the reports, which are one JSON object a line."""
    events = list(simulate(60, 500, 2, date(2026, 10, 31)))
    with (tmp_path / "fleet").open("wb") as out, (tmp_path / "fleet.truth").open("wb") as truth:
        write(events, out, truth)
    assert list(read_truth(tmp_path / "fleet.truth")) == [(event.received, event.truth) for event in events]
    lines = [json.loads(line) for line in (tmp_path / "fleet").read_bytes().splitlines()]
    assert [line["report"] for line in lines] == [event.body for event in events]
    assert [line["path"] for line in lines] == [event.path for event in events]
    assert {frozenset(line) - {"secret"} for line in lines} == {frozenset({"@timestamp", "path", "report"})}
    assert [line.get("secret") for line in lines] == [event.secret for event in events]
    assert len({event.secret is None for event in events}) == 2


def test_time_is_iso_8601_in_utc(tmp_path: Path) -> None:
    """To the second, with a Z."""
    event = next(simulate(60, 500, 2, date(2026, 10, 31)))
    with (tmp_path / "fleet").open("wb") as out, (tmp_path / "fleet.truth").open("wb") as truth:
        write([dataclasses.replace(event, received=1767225600)], out, truth)
    assert json.loads((tmp_path / "fleet").read_bytes())["@timestamp"] == "2026-01-01T00:00:00Z"
