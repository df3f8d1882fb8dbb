"""A shop: the configuration of one installation, drawn once from its archetype, and its growth."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from random import Random

from headcount.fleet.simulation.archetypes import ARCHETYPES, WWW, Archetype
from headcount.fleet.simulation.classes import BUILD_STEP, BUILDER, CUSTOM, JANITORS, Use
from headcount.fleet.simulation.details import Details

_MOST_BUILDERS = 150
_GROWTH = 0.12  # growth of the builders from one revision of the configuration to the next
_LAST_ADOPTION = 4  # the last revision that adds a class
_JANITORS = (0.6, 0.8)  # two fifths of the shops have a JanitorConfigurator, half of these for both kinds of data

Pipelines = list[tuple[tuple[Use, ...], int]]
Uses = list[tuple[Use, int]]


@dataclass(frozen=True)
class Shop:
    """The configuration of an installation.

    ``pipelines``: its ways to build, ``weights``: the shares of them, which are equal unless they are given; ``others``
    and ``full``: the revision that adds a class, its use, its instances. Only a full report of our reporter counts
    ``full``. ``janitors``: the steps of its JanitorConfigurator, if it has that; ``details``: what only a full report
    of ours says of the rest.
    """

    builders: int
    pipelines: tuple[tuple[Use, ...], ...]
    others: tuple[tuple[int, Use, int], ...]
    full: tuple[tuple[int, Use, int], ...]
    www: tuple[str, ...]
    janitors: tuple[str, ...]
    weights: tuple[int, ...] = ()
    details: Details = field(default_factory=Details)

    def builders_at(self, revision: int) -> Pipelines:
        """Return for each way to build its number of builders; growth stops at some size."""
        total = round(self.builders * (1 + _GROWTH * min(revision, 10)))
        total = min(max(1, total), max(_MOST_BUILDERS, self.builders))
        return [(steps, count) for steps, count in zip(self.pipelines, self._counts(total), strict=True) if count]

    def _counts(self, total: int) -> list[int]:
        """Return how many of so many builders each way to build has: as it is due, and one more to the first ones."""
        weights = self.weights or (1,) * len(self.pipelines)
        counts = [total * weight // sum(weights) for weight in weights]
        more = total - sum(counts)
        return [count + (number < more) for number, count in enumerate(counts)]

    def others_at(self, revision: int) -> Uses:
        """Return the classes that are no steps, with their instances; `builders_at` counts builders."""
        return [(use, count) for adopted, use, count in self.others if adopted <= revision]

    def full_at(self, revision: int) -> Uses:
        """Return the further classes that only a full report of ours counts."""
        return [(use, count) for adopted, use, count in self.full if adopted <= revision]


def draw_shop(rng: Random) -> Shop:
    """Return a shop of any archetype."""
    archetype = rng.choices(list(ARCHETYPES.values()), [each.share for each in ARCHETYPES.values()])[0]
    builders = min(max(1, round(archetype.builders * rng.lognormvariate(0, 0.8))), _MOST_BUILDERS)
    bent = archetype.bent * rng.choice((0, 0, 0.5, 1, 2))  # two fifths of the shops subclass none
    pipelines = tuple(_pipeline(rng, archetype, bent) for _ in range(rng.randint(1, min(builders, 5))))
    others = _others(rng, archetype, bent, builders)
    if bent and rng.random() < 0.05:
        others.append((0, Use(BUILDER, 1), rng.randint(1, 4)))
    if rng.random() < 0.03:
        others.append((rng.randint(0, 2), Use(CUSTOM, rng.randint(0, 2), "ProjectManhattanScheduler"), 1))
    full = _some(rng, archetype.full, 0, builders)
    www = tuple(name for name, chance in WWW.items() if rng.random() < chance)
    return Shop(builders, pipelines, tuple(others), tuple(full), www, JANITORS[: bisect(_JANITORS, rng.random())])


def _pipeline(rng: Random, archetype: Archetype, bent: float) -> tuple[Use, ...]:
    paths = [rng.choice(archetype.source), *rng.choice(archetype.pipelines).split()]
    if rng.random() < 0.02:
        return ()  # a builder without steps, as yet
    steps = [Use(f"buildbot.{path}", _depth(rng, bent)) for path in paths]
    if bent and rng.random() < 0.08:
        steps.append(Use(CUSTOM, rng.randint(0, 3), "AcmeLazyStepForSecretPlant"))
    if bent and rng.random() < 0.04:
        # stock takes any class in a module under `buildbot.` for Buildbot's own
        steps.append(Use(BUILD_STEP, 1, "buildbot/acme_contrib/merger/ProjectBluebirdStep"))
    return tuple(steps)


def _others(rng: Random, archetype: Archetype, bent: float, builders: int) -> list[tuple[int, Use, int]]:
    found = _some(rng, archetype.others, bent, builders)
    workers = [place for place, (_, use, _) in enumerate(found) if use.base.startswith("buildbot.worker.")]
    for place in workers:
        adopted, use, _ = found[place]
        found[place] = (
            adopted,
            use,
            max(1, round(builders * archetype.workers * rng.uniform(0.3, 1.5) / len(workers))),
        )
    if not workers:
        found.append((0, Use("buildbot.worker.base.Worker", 0), max(1, round(builders * archetype.workers))))
    return found


def _some(rng: Random, table: str, bent: float, builders: int) -> list[tuple[int, Use, int]]:
    found = []
    for entry in table.split():
        path, _, chance = entry.partition(":")
        if rng.random() >= float(chance):
            continue
        adopted = 0 if rng.random() < 0.75 else rng.randint(1, _LAST_ADOPTION)
        most = max(1, builders // 2) if path.startswith(("schedulers.", "changes.")) else 2
        count, depth = rng.randint(1, most), _depth(rng, bent)
        found.append((adopted, Use(f"buildbot.{path}", depth), count))
        if depth and rng.random() < 0.4:
            found.append(
                (adopted, Use(f"buildbot.{path}", 0), rng.randint(1, 3))
            )  # the class itself beside its subclass
    return found


def _depth(rng: Random, bent: float) -> int:
    return rng.choices((1, 2, 3), (75, 20, 5))[0] if rng.random() < bent else 0
