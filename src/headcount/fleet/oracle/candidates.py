"""The oracle for `candidates`: the plugins of the newest Buildbot, with who uses them and when each was last seen."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from importlib.resources import files

from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_MANY = ("worker", "step", "scheduler", "change source", "reporter")
_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")
_FIELDS = {"configurator": "configurators", "factory": "factories"}


def fewest_first(fleet: Population, by: str, basis: str) -> Expected:
    """Count who uses each plugin of a kind, or of ``all`` kinds that everybody reports; the fewest first, and of those the
    one that was last seen longest ago.
    """
    states = [state for state in fleet.states(basis) if _uses(state, by) is not None]
    if by in _AT_FULL:
        states = [state for state in states if state.sender == "headcount" and state.level != "basic"]
    installations: Counter[str] = Counter()
    instances: Counter[str] = Counter()
    for state in states:
        uses = _uses(state, by) or {}
        installations.update({base for base, _ in uses})
        for (base, _), count in uses.items():
            instances[base] += count
    seen = _last_seen(fleet, by)
    rows: list[dict[str, object]] = [
        {
            "plugin": path,
            "kind": kind,
            "brought": since,
            "installations": installations[path],
            "instances": instances[path],
            "last_seen": str(seen.get(path, "")),
        }
        for path, (kind, since) in plugins().items()
        if kind == by or (by == "all" and kind in _MANY)
    ]
    rows.sort(key=lambda row: (installations[str(row["plugin"])], row["last_seen"], row["plugin"]))
    return Expected.of(len(states), rows)


def plugins() -> dict[str, tuple[str, str]]:
    """Return the kind of each plugin of the newest release, and the release that brought it."""
    listed = json.loads(files("headcount.contract").joinpath("vocabulary.json").read_text(encoding="utf-8"))["classes"]
    found = {}
    for path, entry in listed.items():
        name = path.split(".")[-1]
        is_base = name[0] == "_" or "Base" in name or "Mixin" in name or "Abstract" in name
        is_offered = "package" not in entry and "until" not in entry and not is_base
        if is_offered and entry["kind"] in (*_MANY, *_AT_FULL, *_FIELDS):
            found[path] = (entry["kind"], entry["since"])
    return found


def _uses(state: Truth, by: str) -> dict[tuple[str, int], int] | None:
    counts = getattr(state, _FIELDS.get(by, "plugins"))
    return None if counts is None else dict(counts)


def _last_seen(fleet: Population, by: str) -> dict[str, date]:
    """Return the last day on which a report had a class, of installations that were seen on two days and are not apart."""
    apart = fleet.quarantine.apart(fleet.until)
    last: dict[str, date] = {}
    for install, reports in fleet.installations.items():
        if install not in apart and len({day for day, _ in reports}) > 1:
            for day, truth in reports:
                for base, _ in _uses(truth, by) or {}:
                    last[base] = max(day, last.get(base, day))
    return last
