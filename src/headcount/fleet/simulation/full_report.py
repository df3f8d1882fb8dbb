"""What a full report of our reporter says since schema 2: its fields, and their truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, NamedTuple

from headcount.fleet._history import BUILDBOT, Version, newest
from headcount.fleet.simulation.classes import CONFIGURATOR, CUSTOM, KINDS, LOCAL_WORKER, Use
from headcount.fleet.simulation.details import PUBLIC_HOOKS
from headcount.fleet.simulation.installation import Installation
from headcount.fleet.simulation.shop import Uses

_BANDS = {21: "21+", 6: "6-20", 2: "2-5", 1: "1"}
"""The least number of a band → the band."""

_BEFORE_WORKERS = "0.8.14"
_JANITOR_SINCE = (0, 9, 13)


class Fields(NamedTuple):
    """The fields as they are sent, and their truth."""

    body: dict[str, object]
    truth: dict[str, Any]


def fields(one: Installation, day: int, buildbot: Version, uses: Uses, builders: int) -> Fields:
    """Return what the installation says, of its own uses of classes; a function drops some of it."""
    details = one.shop.details
    counts: dict[tuple[str, int], int] = {}
    for use, count in uses:
        counts[use.base, use.depth] = counts.get((use.base, use.depth), 0) + count
    workers = {base: count for (base, _), count in counts.items() if KINDS[base] == "worker"}
    hooks = sorted(details.hooks)
    configurators = [*details.configurators]
    if one.shop.janitors and buildbot >= _JANITOR_SINCE:
        configurators.append(Use(CONFIGURATOR))
    bands = {release: _least(count) for release, count in _releases(one, day, buildbot, sum(workers.values())).items()}
    variety = {base: _least(count) for base, count in details.variety(counts).items()}
    truth: dict[str, Any] = {
        "build": "pre-release" if one.runs_ahead(buildbot) else one.habits.build,
        "workers": bands,
        "driver": one.database.driver,
        "server": one.database.server(day),
        "hooks": _count(name if name in PUBLIC_HOOKS else CUSTOM for name in hooks),
        "protocols": dict.fromkeys(sorted(_protocols(workers, details.msgpack)), 1),
        "configurators": _count((use.base, use.depth) for use in configurators),
        "factories": details.factories_of(builders),
        "variety": variety,
    }
    body: dict[str, object] = {
        "build": truth["build"],
        "workers": {release: _BANDS[least] for release, least in bands.items()},
        "db_driver": truth["driver"],
        "db_server": truth["server"],
        "hooks": sorted(name if name in PUBLIC_HOOKS else CUSTOM for name in hooks),
        "protocols": list(truth["protocols"]),
        "configurators": _wires(truth["configurators"]),
        "factories": _wires(truth["factories"]),
        "variety": {base: _BANDS[least] for base, least in variety.items()},
    }
    for name in one.habits.drops if one.level == "custom" else ():
        del body[name], truth[name.removeprefix("db_")]
    if truth.get("server", "") is None:
        del body["db_server"], truth["server"]
    return Fields(body, truth)


def _least(count: int) -> int:
    """Return the least number of the band of a count."""
    return next(least for least in _BANDS if count >= least)


def _protocols(workers: Mapping[str, int], msgpack: float) -> set[str]:
    remote = any(count for base, count in workers.items() if base != LOCAL_WORKER)
    found = {"null"} if LOCAL_WORKER in workers else set()
    if remote and msgpack < 1:
        found.add("pb")
    if remote and msgpack:
        found.add("msgpack")
    return found


def _releases(one: Installation, day: int, buildbot: Version, workers: int) -> dict[str, int]:
    """Return the releases of the workers that were seen, with their numbers: some lag, and a few are of before 0.9."""
    rng = Random(f"{one.like}/workers")  # noqa: S311  # not for secrets
    seen = round(workers * rng.choice((0, 0.6, 1, 1)))
    lag, share = rng.randint(100, 1500), rng.choice((0, 0, 0.3, 0.7, 1))
    lagging = round(seen * share)
    ancient = min(lagging, 1 if rng.random() < 0.08 else 0)
    earlier = newest(BUILDBOT, day - lag, buildbot) or buildbot
    found = {_text(buildbot): seen - lagging}
    found[_text(earlier)] = found.get(_text(earlier), 0) + lagging - ancient
    found[_BEFORE_WORKERS] = ancient
    return {release: count for release, count in found.items() if count}


def _wires(counts: Mapping[tuple[str, int], int]) -> dict[str, int]:
    return {(">" * (depth + 1) if depth else "") + base: count for (base, depth), count in counts.items()}


def _count(keys: Iterable[Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found


def _text(version: Version) -> str:
    return ".".join(map(str, version))
