"""The oracle for `combinations`: which plugins are used together."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected, table_of
from headcount.fleet.oracle.population import Matches, Population


def by_pair(fleet: Population, by: str, basis: str, support: int) -> Expected:
    """Return each pair that at least ``support`` installations use, of those whose last report answered their plugins.

    What more than nine in ten use is in no pair, but in a table beside them.
    """
    said = [_www(state) if by == "www" else _used(state, by) for state in fleet.states(basis)]
    sets = [used for used in said if used is not None]
    using = Counter(name for used in sets for name in used)
    everywhere = [name for name, count in using.items() if 10 * count > 9 * len(sets) and count >= support]
    pairs = Counter(pair for used in sets for pair in combinations(sorted(used - set(everywhere)), 2))
    found: list[tuple[Fraction, dict[str, object]]] = []
    for pair, both in pairs.items():
        if both >= support:
            one, other = sorted(pair, key=lambda name: (using[name], name))
            confidence = Fraction(both, using[one])
            lift = confidence / Fraction(using[other], len(sets))
            row: dict[str, object] = {"plugin": one, "with": other, "installations": both}
            row |= {"confidence": float(confidence), "lift": float(lift)}
            found.append((round(confidence if by == "confidence" else lift, 4), row))
    found.sort(key=lambda each: (-each[0], -_count(each[1]), each[1]["plugin"], each[1]["with"]))
    beside = table_of(
        len(sets),
        [
            {"plugin": name, "installations": using[name]}
            for name in sorted(everywhere, key=lambda name: (-using[name], name))
        ],
    )
    return Expected.of(len(sets), [row for _, row in found]).beside({"everywhere": beside})


def _count(row: dict[str, object]) -> int:
    assert isinstance(row["installations"], int)
    return row["installations"]


def _used(state: Truth, by: str) -> set[str] | None:
    """Return the classes that count for a ``by``: all of them, or those of a kind."""
    used = _classes(state)
    if used is None or by in ("pair", "confidence"):
        return used
    return {name for name in used if (state.kinds or {})[name] == by}


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
