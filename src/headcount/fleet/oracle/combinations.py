"""The oracle for `combinations`: which plugins are used together."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Matches, Population


def by_pair(fleet: Population, by: str, basis: str) -> Expected:
    """Return both orders of each pair, of installations whose last report answered which plugins it has."""
    said = [_www(state) if by == "www" else _classes(state) for state in fleet.states(basis)]
    sets = [used for used in said if used is not None]
    using = Counter(name for used in sets for name in used)
    pairs = Counter(pair for used in sets for pair in permutations(used, 2))
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return Expected.of(
        len(sets),
        [
            {
                "plugin": one,
                "with": other,
                "installations": both,
                "confidence": round(both / using[one], 4),
                "lift": round((both / len(sets)) / ((using[one] / len(sets)) * (using[other] / len(sets))), 4),
            }
            for (one, other), both in ordered
        ],
    )


def companions(fleet: Population, basis: str, where: Matches) -> Expected:
    """Return what the installations that match use, compared with all that answered what they use."""
    states = [state for state in fleet.states(basis) if state.plugins is not None]
    matching = [state for state in states if where(state)]
    everywhere = Counter(name for state in states for name in _classes(state) or ())
    here = Counter(name for state in matching for name in _classes(state) or ())
    kinds = {name: kind for state in matching for name, kind in (state.kinds or {}).items()}
    return Expected.of(
        len(matching),
        [
            {
                "plugin": name,
                "kind": kinds[name],
                "installations": count,
                "elsewhere": round(everywhere[name] / len(states), 4),
                "lift": round((count / len(matching)) / (everywhere[name] / len(states)), 4),
            }
            for name, count in sorted(here.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def _classes(state: Truth) -> set[str] | None:
    return None if state.plugins is None else {base for base, _ in state.plugins}


def _www(state: Truth) -> set[str] | None:
    return None if state.www is None else set(state.www)
