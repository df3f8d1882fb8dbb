"""Collecting a configuration for a report: public names and counts, and no text of the administrator's.

Works on any object with the attributes of Buildbot's ``MasterConfig``, and imports nothing of Buildbot's.
The name of each class is looked up once, however often the class occurs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from headcount.client import _janitor
from headcount.client._names import Names
from headcount.client._theirs import get, is_a, item, path_of, values
from headcount.contract import Vocabulary, public

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

_AT_ONCE = 250  # things of which the names are looked up in one step


class Collected:
    """A configuration as it was read: the names of its classes, not yet counted.

    ``beyond``: the names of the classes that `basic` does not count; ``workers``: the names of its workers, which are no
    part of a report.
    """

    def __init__(
        self,
        answers: dict[str, Any],
        names: list[str],
        sequences: list[list[str]],
        counted: dict[str, list[str]],
        workers: frozenset[str],
        *,
        beyond: Sequence[str] = (),
        full: bool,
    ) -> None:
        self._answers = answers
        self._names = names
        self._beyond = beyond
        self._sequences = sequences
        self._counted = counted
        self._full = full
        self.workers = workers

    def facts(self) -> dict[str, Any]:
        """Return the part of a report that the configuration answers. Touches no object of the master's."""
        counts = self._counts()
        counts.update(self._beyond)
        facts = {**self._answers, "plugins": dict(counts)}
        if self._full:
            facts["builders"] = self._sequences
        for field, names in self._counted.items():
            facts[field] = dict(Counter(names))
        return facts

    def plugins_at_basic(self) -> dict[str, int]:
        """Return the classes that a report at the level `basic` counts, and how often."""
        return dict(self._counts())

    def _counts(self) -> Counter[str]:
        counts = Counter(self._names)
        for steps, builders in _repeated(self._sequences):
            if builders == 1:
                counts.update(steps)
            else:
                counts.update({name: count * builders for name, count in Counter(steps).items()})
        return counts


def _repeated(sequences: list[list[str]]) -> Iterator[tuple[list[str], int]]:
    """Yield each list once with how often it occurs: builders that share a factory share the list."""
    uses = Counter(map(id, sequences))
    for key, steps in {id(steps): steps for steps in sequences}.items():
        yield steps, uses[key]


def collect(
    config: Any,
    vocabulary: Vocabulary,
    *,
    full: bool,
    www: Iterable[str] | None = None,
    configurators: Iterable[type] | None = None,
) -> Generator[None, None, Collected]:
    """Read a configuration, and yield after each short step, since the master waits meanwhile.

    ``full``: also what the level `full` adds. A factory that builders share is read once. ``www``: the names of the web
    interface's plugins, where the configuration may have lost some. ``configurators``: the classes of its configurators,
    which it does not hold; None where they are unknown.
    """
    named = Names(vocabulary)
    builders, factories, sequences, has_janitor = yield from _builders(config, named)
    services = [service for service in values(config, "services") if not _is_ours(service)]
    workers, schedulers = values(config, "workers"), values(config, "schedulers")
    if has_janitor:
        workers, schedulers = _janitor.without(workers, schedulers)
    things = [*builders, *services, *workers, *schedulers, *values(config, "change_sources")]
    answers: dict[str, Any] = {
        "mq": public("mq", item(config, "mq", "type")),
        "www_plugins": public("www_plugins", list(_keys(config, "plugins") if www is None else www)),
    }
    names = yield from _named(things, named)
    if not full:
        return Collected(answers, names, sequences, {}, frozenset(), full=False)
    beyond = yield from _named(_only_at_full(config, services), named)
    counted = {"factories": factories}
    if configurators is not None:
        counted["configurators"] = [named.of(cls) for cls in configurators]
    configured = get(config, "protocols")
    protocols = list(configured) if isinstance(configured, dict) else []
    answers |= {
        "multi_master": bool(getattr(config, "multiMaster", False)),
        "hooks": public("hooks", _keys(config, "change_hook_dialects")),
        "protocols": public("protocols", _janitor.protocols(protocols, workers) if has_janitor else protocols),
        "variety": named.variety(),
    }
    seen = yield from names_of_workers(workers)
    return Collected(answers, names, sequences, counted, seen, beyond=beyond, full=True)


def _builders(config: Any, named: Names) -> Generator[None, None, tuple[list[Any], list[str], list[list[str]], bool]]:
    """Return the builders, the names of their factories and of their steps, and whether the Janitor's was among them.

    The Janitor's is left out.
    """
    read: dict[int, list[str]] = {}
    janitors: set[int] = set()  # factories of such steps as the Janitor's builder has
    builders, factories, sequences, looked_at = [], [], [], 0
    configured = values(config, "builders")
    for builder in configured:
        factory = get(builder, "factory")
        key = id(factory)
        steps = read.get(key)
        if steps is None:
            given = _steps(factory)
            steps = read[key] = named.steps(given) if len(given) <= _AT_ONCE else (yield from _sequence(given, named))
            looked_at += len(steps)
            if _janitor.is_of(steps):
                janitors.add(key)
        looked_at += 1
        if looked_at >= _AT_ONCE:
            looked_at = 0
            yield
        if not (key in janitors and _janitor.is_builder(builder)):
            builders.append(builder)
            factories.append(named.of(type(factory)))
            sequences.append(steps)
    return builders, factories, sequences, len(builders) < len(configured)


def _sequence(steps: list[Any], named: Names) -> Generator[None, None, list[str]]:
    names: list[str] = []
    for start in range(0, len(steps), _AT_ONCE):
        names += named.steps(steps[start : start + _AT_ONCE])
        yield
    return names


def _named(things: list[Any], named: Names) -> Generator[None, None, list[str]]:
    names: list[str] = []
    for start in range(0, len(things), _AT_ONCE):
        names += named.each(things[start : start + _AT_ONCE])
        yield
    return names


def _only_at_full(config: Any, services: Iterable[Any]) -> list[Any]:
    found = [*values(config, "secretsProviders"), *values(config, "machines")]
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
    return auth is None or path_of(type(auth)) == ("buildbot.www.auth", "NoAuth")


def _steps(factory: Any) -> list[Any]:
    steps = get(factory, "steps")
    return list(steps) if is_a(steps, list, tuple) else []


def _keys(config: Any, key: str) -> list[str]:
    """Return the keys of one of the dictionaries of the web interface's configuration."""
    found = item(config, "www", key)
    return list(found) if isinstance(found, dict) else []


def names_of_workers(workers: list[Any]) -> Generator[None, None, frozenset[str]]:
    """Return the names of workers, by which the database knows them."""
    found: set[str] = set()
    for start in range(0, len(workers), _AT_ONCE):
        names = (get(worker, "workername") for worker in workers[start : start + _AT_ONCE])
        found.update(name for name in names if type(name) is str)
        yield
    return frozenset(found)


def _is_ours(service: Any) -> bool:
    return path_of(type(service)) == ("headcount.client._service", "UsageDataService")
