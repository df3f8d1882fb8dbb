"""Which plugins are used together."""

from __future__ import annotations

from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
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

_CONFIDENCE = Column("confidence", "of those who use the first, the share that uses the second too", is_share=True)
_LIFT = Column("lift", "how many times as often as if one had nothing to do with the other")


def _lift(both: int, one: int, other: int, total: int) -> float:
    return round(both * total / (one * other), 4)


def _pairs(results: Results, totals: Totals) -> list[Row]:
    """Return the pairs in both orders; the pair of a plugin with itself counts its users."""
    counts = {(plugin, other): count for plugin, other, count in results}
    using = {plugin: count for (plugin, other), count in counts.items() if plugin == other}
    rows: list[Row] = [
        {
            "plugin": first,
            "with": second,
            "installations": both,
            "share": share(both, totals.denominator),
            "confidence": share(both, using[first]),
            "lift": _lift(both, using[first], using[second], totals.denominator),
        }
        for (plugin, other), both in counts.items()
        if plugin != other
        for first, second in ((plugin, other), (other, plugin))
    ]
    return sorted(rows, key=lambda row: (-int(row["installations"]), str(row["plugin"]), str(row["with"])))


def companions(results: Results, totals: Totals) -> list[Row]:
    """Return what the matching installations use, beside what all use."""
    return [
        {
            "plugin": plugin,
            "kind": kind,
            "installations": count,
            "share": share(count, totals.denominator),
            "elsewhere": share(using, totals.everyone),
            "lift": _lift(count, totals.denominator, using, totals.everyone),
        }
        for plugin, kind, count, using in results
    ]


COMPANIONS = Breakdown(
    Statement("combinations.companions"),
    Scope(("plugins",), subject="matching"),
    Shown(
        (
            PLUGIN,
            KIND,
            INSTALLATIONS,
            Column("elsewhere", "the share of all installations that use it, whether or not they match", is_share=True),
            _LIFT,
        ),
        companions,
    ),
)
"""What the installations that match a condition use, compared with all."""


def _pair(path: str, among: str, them: str) -> Breakdown:
    columns = (PLUGIN, Column("with", "the second of the pair"), INSTALLATIONS, _CONFIDENCE, _LIFT)
    return Breakdown(
        Statement("combinations", fill={"among": among, "them": them}), Scope((path,)), Shown(columns, _pairs)
    )


QUESTION = Question(
    "combinations",
    "Combinations",
    "Which plugins go together. By `pair` (of classes) or `www` (of plugins of the web interface), in both orders: "
    "the installations that use both (`share` is the support), the confidence, and the lift. By `companions`: what "
    "those who match a condition, such as `plugin = buildbot.steps.source.cvs.CVS`, use beside it, compared with "
    "all.",
    {
        "pair": _pair("plugins", "NOT IN", "own_fields"),
        "www": _pair("www_plugins", "IN", "web"),
        "companions": COMPANIONS,
    },
)
