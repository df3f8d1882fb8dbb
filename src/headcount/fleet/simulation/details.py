"""Details of a shop: what only a full report of our reporter says of it, since schema 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from headcount.fleet.simulation.classes import CUSTOM, FACTORIES, FACTORY, Use

HOOKS = {"base": 0.08, "bitbucket": 0.04, "github": 0.3, "gitlab": 0.12, "acme_deploy": 0.12, "acme_wiki": 0.05}
"""Change hooks, each with the chance that a shop has it; the last two are private."""

PUBLIC_HOOKS = frozenset({"base", "bitbucket", "github", "gitlab"})
_OTHER_CONFIGURATORS = (Use("buildbot.configurators.ConfiguratorBase", 1), Use(CUSTOM, 0))


@dataclass(frozen=True)
class Details:
    """Details of a shop.

    ``hooks``: its change hooks; ``configurators``: those beside the janitor's; ``factories``: classes of factories other
    than `BuildFactory`, each with the share of the builders that have one; ``own``: base → how many different classes of
    the administrator's stand behind it, of which there are ``own_elsewhere`` behind the others, and never more than there
    are instances; ``msgpack``: the share of the workers that use that protocol.
    """

    hooks: tuple[str, ...] = ()
    configurators: tuple[Use, ...] = ()
    factories: tuple[tuple[Use, float], ...] = ()
    own: Mapping[str, int] = field(default_factory=dict)
    own_elsewhere: int = 1
    msgpack: float = 0.0

    def variety(self, uses: Mapping[tuple[str, int], int]) -> dict[str, int]:
        """Return how many different classes of the administrator's stand behind each base, of these uses.

        A subclass of a subclass is another class than that; each has an instance at least.
        """
        found: dict[str, int] = {}
        for (base, depth), count in uses.items():
            if depth or base == CUSTOM:
                found[base] = found.get(base, 0) + (
                    min(count, self.own.get(base, self.own_elsewhere)) if depth <= 1 else 1
                )
        return found

    def factories_of(self, builders: int) -> dict[tuple[str, int], int]:
        """Return the classes of the factories of so many builders."""
        found: dict[tuple[str, int], int] = {}
        left = builders
        for use, share in self.factories:
            count = min(left, round(builders * share))
            if count:
                found[use.base, use.depth] = count
                left -= count
        return {**found, (FACTORY, 0): left} if left else found


def draw_details(rng: Random) -> Details:
    """Return the details of a shop, with invented shares."""
    hooks = tuple(name for name, chance in HOOKS.items() if rng.random() < chance)
    configurators = _OTHER_CONFIGURATORS[: rng.choices((0, 1, 2), (86, 8, 6))[0]]
    factories: list[tuple[Use, float]] = []
    if rng.random() < 0.12:
        factories.append((Use(FACTORY, rng.choice((1, 1, 2))), rng.choice((0.3, 1))))
    if rng.random() < 0.1:
        factories.append((Use(rng.choice(FACTORIES)), 0.4))
    if rng.random() < 0.02:
        factories.append((Use(CUSTOM, 1), 0.2))
    return Details(
        hooks,
        configurators,
        tuple(factories),
        own_elsewhere=rng.choices((1, 2, 4, 9, 40), (45, 22, 15, 10, 8))[0],
        msgpack=rng.choices((0, 0.5, 1), (94, 4, 2))[0],
    )
