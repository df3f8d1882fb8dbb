"""What a configuration says, as a report has it: public names, counts, and no text of the administrator's.

Works on any object with the attributes of Buildbot's ``MasterConfig``, and imports nothing of Buildbot's. Each class is
named once, however often it occurs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from headcount.contract import CUSTOM, Vocabulary, public

if TYPE_CHECKING:
    from collections.abc import Iterable

_FACTORY = ("buildbot.process.buildstep", "_BuildStepFactory")


def collect(config: Any, vocabulary: Vocabulary, *, full: bool) -> dict[str, Any]:
    """The part of a report that the configuration answers; with ``full`` all of it."""
    named = _Names(vocabulary)
    counts: Counter[str] = Counter()
    services = [service for service in _values(config, "services") if not _is_ours(service)]
    builders = _values(config, "builders")
    for things in (
        builders,
        services,
        *(_values(config, name) for name in ("workers", "schedulers", "change_sources")),
    ):
        counts.update(map(named, things))
    sequences = [[named.step(step) for step in _steps(builder)] for builder in builders]
    for sequence in sequences:
        counts.update(sequence)
    report: dict[str, Any] = {
        "mq": public("mq", _item(config, "mq", "type")),
        "www_plugins": sorted(_www(config, vocabulary)),
    }
    if full:
        counts.update(map(named, _only_at_full(config, services)))
        report["builders"] = sequences
        report["multi_master"] = bool(getattr(config, "multiMaster", False))
    report["plugins"] = dict(counts)
    return report


class _Names:
    """The names of classes on the wire, each found once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[type, str] = {}

    def __call__(self, thing: Any) -> str:
        return self.of(type(thing))

    def of(self, cls: type) -> str:
        name = self._known.get(cls)
        if name is None:
            name = self._known[cls] = self._vocabulary.name_of(cls).wire
        return name

    def step(self, step: Any) -> str:
        """The name of a step, which stands in a builder as the factory that makes it."""
        for cls in type(step).__mro__:
            if (cls.__module__, cls.__name__) == _FACTORY:
                made = getattr(step, "step_class", None) or getattr(step, "factory", None)
                if isinstance(made, type):
                    return self.of(made)
        return self(step)


def _only_at_full(config: Any, services: Iterable[Any]) -> list[Any]:
    found = [*_values(config, "secretsProviders"), *_values(config, "machines")]
    www = getattr(config, "www", None)
    if isinstance(www, dict) and www.get("port") is not None and www.get("auth") is not None:
        found.append(www["auth"])
    for service in services:
        arguments = getattr(service, "_config_kwargs", None)
        generators = arguments.get("generators") if isinstance(arguments, dict) else None
        if isinstance(generators, (list, tuple)):
            found += generators
    return found


def _values(config: Any, name: str) -> list[Any]:
    found = getattr(config, name, None)
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else []


def _steps(builder: Any) -> list[Any]:
    steps = getattr(getattr(builder, "factory", None), "steps", None)
    return list(steps) if isinstance(steps, (list, tuple)) else []


def _www(config: Any, vocabulary: Vocabulary) -> list[str]:
    plugins = _item(config, "www", "plugins")
    names = list(plugins) if isinstance(plugins, dict) else []
    return [name if name in vocabulary.www else CUSTOM for name in names]


def _item(config: Any, name: str, key: str) -> Any:
    holder = getattr(config, name, None)
    return holder.get(key) if isinstance(holder, dict) else None


def _is_ours(service: Any) -> bool:
    return type(service).__module__.startswith("headcount.")


def database(url: Any) -> str | None:
    """The type of a database by its URL, of which nothing else is looked at; None for what is no text, as a secret."""
    if not isinstance(url, str):
        return None
    found = public("db", url.partition("://")[0].partition("+")[0])
    return found if isinstance(found, str) else None
