"""A condition on installations, in the form that statements take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headcount.questions._sql import compose
from headcount.warehouse import WWW, Parameters, Snapshot


@dataclass(frozen=True)
class NamedClass:
    """A class that a condition names; ``web``: a plugin of the web interface.

    Each warehouse has its own number for it.
    """

    name: str
    web: bool = False


@dataclass(frozen=True)
class Condition:
    """A condition that a profile matches or not.

    ``text``: as it was asked; ``fields``: the paths of the catalog that it names, all of which a
    matching profile has answered; ``predicate``: SQL over the columns of ``profiles``, of nothing but
    the project's own words and parameters; ``values``: the values of those parameters; ``classes``: of
    each other parameter, the class whose number is its value.
    """

    text: str
    fields: tuple[str, ...]
    predicate: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    classes: Mapping[str, NamedClass] = field(default_factory=dict)

    def parameters(self, snapshot: Snapshot) -> Parameters:
        """Return the values of all its parameters.

        A class that nobody ever used has the number 0, which is in no profile.
        """
        if not self.classes:
            return self.values
        rows = snapshot.query(compose("named", {}), {})
        numbers = {NamedClass(name, kind == WWW): number for number, name, kind in rows}
        return {**self.values, **{place: numbers.get(named, 0) for place, named in self.classes.items()}}

    @property
    def answered(self) -> str:
        """SQL: whether a profile answered all the fields."""
        return " AND ".join(f"has(answered, '{path}')" for path in self.fields) or "1 = 1"

    @property
    def sql(self) -> str:
        """SQL: whether a profile matches."""
        return f"{self.answered} AND ({self.predicate})"
