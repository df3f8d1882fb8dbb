"""What `JanitorConfigurator` adds to a master: stock counts it as the administrator's, and so did we until schema 2."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from headcount.contract._names import Name

if TYPE_CHECKING:
    from headcount.contract._collections import Counts, Sequence

JANITOR_STEPS = frozenset(
    {"buildbot.configurators.janitor.LogChunksJanitor", "buildbot.configurators.janitor.BuildDataJanitor"}
)
"""The classes of its steps: a builder of them alone is the Janitor's."""

_JANITORS = frozenset(map(Name, JANITOR_STEPS))
_BUILDER = Name("buildbot.config.builder.BuilderConfig")
_BESIDE = tuple(map(Name, (
    "buildbot.worker.local.LocalWorker",
    "buildbot.schedulers.timed.Nightly",
    "buildbot.schedulers.forcesched.ForceScheduler",
)))  # fmt: skip


def mark_of_left_janitor(plugins: Counts[Name] | None, pipelines: Counts[Sequence] | None) -> bool | None:
    """Return False where a step of the Janitor's is left that is the administrator's own use of it; None where none is.

    A profile that holds such a step and no mark is from before reports were looked through.
    """
    steps = chain((name for name, _ in plugins or ()), chain.from_iterable(steps for steps, _ in pipelines or ()))
    return None if _JANITORS.isdisjoint(steps) else False


def without_janitor(plugins: Counts[Name] | None, pipelines: Counts[Sequence] | None) -> dict[str, Any]:
    """Return the attributes of a profile that change where what `JanitorConfigurator` added to a master is taken out.

    There are none where it added nothing. It adds a builder of janitor steps alone, and a worker and two schedulers for it.
    Where builders are not told, as at `basic`, a janitor step tells of them. No count goes below 0.
    """
    if pipelines is not None:
        builders = Counter({steps: count for steps, count in pipelines if steps and _JANITORS.issuperset(steps)})
        steps: Counter[Name] = Counter()
        for sequence, count in builders.items():
            for step in sequence:
                steps[step] += count
    else:
        steps = Counter(name for name, _ in plugins or () if name in _JANITORS)
        builders = Counter([tuple(steps)] if steps else ())
    if not builders:
        return {}
    changed: dict[str, Any] = {"janitor": True}
    if plugins is not None:
        added = steps + Counter({_BUILDER: sum(builders.values())}) + Counter(_BESIDE)
        changed["plugins"] = tuple((name, count - added[name]) for name, count in plugins if count > added[name])
    if pipelines is not None:
        changed["pipelines"] = tuple(pair for pair in pipelines if pair[0] not in builders)
    return changed
