"""The oracle for `environments`: what installations run on, and any two of these crossed."""

from __future__ import annotations

from collections import Counter
from itertools import product

from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_MANY = {"protocol": "protocols", "hook": "hooks"}
"""What an installation can have several of → the fact that counts them."""


def by_attributes(fleet: Population, by: str, basis: str) -> Expected:
    """Count the installations whose last report answered the field, or both fields; the commonest value first.

    Who has several values is counted for each, and who has none for none.
    """
    names = by.split(",")
    said = [[_values(state, name) for name in names] for state in fleet.states(basis)]
    answering = [values for values in said if None not in values]
    counts = Counter(combined for values in answering for combined in product(*(each or () for each in values)))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Expected.of(
        len(answering),
        [{**dict(zip(("value", "with"), values, strict=False)), "installations": count} for values, count in ordered],
    )


def _values(state: Truth, name: str) -> set[str] | None:
    """Return the different values of an attribute; None where the report does not answer it."""
    said = getattr(state, _MANY.get(name, name))
    if said is None:
        return None
    return set(said) if name in _MANY else {said}
