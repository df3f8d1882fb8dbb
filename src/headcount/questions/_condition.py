"""A condition on installations, in the form that statements take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from headcount.questions._kinds import counted_by, told_apart
from headcount.questions._logic import answered
from headcount.questions._sql import compose
from headcount.warehouse import Parameters, Snapshot


@dataclass(frozen=True)
class NamedClass:
    """A class that a condition names; ``kind``: where not every report that tells plugins counts those of its kind.

    Each warehouse has its own number for it.
    """

    name: str
    kind: str = ""

    @property
    def field(self) -> str:
        """The path of the field that counts it, or `PLUGINS_AT_FULL`."""
        return counted_by(self.kind)


class Part(NamedTuple):
    """A part of a condition that a list has or `or` joins: as it was asked, and SQL: where it is true."""

    text: str
    sql: str


@dataclass(frozen=True)
class Condition:
    """A condition that is true, false or not known of a profile.

    ``text``: as it was asked; ``fields``: the paths of the catalog that it names; ``sql`` and ``denied``: SQL over the
    columns of ``profiles``, of nothing but the project's own words and parameters: where it is true, and where it is
    false; ``values``: the values of those parameters; ``classes``: of each other parameter, the class whose number is its
    value; ``parts``: what a list has, or `or` joins, at its top, two at least or none.
    """

    text: str
    fields: tuple[str, ...]
    sql: str
    denied: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    classes: Mapping[str, NamedClass] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def named_classes(self) -> str:
        """SQL: the numbers of its classes, as a list; 0, which is in no profile, where it names none."""
        return ", ".join(f"${place}" for place in self.classes) or "0"

    @property
    def masked(self) -> str:
        """SQL: a number in whose n-th bit stands whether part n is true of a profile."""
        bits = (f"CASE WHEN {part.sql} THEN {1 << place} ELSE 0 END" for place, part in enumerate(self.parts))
        return " + ".join(bits) or "0"

    def parameters(self, snapshot: Snapshot) -> Parameters:
        """Return the values of all its parameters.

        A class that nobody ever used has the number 0, which is in no profile.
        """
        if not self.classes:
            return self.values
        rows = snapshot.query(compose("named", {}), {})
        numbers = {NamedClass(name, told_apart(kind)): number for number, name, kind in rows}
        return {**self.values, **{place: numbers.get(named, 0) for place, named in self.classes.items()}}

    @property
    def answered(self) -> str:
        """SQL: whether a profile answered all the fields."""
        return answered(self.fields)
