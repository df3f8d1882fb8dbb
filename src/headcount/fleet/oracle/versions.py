"""The oracle for `versions`: how many installations run each release of a product, or have workers of each."""

from __future__ import annotations

from collections import Counter

from headcount.fleet._history import version_of
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population


def by_product(fleet: Population, product: str, basis: str) -> Expected:
    """Count the installations whose last report has a public version of the product; the commonest first,
    then the newest.
    """
    if product == "worker":
        return _by_worker(fleet, basis)
    versions = Counter(state.versions[product] for state in fleet.states(basis) if product in state.versions)
    return Expected.of(
        versions.total(), [{"version": version, "installations": count} for version, count in _ordered(versions)]
    )


def _by_worker(fleet: Population, basis: str) -> Expected:
    """Count the installations that have any worker of a release, and how many workers these are at least."""
    states = [state.workers for state in fleet.states(basis) if state.workers is not None]
    having = Counter(release for workers in states for release in workers)
    return Expected.of(
        len(states),
        [
            {
                "version": release,
                "installations": count,
                "workers_at_least": sum(workers.get(release, 0) for workers in states),
            }
            for release, count in _ordered(having)
        ],
    )


def _ordered(versions: Counter[str]) -> list[tuple[str, int]]:
    return sorted(versions.items(), key=lambda item: (item[1], version_of(item[0])), reverse=True)
