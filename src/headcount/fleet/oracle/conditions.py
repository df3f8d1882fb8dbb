"""The conditions of `--where` as they are defined: true, false, or None where they are not known."""

from __future__ import annotations

import operator
from collections.abc import Callable

from headcount.fleet._history import Version, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.answered import answered
from headcount.fleet.oracle.population import Matches

Judge = Callable[[Truth], bool | None]
"""What a condition is of a report: None where it is not known."""

_COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


def asked(path: str, holds: Matches) -> Judge:
    """Return the condition that ``holds`` of who answered a field, and is not known of the others."""
    return lambda truth: holds(truth) if answered(truth, path) else None


def negation(judge: Judge) -> Judge:
    """Return the contrary, which is not known where the condition is not."""

    def judged(truth: Truth) -> bool | None:
        value = judge(truth)
        return None if value is None else not value

    return judged


def both(*judges: Judge) -> Judge:
    """Return the condition that all are true: it is false where one is, whatever the others are."""

    def judged(truth: Truth) -> bool | None:
        values = [judge(truth) for judge in judges]
        return False if False in values else None if None in values else True

    return judged


def either(*judges: Judge) -> Judge:
    """Return the condition that one is true, whatever the others are."""

    def judged(truth: Truth) -> bool | None:
        values = [judge(truth) for judge in judges]
        return True if True in values else None if None in values else False

    return judged


def release(product: str, comparison: str, version: str) -> Judge:
    """Return the condition that the release of a product compares so, at the precision given."""
    name = product.lower()
    return asked(f"versions.{product}", lambda truth: _compares(truth.versions[name], comparison, version))


def uses(base: str) -> Judge:
    """Return the condition that a class, or one of the administrator's over it, is among the plugins."""
    return asked("plugins", lambda truth: any(base == used for used, _ in truth.plugins or ()))


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
