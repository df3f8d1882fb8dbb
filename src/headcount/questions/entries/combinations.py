"""Which plugins are used together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
from headcount.questions._kinds import KINDS
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Column,
    Execution,
    Findings,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Table,
    Totals,
    share,
)

SUPPORT = 5
"""How many installations use both of a pair at least, unless the query says otherwise."""

EVERYWHERE = 90
"""What more than so many of 100 installations use is left out: it goes together with everything."""

_CONFIDENCE = Column("confidence", "of those who use the first, the share that uses the second too", is_share=True)
_LIFT = Column("lift", "how many times as often as if one had nothing to do with the other")


def _lift(both: int, one: int, other: int, total: int) -> float:
    return round(both * total / (one * other), 4)


def _pairs(execution: Execution, first: Callable[[Row], float]) -> Findings:
    """Find the pairs, those with the greatest ``first`` first, each once: the plugin that fewer use, and the other.

    In what the statement finds, the pair of a plugin with itself counts its users.
    """
    levels = execution.levels()
    total = sum(levels.values())
    results = execution.rows("pairs", parameters={"support": execution.query.support or SUPPORT})
    counts = {(plugin, other): count for plugin, other, count in results}
    using = {plugin: count for (plugin, other), count in counts.items() if plugin == other}
    everywhere = {plugin for plugin, count in using.items() if 100 * count > EVERYWHERE * total}
    rows: list[Row] = []
    for pair, both in counts.items():
        if pair[0] == pair[1] or not everywhere.isdisjoint(pair):
            continue
        rarer, other = sorted(pair, key=lambda plugin: (using[plugin], plugin))
        rows.append(
            {
                "plugin": rarer,
                "with": other,
                "installations": both,
                "share": share(both, total),
                "confidence": share(both, using[rarer]),
                "lift": _lift(both, using[rarer], using[other], total),
            }
        )
    rows.sort(key=lambda row: (-first(row), -int(row["installations"]), row["plugin"], row["with"]))
    left_out: list[Row] = [
        {"plugin": plugin, "installations": using[plugin], "share": share(using[plugin], total)}
        for plugin in sorted(everywhere, key=lambda plugin: (-using[plugin], plugin))
    ]
    return Findings(total, rows, {"everywhere": Table(left_out, total)}, levels)


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
        "dumbbells",
    ),
)
"""What the installations that match a condition use, compared with all."""


def _pair(path: str, among: str, them: str, kind: str = "", order: str = "lift") -> Breakdown:
    statement = Statement("combinations", fill={"among": among, "them": them}, parameters={"kind": kind})
    columns = (PLUGIN, Column("with", "the second of the pair"), INSTALLATIONS, _CONFIDENCE, _LIFT)
    return Breakdown(
        statement,
        Scope((path,)),
        Shown(columns, chart="pairs"),
        Analysis({"pairs": statement}, partial(_pairs, first=lambda row: float(row[order]))),
        {"everywhere": (PLUGIN, INSTALLATIONS)},
        takes=frozenset({"support"}),
    )


QUESTION = Question(
    "combinations",
    "Combinations",
    f"Which plugins go together: each pair once, by its lift, that at least {SUPPORT} installations use, or as many as "
    "`support` says. By `pair` (of classes), `www` (of plugins of the web interface), or a kind of class, of which both "
    "are; by `confidence` the pairs of classes in the order of that. The first is the one that fewer use. `share` is of "
    f"those who use both. What more than {EVERYWHERE}% use goes with everything: it is left out of the pairs, and listed "
    "as `everywhere`. By `companions`: what those who match a condition, such as `plugin = buildbot.steps.source.cvs.CVS`, "
    "use beside it, compared with all.",
    {
        "pair": _pair("plugins", "NOT IN", "own_fields"),
        "www": _pair("www_plugins", "IN", "web"),
        **{kind: _pair("plugins", "IN", "of_this_kind", kind) for kind in KINDS},
        "confidence": _pair("plugins", "NOT IN", "own_fields", order="confidence"),
        "companions": COMPANIONS,
    },
)
