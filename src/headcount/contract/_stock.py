"""Stock Buildbot: what its releases write otherwise, in the forms of our own reporter."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from headcount.contract._distributions import stock_distribution
from headcount.contract._forms import Notes, kernel
from headcount.contract._names import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._collections import Counts, Sequence


def normalize(body: Mapping[str, object], notes: Notes) -> dict[str, object]:
    """Return a stock body with its platform and database in the forms of our reporter; values that are cut are noted."""
    fields = dict(body)
    platform = body.get("platform")
    if isinstance(platform, dict):
        fields["platform"] = _platform(platform, notes)
    db = body.get("db")
    if isinstance(db, str):
        fields["db"] = db.partition("+")[0]
    return fields


_KERNELS = {
    "Linux": ("platform", re.compile(r"Linux-(.*)", re.DOTALL)),
    "Darwin": ("version", re.compile(r"Darwin Kernel Version (.*)", re.DOTALL)),
    "Windows": ("version", re.compile(r"(.*)", re.DOTALL)),
    "FreeBSD": ("version", re.compile(r"FreeBSD (.*)", re.DOTALL)),
    "OpenBSD": ("platform", re.compile(r"OpenBSD-(.*)", re.DOTALL)),
    "NetBSD": ("platform", re.compile(r"NetBSD-(.*)", re.DOTALL)),
}


def _platform(platform: Mapping[str, object], notes: Notes) -> dict[str, object]:
    fields = dict(platform)
    system = platform.get("system")
    distro = platform.get("distro")
    if system is None and isinstance(distro, (list, tuple)) and any(distro):
        system = fields["system"] = "Linux"  # 0.9.0 named no system; its probe of distributions knew Linux alone
    fields.pop("version", None)
    key, pattern = _KERNELS.get(system, ("", None)) if isinstance(system, str) else ("", None)
    raw = platform.get(key)
    match = pattern.fullmatch(raw) if pattern is not None and isinstance(raw, str) else None
    if match is not None:
        number = kernel(match[1])
        if number is not None:
            fields["version"] = number
    if isinstance(raw, str) and raw and "version" not in fields:
        notes.scrub("platform.version")
    if "distro" in fields:
        text, more = stock_distribution(distro, system if isinstance(system, str) else None)
        if text is None:
            del fields["distro"]
        else:
            fields["distro"] = text
        if more:
            notes.scrub("platform.distro")
    return fields


_JANITORS = frozenset(map(Name, (
    "buildbot.configurators.janitor.LogChunksJanitor",
    "buildbot.configurators.janitor.BuildDataJanitor",
)))  # fmt: skip
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
    """Return the attributes of a profile that change where what `JanitorConfigurator` added to a stock master is taken out.

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
