"""What `JanitorConfigurator` added to a configuration, which is not the administrator's.

It names what it adds by one reserved name, and Buildbot takes no two builders, workers or schedulers of one name. So the
name, on a builder of janitor steps alone, tells its objects from all others.
"""

from __future__ import annotations

from typing import Any

from headcount.client._theirs import get, is_a, path_of
from headcount.contract import JANITOR_STEPS, of_type

_NAME = "__Janitor"
_SCHEDULERS = (_NAME, _NAME + "_force")
_LOCAL = ("buildbot.worker.local", "LocalWorker")
_PROTOCOL = "null"


def is_of(steps: list[str]) -> bool:
    """Return whether steps with these names are such as the Janitor's builder has."""
    return bool(steps) and steps[0] in JANITOR_STEPS and JANITOR_STEPS.issuperset(steps)


def is_builder(builder: Any) -> bool:
    """Return whether a builder of such steps is the Janitor's."""
    return _is_named(builder, "name", _NAME)


def without(workers: list[Any], schedulers: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return workers and schedulers without those of the Janitor's builder."""
    return (
        [worker for worker in workers if not _is_named(worker, "workername", _NAME)],
        [scheduler for scheduler in schedulers if not _is_named(scheduler, "name", *_SCHEDULERS)],
    )


def protocols(configured: list[Any], workers: list[Any]) -> list[Any]:
    """Return the configured protocols without that of the Janitor's worker, unless one of these workers needs it too."""
    kinds = {id(kind): kind for kind in map(type, workers)}
    if any(path_of(cls) == _LOCAL for kind in kinds.values() for cls in of_type(kind, "__mro__")):
        return configured
    return [protocol for protocol in configured if protocol != _PROTOCOL]


def _is_named(thing: Any, attribute: str, *names: str) -> bool:
    name = get(thing, attribute)
    return is_a(name, str) and name in names
