"""The features of Buildbot that are deprecated or were removed: a closed list, from its release notes and warnings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

FORMS = ("name", "module", "key", "argument", "method", "call", "step class")
"""How a feature is used: a name of Buildbot's, a module that is imported, a key of the configuration, an argument where
something of Buildbot's is called, a method that a step of one's own defines, one that is called, a step given as a class.
"""


@dataclass(frozen=True)
class Feature:
    """A deprecated feature.

    ``form``: one of `FORMS`; ``names``: how it is spelled, with dots where the path matters; ``of``: of arguments, whose
    they are (``*``: anything's of Buildbot's); ``value``: the argument's one value that is meant; ``parameters``: the fewest
    that the method takes beside ``self``; ``without``: the method that the class does not define; ``apart``: bases for
    which the method is still called; ``classes``: what a report calls it; ``deprecated`` and ``removed``: the first release
    that says so, and that does without; ``instead``: what to use; ``source``: where this is known from; ``link``: where to
    read more.
    """

    feature: str
    form: str
    names: frozenset[str]
    deprecated: str | None
    removed: str | None
    instead: str
    source: str
    link: str
    of: frozenset[str] = frozenset()
    value: str | None = None
    parameters: int = 0
    without: str | None = None
    apart: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """What is told of it."""
        parts = [
            f"{what} {release}"
            for what, release in (("deprecated in", self.deprecated), ("removed in", self.removed))
            if release
        ]
        return f"{self.feature} ({', '.join(parts)}): use {self.instead}"


@lru_cache(maxsize=1)
def features() -> tuple[Feature, ...]:
    """Return all of them; they are read once, from ``deprecated.json``."""
    text = files("headcount.client.advice").joinpath("deprecated.json").read_text(encoding="utf-8")
    return tuple(map(_feature, json.loads(text)))


def _feature(entry: dict[str, Any]) -> Feature:
    sets = {key: frozenset(entry.get(key, ())) for key in ("names", "of", "apart", "classes")}
    return Feature(**{**entry, **sets})
