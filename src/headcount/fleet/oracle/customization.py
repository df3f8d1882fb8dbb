"""The oracle for `customization`: how far installations subclass."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median_low

from headcount.fleet._history import BUILDBOT, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_CUSTOM = "custom"
_NEWEST = max(version for _, version in BUILDBOT)


def by_shape(fleet: Population, by: str, basis: str) -> Expected:
    """Count by ``base``, ``depth`` or ``portion``, of installations that answered their plugins and are no
    newer than the vocabulary; by ``variety`` of those that answered that.
    """
    if by == "variety":
        return _by_variety(
            [state for state in fleet.states(basis) if state.variety is not None and not is_newer(state)]
        )
    states = [state for state in fleet.states(basis) if state.plugins is not None and not is_newer(state)]
    return {"base": _by_base, "depth": _by_depth, "portion": by_portion}[by](states)


def is_newer(state: Truth) -> bool:
    """Return whether it runs a release that no vocabulary knows yet."""
    return version_of(state.versions.get("buildbot", "0.0.0")) > _NEWEST


def _by_base(states: list[Truth]) -> Expected:
    users: Counter[str] = Counter()
    instances: Counter[str] = Counter()
    reached: defaultdict[str, list[int]] = defaultdict(list)  # how deep each installation goes that subclasses it
    kinds: dict[str, str] = {}
    for state in states:
        kinds |= state.kinds or {}
        plugins = state.plugins or {}
        own = {name: count for name, count in plugins.items() if name[1] > 0 or name[0] == _CUSTOM}
        users.update({base for base, _ in plugins})
        for base in {base for base, _ in own}:
            reached[base].append(max(depth for name, depth in own if name == base))
        for (base, _), count in own.items():
            instances[base] += count
    rows: list[dict[str, object]] = [
        {
            "plugin": base,
            "kind": kinds[base],
            "installations": len(depths),
            "instances": instances[base],
            "users": users[base],
            "subclassed": len(depths) / users[base],
            "median_depth": median_low(depths),
        }
        for base, depths in sorted(reached.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return Expected.of(len(states), rows)


def _by_depth(states: list[Truth]) -> Expected:
    installations: Counter[int] = Counter()
    instances: Counter[int] = Counter()
    for state in states:
        depths = [(depth, count) for (base, depth), count in (state.plugins or {}).items() if base != _CUSTOM]
        installations.update({depth for depth, _ in depths})
        for depth, count in depths:
            instances[depth] += count
    rows: list[dict[str, object]] = [
        {"depth": depth, "installations": installations[depth], "instances": instances[depth]}
        for depth in sorted(installations)
    ]
    return Expected.of(len(states), rows)


def _by_variety(states: list[Truth]) -> Expected:
    """Count for each base the installations in each band of how many different classes of their own stand behind it."""
    bands: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for state in states:
        for base, least in (state.variety or {}).items():
            bands[base][least] += 1
    rows: list[dict[str, object]] = [
        {
            "plugin": base,
            "installations": counts.total(),
            **{band: counts[least] for band, least in (("1", 1), ("2-5", 2), ("6-20", 6), ("21+", 21))},
        }
        for base, counts in sorted(bands.items(), key=lambda item: (-item[1].total(), item[0]))
    ]
    return Expected.of(len(states), rows)


def by_portion(states: list[Truth]) -> Expected:
    """Count installations by the part of their instances that are of classes of their own."""
    bands: dict[str, tuple[float, float]] = {
        "none": (-1, 0), "up to 10%": (0, 10), "up to 25%": (10, 25), "up to 50%": (25, 50), "up to 75%": (50, 75),
        "up to 100%": (75, 100),
    }  # fmt: skip
    portions = []
    for state in states:
        plugins = (state.plugins or {}).items()
        own = sum(count for (base, depth), count in plugins if depth > 0 or base == _CUSTOM)
        portions.append(100 * own / (sum(count for _, count in plugins) or 1))
    return Expected.of(
        len(states),
        [
            {"band": band, "installations": sum(low < portion <= high for portion in portions)}
            for band, (low, high) in bands.items()
        ],
    )
