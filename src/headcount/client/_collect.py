"""Collecting a configuration for a report: public names and counts, and no text of the administrator's.

Works on any object with the attributes of Buildbot's ``MasterConfig``, and imports nothing of Buildbot's.
The name of each class is looked up once, however often the class occurs.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from headcount.client._theirs import STEP_CLASS, get, is_a
from headcount.contract import CUSTOM, Vocabulary, of_type, public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FACTORY = ("buildbot.process.buildstep", "_BuildStepFactory")


class Collected:
    """A configuration as it was read: the names of its classes, not yet counted."""

    def __init__(self, answers: dict[str, Any], names: list[str], sequences: list[list[str]], *, full: bool) -> None:
        self._answers = answers
        self._names = names
        self._sequences = sequences
        self._full = full

    def facts(self) -> dict[str, Any]:
        """Return the part of a report that the configuration answers. Touches no object of the master's."""
        counts = Counter(self._names)
        for steps, builders in _repeated(self._sequences):
            if builders == 1:
                counts.update(steps)
            else:
                counts.update({name: count * builders for name, count in Counter(steps).items()})
        facts = {**self._answers, "plugins": dict(counts)}
        if self._full:
            facts["builders"] = self._sequences
        return facts


def _repeated(sequences: list[list[str]]) -> Iterator[tuple[list[str], int]]:
    """Yield each list once with how often it occurs: builders that share a factory share the list."""
    uses = Counter(map(id, sequences))
    for key, steps in {id(steps): steps for steps in sequences}.items():
        yield steps, uses[key]


def collect(config: Any, vocabulary: Vocabulary, *, full: bool, www: Iterable[str] | None = None) -> Collected:
    """Read a configuration. ``full``: also what the level `full` adds. A factory that builders share is read once.

    ``www``: the names of the web interface's plugins, where the configuration may have lost some.
    """
    named = _Names(vocabulary)
    services = [service for service in _values(config, "services") if not _is_ours(service)]
    builders = _values(config, "builders")
    things = [*builders, *services]
    for name in ("workers", "schedulers", "change_sources"):
        things += _values(config, name)
    answers: dict[str, Any] = {
        "mq": public("mq", _item(config, "mq", "type")),
        "www_plugins": sorted(_www(_www_plugins(config) if www is None else www, vocabulary)),
    }
    if full:
        things += _only_at_full(config, services)
        answers["multi_master"] = bool(getattr(config, "multiMaster", False))
    factories: dict[int, list[str]] = {}
    sequences = []
    for builder in builders:
        factory = get(builder, "factory")
        if id(factory) not in factories:
            factories[id(factory)] = named.steps(_steps(factory))
        sequences.append(factories[id(factory)])
    return Collected(answers, [named.of(type(thing)) for thing in things], sequences, full=full)


class _Names:
    """The wire names of classes, each looked up once: by identity, since a metaclass may break the hash of a class."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names: dict[int, str] = {}
        self._plain: dict[type, str] = {}  # the same by class, which is quicker, where the metaclass is `type`
        self._attributes: dict[int, str | None] = {}
        self._referenced: list[type] = []  # so that no other class gets the identity of one of them

    def of(self, cls: type) -> str:
        """Return the name of a class."""
        name = self._names.get(id(cls))
        if name is None:
            name = self._names[id(cls)] = self._vocabulary.name_of(cls).wire
            self._referenced.append(cls)
            if type(cls) is type:
                self._plain[cls] = name
        return name

    def steps(self, steps: list[Any]) -> list[str]:
        """Return the names of steps, given as in a builder: by the factories that create them.

        There may be a hundred thousand, and the master waits: the common case is one pass over them.
        """
        if steps and self._attribute(type(steps[0]), steps[0]) == "step_class":
            kind, known = type(steps[0]), self._plain
            with suppress(Exception):  # a class without a name yet, or a factory of something odd
                return [known[step.step_class] if type(step) is kind else self._step(step) for step in steps]
        return [self._step(step) for step in steps]

    def _step(self, step: Any) -> str:
        attribute = self._attribute(type(step), step)
        cls = get(step, attribute) if attribute else None
        return self.of(cls if is_a(cls, type) else type(step))

    def _attribute(self, kind: type, step: Any) -> str | None:
        """Return the attribute of a step's factory that holds the step's class; None for a ``step`` that is no factory."""
        if id(kind) not in self._attributes:
            is_factory = any(_path(cls) == _FACTORY for cls in of_type(kind, "__mro__"))
            self._attributes[id(kind)] = (
                next((name for name in STEP_CLASS if is_a(get(step, name), type)), None) if is_factory else None
            )
            self._referenced.append(kind)
        return self._attributes[id(kind)]


def _only_at_full(config: Any, services: Iterable[Any]) -> list[Any]:
    found = [*_values(config, "secretsProviders"), *_values(config, "machines")]
    www = getattr(config, "www", None)
    if isinstance(www, dict) and www.get("port") is not None and not _is_default(www.get("auth")):
        found.append(www["auth"])
    for service in services:
        arguments = get(service, "_config_kwargs")
        generators = arguments.get("generators") if is_a(arguments, dict) else None
        if is_a(generators, list, tuple):
            found += generators
    return found


def _is_default(auth: Any) -> bool:
    """Return whether no authentication was configured: then Buildbot puts in a ``NoAuth``."""
    return auth is None or _path(type(auth)) == ("buildbot.www.auth", "NoAuth")


def _values(config: Any, name: str) -> list[Any]:
    found = getattr(config, name, None)
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else []


def _steps(factory: Any) -> list[Any]:
    steps = get(factory, "steps")
    return list(steps) if is_a(steps, list, tuple) else []


def _www_plugins(config: Any) -> list[str]:
    plugins = _item(config, "www", "plugins")
    return list(plugins) if isinstance(plugins, dict) else []


def _www(names: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    return [name if name in vocabulary.www else CUSTOM for name in names]


def _item(config: Any, name: str, key: str) -> Any:
    holder = getattr(config, name, None)
    return holder.get(key) if isinstance(holder, dict) else None


def _is_ours(service: Any) -> bool:
    return _path(type(service)) == ("headcount.client._service", "UsageDataService")


def _path(cls: type) -> tuple[Any, Any]:
    return of_type(cls, "__module__"), of_type(cls, "__qualname__")


def database(url: Any) -> str | None:
    """Return the type of a database, by the scheme of its URL; None where the URL is no text, such as a secret."""
    if not isinstance(url, str):
        return None
    found = public("db", url.partition("://")[0].partition("+")[0])
    return found if isinstance(found, str) else None
