"""The oracle: every answer, recomputed from the truth in plain Python.

It shares no code with the questions' SQL. It is written so that a reader sees that it is right, rather than
to be fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from headcount.fleet import (
    _oracle_combinations,
    _oracle_coverage,
    _oracle_customization,
    _oracle_drop,
    _oracle_environments,
    _oracle_installs,
    _oracle_pipelines,
    _oracle_plugins,
    _oracle_sizes,
    _oracle_upgrades,
    _oracle_versions,
)
from headcount.fleet._expected import Expected
from headcount.fleet._population import Dropped, Matches, Population, population
from headcount.fleet._quarantine import USUAL, Believed
from headcount.fleet._truth import Truth
from headcount.fleet._window import widen


def answer(
    question: str,
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    since: date,
    until: date,
    where: Matches | None = None,
    asks: Matches | None = None,
    believed: Believed = USUAL,
    dropped: Iterable[Dropped] = (),
) -> Expected:
    """Return the answer that ``question`` must give, from when each report was received (Unix seconds) and
    its truth.

    Days are UTC and inclusive. Reports after ``until`` do not exist; reports without an install id count in
    `coverage` alone, and so do the ``dropped`` ones. ``since`` counts for the basis ``seen``, and for
    ``installs`` by period, whose window is widened to whole periods first. ``where``: only the
    installations whose last report matches; for questions about a condition (companions, `drop`), that
    condition, and for `drop` ``asks`` tells which reports answered everything that it names. ``believed``:
    how many newcomers a day are believed.
    """
    if question not in {*_QUESTIONS, "drop"}:
        raise ValueError(f"the oracle answers {', '.join(_QUESTIONS)}, drop, not {question!r}")
    if question == "upgrades" and by != "downgrades":
        return _oracle_upgrades.by_release(truths, by=by, basis=basis, until=until, where=where, believed=believed)
    if question == "drop":
        if where is None or asks is None:
            raise ValueError("drop asks of a condition: give where and asks")
        return _oracle_drop.by_aspect(
            truths, by=by, basis=basis, window=widen(by, since, until), where=where, asks=asks, believed=believed
        )
    if question == "installs":
        since, until = widen(by, since, until)
    fleet = population(truths, since, until, believed, dropped)
    if (question, by) in _SUBJECTS:
        if where is None:
            raise ValueError(f"{question} by {by} asks of a condition: give one")
        return _SUBJECTS[question, by](fleet, basis, where)
    return _QUESTIONS[question](fleet if where is None else fleet.only(where), by, basis)


def last_states(
    truths: Iterable[tuple[int, Truth]], *, basis: str, since: date, until: date, believed: Believed = USUAL
) -> list[Truth]:
    """Return the last report of each installation of a basis, in no order."""
    return population(truths, since, until, believed).states(basis)


def _installs(fleet: Population, by: str, basis: str) -> Expected:  # noqa: ARG001  # it says itself of whom
    return _oracle_installs.by_state(fleet) if by == "state" else _oracle_installs.by_period(fleet, by)


def _plugins(fleet: Population, by: str, basis: str) -> Expected:
    if by == "bands":
        return _oracle_plugins.by_bands(fleet, basis)
    return _oracle_plugins.by_www(fleet, basis) if by == "www" else _oracle_plugins.by_kind(fleet, by, basis)


_QUESTIONS: dict[str, Callable[[Population, str, str], Expected]] = {
    "installs": _installs,
    "versions": _oracle_versions.by_product,
    "upgrades": lambda fleet, _, basis: _oracle_upgrades.downgrades(fleet, basis),
    "plugins": _plugins,
    "combinations": _oracle_combinations.by_pair,
    "customization": _oracle_customization.by_shape,
    "environments": _oracle_environments.by_attributes,
    "pipelines": _oracle_pipelines.by_steps,
    "sizes": _oracle_sizes.by_size,
    "coverage": _oracle_coverage.by_aspect,
}

_SUBJECTS: dict[tuple[str, str], Callable[[Population, str, Matches], Expected]] = {
    ("combinations", "companions"): _oracle_combinations.companions,
}
"""The questions that ask about a condition, rather than count the installations that match it."""
