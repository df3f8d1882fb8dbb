"""A condition on installations, as the statements take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headcount.questions._sql import compose
from headcount.warehouse import WWW, Parameters, Snapshot


@dataclass(frozen=True)
class NamedClass:
    """A class that a condition names, ``web`` where it is a plugin of the web interface; each warehouse numbers it."""

    name: str
    web: bool = False


@dataclass(frozen=True)
class Condition:
    """Which profiles match.

    ``text``: as it was asked; ``fields``: the paths of the catalog that it names, which a profile must have answered to
    match; ``predicate``: SQL over the columns of ``profiles`` that is made of the project's own words and of parameters;
    ``values``: theirs; ``classes``: those that are numbers of classes.
    """

    text: str
    fields: tuple[str, ...]
    predicate: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    classes: Mapping[str, NamedClass] = field(default_factory=dict)

    def parameters(self, snapshot: Snapshot) -> Parameters:
        """The values of all its parameters; a class that nobody ever used has the number 0, which is in no profile."""
        if not self.classes:
            return self.values
        rows = snapshot.query(compose("named", {}), {})
        numbers = {NamedClass(name, kind == WWW): number for number, name, kind in rows}
        return {**self.values, **{place: numbers.get(named, 0) for place, named in self.classes.items()}}

    @property
    def answered(self) -> str:
        """SQL that is true of the profiles that answered all the fields."""
        return " AND ".join(f"has(answered, '{path}')" for path in self.fields) or "1 = 1"

    @property
    def sql(self) -> str:
        """SQL that is true of the profiles that match."""
        return f"{self.answered} AND ({self.predicate})"
