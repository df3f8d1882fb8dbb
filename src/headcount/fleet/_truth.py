"""The truth of a report, without the contract: the facts that the oracle counts, and an event that has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Step = tuple[str, int]
"""A class by its public base (newest dotted path, or ``custom``) and its depth below it, 0 for the base itself."""

# Copies of the contract's paths on purpose: an oracle that read them there would share its errors.
STOCK_PATH: Literal["/events/phone_home"] = "/events/phone_home"
REPORTS_PATH: Literal["/v1/reports"] = "/v1/reports"

_CLASSES = frozenset({"plugins", "configurators", "factories"})
"""The facts that count classes."""


@dataclass(frozen=True)
class Truth:
    """The facts of one report, in their public form; None, or a missing product, where it does not answer.

    ``install``: the raw id; ``secret``: the one that came with it, 64 hexadecimal digits; ``versions``:
    product in lower case → release (three numbers); ``plugins`` and ``www``: instances; ``pipelines``:
    sequence of steps → builders that have it; ``kinds``: the kind of each base in ``plugins``;
    ``vocabulary``: the version by which our reporter named them; ``scrubbed``: field → how many of its
    values are not public; ``made_up``: a flood or a guesser sent it, and there is no such installation; ``crowded``: it
    came as one of too many of its block of addresses.

    Of schema 2: ``build``: how Buildbot was built; ``driver``, ``server``: of the database; ``workers``: release → the
    least number of its band; ``hooks``, ``protocols``: instances; ``configurators``, ``factories``: class → instances;
    ``variety``: base → the least number of the band of how many different classes are behind it; ``janitor``: what a
    JanitorConfigurator added was in the report, and is not in its facts.
    """

    install: str | None
    sender: Literal["stock", "headcount"]
    level: Literal["basic", "full", "custom"]
    versions: Mapping[str, str]
    system: str | None = None
    machine: str | None = None
    distro: str | None = None
    kernel: str | None = None
    implementation: str | None = None
    db: str | None = None
    mq: str | None = None
    plugins: Mapping[Step, int] | None = None
    www: Mapping[str, int] | None = None
    pipelines: Mapping[tuple[Step, ...], int] | None = None
    multi_master: bool | None = None
    kinds: Mapping[str, str] | None = None
    vocabulary: str | None = None
    scrubbed: Mapping[str, int] = field(default_factory=dict)
    secret: str | None = None
    made_up: bool = False
    crowded: bool = False
    build: str | None = None
    driver: str | None = None
    server: str | None = None
    workers: Mapping[str, int] | None = None
    hooks: Mapping[str, int] | None = None
    protocols: Mapping[str, int] | None = None
    configurators: Mapping[Step, int] | None = None
    factories: Mapping[Step, int] | None = None
    variety: Mapping[str, int] | None = None
    janitor: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the facts in JSON's types; `from_dict` is the inverse."""
        values = {name: value for name, value in vars(self).items() if value is not None and value is not False}
        if self.multi_master is False:
            values["multi_master"] = False
        for name in _CLASSES.intersection(values):
            values[name] = [[base, depth, count] for (base, depth), count in values[name].items()]
        if self.pipelines is not None:
            values["pipelines"] = [[steps, count] for steps, count in self.pipelines.items()]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Truth:
        """Return the facts from the value of `to_dict`."""
        values = {"install": None, **values}
        for name in _CLASSES.intersection(values):
            values[name] = {(base, depth): count for base, depth, count in values[name]}
        if "pipelines" in values:
            values["pipelines"] = {
                tuple((base, depth) for base, depth in steps): count for steps, count in values["pipelines"]
            }
        return cls(**values)


@dataclass(frozen=True)
class Event:
    """A report that arrives.

    ``received``: Unix seconds, UTC; ``body``: the body as sent, which events share and nobody changes;
    ``path``: where it was sent; ``truth``: its facts.
    """

    received: int
    body: dict[str, object]
    path: Literal["/events/phone_home", "/v1/reports"]
    truth: Truth

    @property
    def secret(self) -> str | None:
        """The secret of the installation that goes with the report."""
        return self.truth.secret
