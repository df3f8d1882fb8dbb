"""The oracle for `plugins`: how many installations use each class, how often, and how many subclass it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_CUSTOM = "custom"
_BANDS = ("1", "2-5", "6-20", "21-100", "more than 100")
AT_FULL = ("secrets provider", "authentication", "report generator", "machine")

OWN_FIELDS = {"configurator": "configurators", "factory": "factories"}
"""Kinds of classes that are counted for themselves → the fact that counts them."""

Used = dict[tuple[str, int], int]
"""The uses of one installation: (class or plugin, depth) → instances."""


def by_kind(fleet: Population, kind: str, basis: str) -> Expected:
    """Count the classes of a kind, or of ``all`` kinds, of installations whose last report answered its plugins."""
    states = [state for state in fleet.states(basis) if state.plugins is not None]
    if kind in AT_FULL:  # an installation that was not asked for them cannot have answered
        states = [state for state in states if state.sender == "headcount" and state.level != "basic"]
    kinds: dict[str, str] = {}
    for state in states:
        kinds |= state.kinds or {}
    wanted = {base for base in kinds if kind == kinds[base] or (kind == "all" and kinds[base] not in AT_FULL)}
    used = [dict(state.plugins or {}) for state in states]
    return Expected.of(len(used), _rows(used, {base: kinds[base] for base in wanted}))


def by_own_field(fleet: Population, kind: str, basis: str) -> Expected:
    """Count the configurators, or the factories of builders, of installations whose last report answered them."""
    said = [getattr(state, OWN_FIELDS[kind]) for state in fleet.states(basis)]
    used = [dict(counts) for counts in said if counts is not None]
    return Expected.of(len(used), _rows(used, dict.fromkeys((base for one in used for base, _ in one), kind)))


def by_www(fleet: Population, basis: str) -> Expected:
    """Count the plugins of the web interface, of installations whose last report answered them. None can be
    subclassed.
    """
    used = [
        {(name, 0): count for name, count in state.www.items()}
        for state in fleet.states(basis)
        if state.www is not None
    ]
    return Expected.of(len(used), _rows(used, {name: "www" for one in used for name, _ in one}))


def by_bands(fleet: Population, basis: str) -> Expected:
    """Count, for each class of ``all``, how many installations have so many instances of it."""
    states = [state for state in fleet.states(basis) if state.plugins is not None]
    rows: Counter[tuple[str, str, int]] = Counter()
    for state in states:
        instances: Counter[str] = Counter()
        for (base, _), count in (state.plugins or {}).items():
            if (state.kinds or {})[base] not in AT_FULL:
                instances[base] += count
        rows.update((base, (state.kinds or {})[base], _band(times)) for base, times in instances.items())
    return Expected.of(
        len(states),
        [
            {"plugin": base, "kind": kind, "band": _BANDS[band], "installations": count}
            for (base, kind, band), count in sorted(rows.items())
        ],
    )


def _band(times: int) -> int:
    return sum(times >= least for least in (2, 6, 21, 101))


def _rows(used: Iterable[Used], kinds: dict[str, str]) -> list[dict[str, object]]:
    installations: Counter[str] = Counter()
    instances: Counter[str] = Counter()
    customized: Counter[str] = Counter()
    for one in used:
        installations.update({base for base, _ in one})
        customized.update({base for base, depth in one if depth > 0 or base == _CUSTOM})
        for (base, _), count in one.items():
            instances[base] += count
    rows: list[dict[str, object]] = [
        {
            "plugin": base,
            "kind": kind,
            "installations": installations[base],
            "instances": instances[base],
            "customized": customized[base],
        }
        for base, kind in kinds.items()
    ]
    rows.sort(key=lambda row: (-installations[str(row["plugin"])], str(row["plugin"])))
    return rows
