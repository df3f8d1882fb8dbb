"""How large installations are."""

from __future__ import annotations

from collections import Counter

from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import (
    Breakdown,
    Column,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)

_KINDS = ("worker", "builder", "step")
_QUANTILES = {"p10": 0.1, "median": 0.5, "p90": 0.9, "p99": 0.99, "most": 1.0}


def _banded(results: Results, totals: Totals) -> list[Row]:
    installations: Counter[int] = Counter()
    instances: Counter[int] = Counter()
    for size, count in results:
        band = _bands.place(size, _bands.SIZES)
        installations[band] += count
        instances[band] += size * count
    return [
        {
            "band": name,
            "installations": installations[band],
            "share": share(installations[band], totals.denominator),
            "instances": instances[band],
        }
        for band, name in enumerate(_bands.names(_bands.SIZES))
        if installations[band]
    ]


def _quantiles(results: Results, totals: Totals) -> list[Row]:
    rows: list[Row] = []
    for kind in _KINDS:
        counted = [(size, count) for of, size, count in results if of == kind]
        have = sum(count for _, count in counted)
        counted.append((0, totals.denominator - have))
        row: Row = {"kind": kind, "installations": have, "share": share(have, totals.denominator)}
        for name, part in _QUANTILES.items():
            row[name] = _bands.quantile(counted, part)
        rows.append(row)
    return rows


def _of(kind: str) -> Breakdown:
    columns = (
        Column("band", f"how many {kind}s an installation has, from and to"),
        INSTALLATIONS,
        Column("instances", f"how many {kind}s these installations have together"),
    )
    return Breakdown(
        Statement("sizes", parameters={"kind": kind}), Scope(("plugins",)), Shown(columns, _banded, "cumulative")
    )


QUESTION = Question(
    "sizes",
    "Sizes",
    "How many workers, builders and steps an installation has. By `quantiles`: how many of each a tenth, half, nine "
    "tenths and 99 in 100 of all installations do not exceed, and the most; there `installations` are those that "
    "have any.",
    {
        **{f"{kind}s": _of(kind) for kind in _KINDS},
        "quantiles": Breakdown(
            Statement("sizes.quantiles"),
            Scope(("plugins",)),
            Shown(
                (
                    Column("kind", "worker, builder or step"),
                    INSTALLATIONS,
                    *(
                        Column(name, f"the number that {part:.0%} of the installations do not exceed")
                        for name, part in _QUANTILES.items()
                    ),
                ),
                _quantiles,
                "quantiles",
            ),
        ),
    },
)
