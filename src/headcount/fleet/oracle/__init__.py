"""The oracle: every answer, recomputed from the truth in plain Python.

It shares no code with the questions' SQL. It is written so that a reader sees that it is right, rather than
to be fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from headcount.fleet._truth import Truth
from headcount.fleet._window import widen
from headcount.fleet.oracle import (
    adoption,
    candidates,
    changes,
    combinations,
    coverage,
    customization,
    drop,
    environments,
    installs,
    pipelines,
    plugins,
    sizes,
    upgrades,
    versions,
)
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Dropped, Matches, Population, population
from headcount.fleet.oracle.quarantine import USUAL, Believed
from headcount.fleet.oracle.record import Asked


def answer(
    question: str,
    truths: Iterable[tuple[int, Truth]],
    *,
    by: str,
    basis: str,
    since: date,
    until: date,
    where: Matches | None = None,
    asked: Asked | None = None,
    compared: Matches | None = None,
    believed: Believed = USUAL,
    dropped: Iterable[Dropped] = (),
    support: int = 5,
) -> Expected:
    """Return the answer that ``question`` must give, from when each report was received (Unix seconds) and
    its truth.

    Days are UTC and inclusive. Reports after ``until`` do not exist; reports without an install id count in
    `coverage` alone, and so do the ``dropped`` ones. ``since`` counts for the basis ``seen``, and for
    ``installs`` by period, whose window is widened to whole periods first. ``where``: only the
    installations whose last report matches; for questions about a condition (companions, `drop`), that
    condition, and for `drop` ``asked`` tells all of it; for `changes` by condition ``compared`` is the condition that it
    is compared with. ``believed``: how many newcomers a day are believed; ``support``: how many installations use both
    of a pair at least.
    """
    if question not in {*_QUESTIONS, "adoption", "changes", "combinations", "drop"}:
        known = ", ".join((*_QUESTIONS, "adoption", "changes", "combinations", "drop"))
        raise ValueError(f"the oracle answers {known}, not {question!r}")
    of_release = _OF_RELEASES.get(question) if by not in _OF_NO_RELEASE else None
    if of_release is not None:
        return of_release(truths, by=by, basis=basis, until=until, where=where, believed=believed)
    if question == "drop":
        if asked is None:
            raise ValueError("drop asks of a condition: give asked")
        window = widen(by, since, until)
        return drop.by_aspect(truths, by=by, basis=basis, window=window, asked=asked, believed=believed)
    if question == "installs":
        since, until = widen(by, since, until)
    fleet = population(truths, since, until, believed, dropped)
    if question == "changes":
        return _changes(fleet, by, basis, where, compared)
    if question == "combinations" and by != "companions":
        return combinations.by_pair(fleet if where is None else fleet.only(where), by, basis, support)
    return _of_fleet(question, fleet, by, basis, where)


def _of_fleet(question: str, fleet: Population, by: str, basis: str, where: Matches | None) -> Expected:
    if (question, by) not in _SUBJECTS:
        return _QUESTIONS[question](fleet if where is None else fleet.only(where), by, basis)
    if where is None:
        raise ValueError(f"{question} by {by} asks of a condition: give one")
    return _SUBJECTS[question, by](fleet, basis, where)


def last_states(
    truths: Iterable[tuple[int, Truth]], *, basis: str, since: date, until: date, believed: Believed = USUAL
) -> list[Truth]:
    """Return the last report of each installation of a basis, in no order."""
    return population(truths, since, until, believed).states(basis)


def _changes(fleet: Population, by: str, basis: str, where: Matches | None, compared: Matches | None) -> Expected:
    if by == "lapsed":
        return changes.by_lapse(fleet, basis, where)
    if by != "condition":
        return changes.by_days(fleet, by, basis, where)
    if where is None or compared is None:
        raise ValueError("changes by condition compares two: give where and compared")
    return changes.by_condition(fleet, basis, where, compared)


def _installs(fleet: Population, by: str, basis: str) -> Expected:  # noqa: ARG001  # it says itself of whom
    return installs.by_state(fleet) if by == "state" else installs.by_period(fleet, by)


def _plugins(fleet: Population, by: str, basis: str) -> Expected:
    if by == "bands":
        return plugins.by_bands(fleet, basis)
    if by in plugins.OWN_FIELDS:
        return plugins.by_own_field(fleet, by, basis)
    return plugins.by_www(fleet, basis) if by == "www" else plugins.by_kind(fleet, by, basis)


_MOVES = {"transitions": upgrades.transitions, "downgrades": upgrades.downgrades}

_QUESTIONS: dict[str, Callable[[Population, str, str], Expected]] = {
    "installs": _installs,
    "versions": versions.by_product,
    "upgrades": lambda fleet, by, basis: _MOVES[by](fleet, basis),
    "plugins": _plugins,
    "customization": customization.by_shape,
    "environments": environments.by_attributes,
    "pipelines": pipelines.by_steps,
    "sizes": sizes.by_size,
    "candidates": candidates.fewest_first,
    "coverage": coverage.by_aspect,
}

_SUBJECTS: dict[tuple[str, str], Callable[[Population, str, Matches], Expected]] = {
    ("combinations", "companions"): combinations.companions,
}
"""The questions that ask about a condition, rather than count the installations that match it."""

_OF_RELEASES: dict[str, Callable[..., Expected]] = {"upgrades": upgrades.by_release, "adoption": adoption.of_release}
"""The questions about a release, and the ways to ask them that are about none."""

_OF_NO_RELEASE = ("transitions", "downgrades")
