"""A fleet in files: its reports, one JSON object a line, and its truth beside them in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from headcount.fleet._truth import Event, Truth


def write(events: Iterable[Event], out: BinaryIO, truth: BinaryIO) -> None:
    """Write reports to ``out``, as `headcount import` reads them, and what is true of them to ``truth``."""
    for event in events:
        stamp = datetime.fromtimestamp(event.received, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sent = {"@timestamp": stamp, "path": event.path, "report": event.body}
        out.write(_line(sent if event.secret is None else {**sent, "secret": event.secret}))
        truth.write(_line({"received": event.received, "truth": event.truth.to_dict()}))


def read_truth(path: Path) -> Iterator[tuple[int, Truth]]:
    """When each report was received (Unix seconds) and what is true of it, in the order of the file."""
    with path.open("rb") as lines:
        for line in lines:
            value = json.loads(line)
            yield value["received"], Truth.from_dict(value["truth"])


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
