"""A condition on installations, in the form that statements take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headcount.questions._logic import answered
from headcount.questions._sql import compose
from headcount.warehouse import OWN_FIELDS, Parameters, Snapshot


@dataclass(frozen=True)
class NamedClass:
    """A class that a condition names; ``kind``: where a field of its own counts those of its kind.

    Each warehouse has its own number for it.
    """

    name: str
    kind: str = ""

    @property
    def field(self) -> str:
        """The path of the field that counts it."""
        return OWN_FIELDS.get(self.kind, "plugins")


@dataclass(frozen=True)
class Condition:
    """A condition that is true, false or not known of a profile.

    ``text``: as it was asked; ``fields``: the paths of the catalog that it names; ``sql`` and ``denied``: SQL over the
    columns of ``profiles``, of nothing but the project's own words and parameters: where it is true, and where it is
    false; ``values``: the values of those parameters; ``classes``: of each other parameter, the class whose number is its
    value.
    """

    text: str
    fields: tuple[str, ...]
    sql: str
    denied: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    classes: Mapping[str, NamedClass] = field(default_factory=dict)

    def parameters(self, snapshot: Snapshot) -> Parameters:
        """Return the values of all its parameters.

        A class that nobody ever used has the number 0, which is in no profile.
        """
        if not self.classes:
            return self.values
        rows = snapshot.query(compose("named", {}), {})
        numbers = {NamedClass(name, kind if kind in OWN_FIELDS else ""): number for number, name, kind in rows}
        return {**self.values, **{place: numbers.get(named, 0) for place, named in self.classes.items()}}

    @property
    def answered(self) -> str:
        """SQL: whether a profile answered all the fields."""
        return answered(self.fields)
