"""The files of an export: what `headcount export` writes and `headcount import` reads again.

An export holds pseudonyms, which mean something under one key only. Its note holds a fingerprint of that key: under another
key every installation in it would be a new one, so it is refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headcount._refused import Refused
from headcount.contract import Arrival
from headcount.ingest import Pseudonymizer
from headcount.server.data.simulation import Origin
from headcount.warehouse import Keeping
from headcount.warehouse.duckdb import read_export

NOTE = "export.json"
"""The file that says what an export is."""

_VERSION = 2  # 1: without what full reports say since schema 2; who reads that alone takes configurators for plugins


def write_export(warehouse: Keeping, directory: Path, key: str, origin: Origin) -> dict[str, int]:
    """Write an export into a directory; return how many rows each file has.

    ``key``: the fingerprint of the pseudonym key; ``origin``: whose reports they are. Raises `WarehouseUnavailable` or
    OSError.
    """
    counts = warehouse.export(directory)
    note = {"headcount-export": _VERSION, "key": key, "origin": origin.name, **counts}
    (directory / NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="ascii")
    return counts


def origin_of(path: Path) -> Origin:
    """Return whose reports an export holds, by its note; real ones where that does not say, and where there is none."""
    try:
        note: Any = json.loads((path / NOTE).read_text(encoding="ascii"))
        return Origin[note["origin"]]
    except (OSError, ValueError, KeyError, TypeError):
        return Origin.REAL


def read_arrivals(directory: Path, pseudonymizer: Pseudonymizer) -> Iterator[tuple[float, list[Arrival]]]:
    """Yield the arrivals of an export, some at a time, each time with the share that is read. Raises `Refused`."""
    try:
        note: Any = json.loads((directory / NOTE).read_text(encoding="ascii"))
        version, fingerprint, total = int(note["headcount-export"]), str(note["key"]), int(note["sightings"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        raise Refused(
            f"{directory} holds no export: give what `headcount export` wrote, or files of reports."
        ) from None
    if version > _VERSION:
        raise Refused(f"{directory} was written by a newer Headcount (export version {version}): install that one.")
    if not hmac.compare_digest(fingerprint.encode(), pseudonymizer.fingerprint.encode()):
        raise Refused(
            f"{directory} was exported under another pseudonym key, so every installation in it would be a new one: "
            "import it where that key is."
        )
    keys: dict[bytes, int] = {}
    count = 0
    try:
        for sightings in read_export(directory):
            for sighting in sightings:
                if sighting.content not in keys:
                    keys[sighting.content] = pseudonymizer.profile(sighting.content)
            count += len(sightings)
            yield (
                count / max(1, total),
                [
                    Arrival(each.received, each.install, keys[each.content], each.content, stock=each.stock)
                    for each in sightings
                ],
            )
    except ValueError as error:
        raise Refused(f"{error}.") from error
