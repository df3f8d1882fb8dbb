"""The oracle for `sizes`: how many workers, builders and steps installations have."""

from __future__ import annotations

import math
from collections.abc import Iterator

from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population

_BANDS = ((0, 0), (1, 1), (2, 5), (6, 20), (21, 50), (51, 100), (101, 200), (201, 500), (501, 1000), (1001, 5000))


def by_size(fleet: Population, by: str, basis: str) -> Expected:
    """Count in bands, or by quantiles, of installations whose last report answered its plugins."""
    if by == "quantiles":
        kinds = {kind: _sizes(fleet, kind, basis) for kind in ("worker", "builder", "step")}
        return Expected.of(len(kinds["step"]), [_quantiles(kind, sizes) for kind, sizes in kinds.items()])
    sizes = _sizes(fleet, by.removesuffix("s"), basis)
    return Expected.of(len(sizes), list(_banded(sizes)))


def _sizes(fleet: Population, kind: str, basis: str) -> list[int]:
    return sorted(
        sum(count for (base, _), count in state.plugins.items() if (state.kinds or {})[base] == kind)
        for state in fleet.states(basis)
        if state.plugins is not None
    )


def _banded(sizes: list[int]) -> Iterator[dict[str, object]]:
    for low, high in _BANDS:
        found = [size for size in sizes if low <= size <= high]
        if found:
            band = str(low) if low == high else f"{low}-{high}"
            yield {"band": band, "installations": len(found), "instances": sum(found)}
    if rest := [size for size in sizes if size > _BANDS[-1][1]]:
        yield {"band": "more than 5000", "installations": len(rest), "instances": sum(rest)}


def _quantiles(kind: str, sizes: list[int]) -> dict[str, object]:
    row: dict[str, object] = {"kind": kind, "installations": sum(size > 0 for size in sizes)}
    for name, percent in (("p10", 10), ("median", 50), ("p90", 90), ("p99", 99), ("most", 100)):
        row[name] = sizes[max(math.ceil(len(sizes) * percent / 100), 1) - 1] if sizes else 0
    return row
