"""The oracle for `environments`: what installations run on, and any two of these crossed."""

from __future__ import annotations

from collections import Counter

from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population


def by_attributes(fleet: Population, by: str, basis: str) -> Expected:
    """Count the installations whose last report answered the field, or both fields; the commonest value first."""
    names = by.split(",")
    said = [tuple(getattr(state, name) for name in names) for state in fleet.states(basis)]
    counts = Counter(values for values in said if None not in values)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [{**dict(zip(("value", "with"), values, strict=False)), "installations": count} for values, count in ordered]
    return Expected.of(counts.total(), rows)
