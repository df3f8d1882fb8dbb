"""A fleet in two files: its reports, one JSON object a line, and their truth in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from headcount.fleet._truth import Event, Truth


def write(events: Iterable[Event], out: BinaryIO, truth: BinaryIO) -> None:
    """Write reports to ``out``, in the form that `headcount import` reads, and their truth to ``truth``."""
    for event in events:
        stamp = datetime.fromtimestamp(event.received, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sent = {"@timestamp": stamp, "path": event.path, "report": event.body}
        out.write(_line(sent if event.secret is None else {**sent, "secret": event.secret}))
        truth.write(_line({"received": event.received, "truth": event.truth.to_dict()}))


def read_truth(path: Path) -> Iterator[tuple[int, Truth]]:
    """Yield for each report, in the order of the file, when it was received (Unix seconds) and its truth."""
    with path.open("rb") as lines:
        for line in lines:
            value = json.loads(line)
            yield value["received"], Truth.from_dict(value["truth"])


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
