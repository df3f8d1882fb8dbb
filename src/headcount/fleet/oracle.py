"""The oracle: what every answer must be, recomputed from the truth in plain Python.

It shares no code with the questions' SQL, and is written to be seen to be right rather than to be fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from headcount.fleet import _oracle_installs, _oracle_plugins, _oracle_versions
from headcount.fleet._expected import Expected
from headcount.fleet._population import Population, population
from headcount.fleet._truth import Truth
from headcount.fleet._window import widen


def answer(
    question: str, truths: Iterable[tuple[int, Truth]], *, by: str, basis: str, since: date, until: date
) -> Expected:
    """What ``question`` must answer, given when each report was received (Unix seconds) and what was true of it.

    Days are UTC and inclusive. Reports after ``until``, and those without an install id, do not exist. ``since`` counts for
    the basis ``seen``, and for ``installs`` by period, whose window is widened to whole periods first.
    """
    if question not in _QUESTIONS:
        raise ValueError(f"the oracle answers {', '.join(_QUESTIONS)}, not {question!r}")
    if question == "installs":
        since, until = widen(by, since, until)
    return _QUESTIONS[question](population(truths, since, until), by, basis)


def _installs(fleet: Population, by: str, basis: str) -> Expected:  # noqa: ARG001  # it says itself of whom
    return _oracle_installs.by_state(fleet) if by == "state" else _oracle_installs.by_period(fleet, by)


def _plugins(fleet: Population, by: str, basis: str) -> Expected:
    return _oracle_plugins.by_www(fleet, basis) if by == "www" else _oracle_plugins.by_kind(fleet, by, basis)


_QUESTIONS: dict[str, Callable[[Population, str, str], Expected]] = {
    "installs": _installs,
    "versions": _oracle_versions.by_product,
    "plugins": _plugins,
}
