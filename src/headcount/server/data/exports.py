"""The files of an export: what `headcount export` writes and `headcount import` reads again.

An export holds pseudonyms, which mean something under one key only. Its note holds a fingerprint of that key: under another
key every installation in it would be a new one, so it is refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from headcount._refused import Refused
from headcount.contract import ANONYMOUS, Arrival
from headcount.ingest import Pseudonymizer
from headcount.server.data.simulation import Origin
from headcount.warehouse import Asking, Cells, duckdb

NOTE = "export.json"
"""The file that says what an export is."""

# 1: without what full reports say since schema 2; who reads that alone takes configurators for plugins. 2: sightings alone.
_VERSION = 3


def write_export(warehouse: Asking, directory: Path, key: str, origin: Origin) -> dict[str, int]:
    """Write an export into a directory; return how many profiles and sightings there are.

    ``key``: the fingerprint of the pseudonym key; ``origin``: whose reports they are. Raises `WarehouseUnavailable` or
    OSError.
    """
    with warehouse.snapshot() as snapshot:
        counts = duckdb.write_export(snapshot, directory)
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


class Rest(NamedTuple):
    """What an export holds beside sightings, for a warehouse that holds nothing else.

    ``reports``: what is to be loaded, each with the time of the clock by which it is judged, Unix time, or None for now;
    ``tables``: what the warehouse is to take over then.
    """

    reports: list[tuple[list[Arrival], float | None]]
    tables: Mapping[str, list[Cells]]


def read_arrivals(
    directory: Path, pseudonymizer: Pseudonymizer, *, whole: bool
) -> Iterator[tuple[float, list[Arrival]]]:
    """Yield the sightings of an export as arrivals, some at a time, each time with the share that is read.

    ``whole``: what refers to them is taken over too, so that their profiles are to have the keys that they had; else those
    that they would have now. Raises `Refused`.
    """
    total = _checked(directory, pseudonymizer)
    keys: dict[bytes, int] = {}
    count = 0
    with _refusing():
        for sightings in duckdb.read_export(directory):
            if not whole:
                for each in sightings:
                    if each.content not in keys:
                        keys[each.content] = pseudonymizer.profile(each.content)
            count += len(sightings)
            arrivals = [_arrival(each)._replace(profile=keys.get(each.content, each.profile)) for each in sightings]
            yield count / max(1, total), arrivals


def read_rest(directory: Path) -> Rest:
    """Return what an export holds beside sightings. Raises `Refused`."""
    with _refusing():
        rest = duckdb.read_rest(directory)
    anonymous = [_arrival(each)._replace(what=ANONYMOUS) for each in rest.anonymous]
    later = [([_arrival(each) for each in reports], float(noted)) for noted, reports in sorted(rest.later.items())]
    return Rest([(anonymous, None), *later], rest.tables)


def _arrival(each: duckdb.Exported) -> Arrival:
    return Arrival(each.received, each.install, each.profile, each.content, stock=each.stock, crowded=each.crowded)


def _checked(directory: Path, pseudonymizer: Pseudonymizer) -> int:
    """Return how many sightings an export has, by its note. Raises `Refused`."""
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
    return total


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Refused(f"{error}.") from error
