"""What few use, of which `drop` may be asked."""

from __future__ import annotations

from functools import partial

from headcount.contract import OFFERED_KINDS, vocabulary
from headcount.questions._columns import INSTALLATIONS, INSTANCES, KIND, PLUGIN
from headcount.questions._kinds import KINDS_AT_FULL
from headcount.questions._offered import EVERY_KIND, offered
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Column,
    Execution,
    Findings,
    Question,
    Row,
    Scope,
    Shown,
    Statement,
    share,
)
from headcount.warehouse import OWN_FIELDS

_COLUMNS = (
    PLUGIN,
    KIND,
    Column("brought", "the release of Buildbot that brought it"),
    INSTALLATIONS,
    INSTANCES,
    Column(
        "last_seen",
        "the last day on which a report had it, of installations that were seen on two days, alive or not; "
        "empty: never since the answer's `held_since`",
    ),
)


def _fewest_first(execution: Execution, kinds: tuple[str, ...]) -> Findings:
    """Find the plugins of these kinds that Buildbot offers, those that nobody was seen with for longest first."""
    levels = execution.levels()
    total = sum(levels.values())
    used = {(plugin, kind): counts for plugin, kind, *counts in execution.rows("used")}
    seen = {(plugin, kind): day for plugin, kind, day in execution.rows("seen")}
    known = vocabulary()
    rows: list[Row] = []
    for plugin, brought in offered().items():
        kind = known.kind(plugin)
        if kind in kinds:
            installations, instances, *_ = used.get((plugin, kind), (0, 0))
            rows.append(
                {
                    "plugin": plugin,
                    "kind": kind,
                    "brought": str(brought),
                    "installations": installations,
                    "share": share(installations, total),
                    "instances": instances,
                    "last_seen": str(seen.get((plugin, kind), "")),
                }
            )
    rows.sort(key=lambda row: (row["installations"], row["last_seen"], row["plugin"]))
    return Findings(total, rows, levels=levels)


def _candidates(kinds: tuple[str, ...], asked: str, path: str, denominator: str = "answered") -> Breakdown:
    used = Statement("plugins", parameters={"kind": asked})
    seen = Statement("candidates.seen")
    return Breakdown(
        used,
        Scope((path,), denominator, bases=("confirmed", "alive", "seen")),
        Shown(_COLUMNS),
        Analysis({"used": used, "seen": seen}, partial(_fewest_first, kinds=kinds)),
    )


def _of_kind(kind: str) -> Breakdown:
    denominator = "answered_full" if kind in KINDS_AT_FULL else "answered"
    return _candidates((kind,), kind, OWN_FIELDS.get(kind, "plugins"), denominator)


QUESTION = Question(
    "candidates",
    "Hardly used",
    "The plugins that the newest release of Buildbot offers, those that fewest use first, with those that nobody uses, and "
    "when each was last seen: what `drop` may be asked of. By `all` the kinds that every reporter counts, or by a kind. "
    "Classes from which others derive are left out where their name tells: those with Base, Abstract or Mixin in it. That a "
    "report does not have a class says nothing of those who do not report.",
    {"all": _candidates(OFFERED_KINDS, "all", "plugins"), **{kind: _of_kind(kind) for kind in EVERY_KIND}},
)
