"""The conditions of `--where` on what only a full report of ours says, as they are defined."""

from __future__ import annotations

import operator
from collections.abc import Callable

from headcount.fleet._history import Version, version_of
from headcount.fleet.oracle.population import Matches

_COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


def word(fact: str, value: str) -> Matches:
    """Return the condition that a fact with one value, such as ``build`` or ``driver``, has this one."""
    return lambda truth: getattr(truth, fact) == value


def one_of(fact: str, value: str) -> Matches:
    """Return the condition that a fact with several values, such as ``hooks`` or ``protocols``, has this one among them."""
    return lambda truth: value in (getattr(truth, fact) or ())


def server(comparison: str, version: str) -> Matches:
    """Return the condition that the version of the database's server compares so, at the precision given."""
    return lambda truth: truth.server is not None and _compares(truth.server, comparison, version)


def worker(comparison: str, version: str) -> Matches:
    """Return the condition that the release of any worker compares so, at the precision given."""
    return lambda truth: any(_compares(release, comparison, version) for release in truth.workers or ())


def configured(fact: str, base: str) -> Matches:
    """Return the condition that ``configurators`` or ``factories`` have a class, or one of the administrator's over it."""
    return lambda truth: any(base == used for used, _ in getattr(truth, fact) or ())


def _compares(version: str, comparison: str, than: str) -> bool:
    """Compare versions: ``4.3`` is every 4.3.x, and ``> 4.3`` begins with 4.4. What is not told is 0."""
    wanted = version_of(than)
    told = version_of(version) + (0,) * len(wanted)
    return _COMPARISONS[comparison](told[: len(wanted)], wanted)
