"""The oracle for `versions`: how many installations run each series or release of a product, or have workers of each."""

from __future__ import annotations

from headcount.fleet._history import version_of
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_SUPPORT = {
    "2.6": "2013-10-29", "2.7": "2020-01-01", "3.0": "2009-06-27", "3.1": "2012-04-09", "3.2": "2016-02-20",
    "3.3": "2017-09-29", "3.4": "2019-03-18", "3.5": "2020-09-30", "3.6": "2021-12-23", "3.7": "2023-06-27",
    "3.8": "2024-10-07", "3.9": "2025-10-31", "3.10": "2026-10-31", "3.11": "2027-10-31", "3.12": "2028-10-31",
    "3.13": "2029-10-31", "3.14": "2030-10-31",
}  # fmt: skip
"""When the support of a series of Python ends, or ended."""


def by_product(fleet: Population, by: str, basis: str) -> Expected:
    """Count the installations whose last report has a public version of the product, the newest version first.

    ``by``: the product, for its series, or ``python.release`` and so on.
    """
    product, _, release = by.partition(".")
    if product == "worker":
        return _by_worker(fleet, basis, whole=release != "")
    told = [_version(product, state.versions[product], whole=release != "") for state in fleet.states(basis)
            if product in state.versions]  # fmt: skip
    rows: list[dict[str, object]] = []
    for version in _newest_first(told):
        running = sum(version_of(other) >= version_of(version) for other in told)
        row: dict[str, object] = {"version": version}
        if not release:
            row["supported_until"] = _SUPPORT.get(version, "") if product == "python" else ""
        row |= {"installations": told.count(version), "running": running, "running_share": running / len(told)}
        rows.append(row)
    return Expected.of(len(told), rows)


def _by_worker(fleet: Population, basis: str, *, whole: bool) -> Expected:
    """Count the installations that have any worker of a version, and how many workers these are at least."""
    states = [
        [(_version("worker", release, whole=whole), least) for release, least in state.workers.items()]
        for state in fleet.states(basis)
        if state.workers is not None
    ]
    versions = _newest_first([version for workers in states for version, _ in workers])
    return Expected.of(
        len(states),
        [
            {
                "version": version,
                "installations": sum(any(version == ran for ran, _ in workers) for workers in states),
                "workers_at_least": sum(least for workers in states for ran, least in workers if ran == version),
            }
            for version in versions
        ],
    )


def _version(product: str, release: str, *, whole: bool) -> str:
    """Return a release, or its series: of Twisted the year, of the others two numbers."""
    numbers = 3 if whole else 1 if product == "twisted" else 2
    return ".".join(release.split(".")[:numbers])


def _newest_first(versions: list[str]) -> list[str]:
    return sorted(set(versions), key=version_of, reverse=True)
