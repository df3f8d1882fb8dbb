"""The oracle for `versions`: how many installations run each release of a product."""

from __future__ import annotations

from collections import Counter

from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population


def by_product(fleet: Population, product: str, basis: str) -> Expected:
    """Count the installations whose last report has a public version of the product; the commonest first,
    then the newest.
    """
    versions = Counter(state.versions[product] for state in fleet.states(basis) if product in state.versions)
    ordered = sorted(versions.items(), key=lambda item: (item[1], tuple(map(int, item[0].split(".")))), reverse=True)
    return Expected.of(versions.total(), [{"version": version, "installations": count} for version, count in ordered])
