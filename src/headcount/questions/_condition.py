"""A condition on installations, as the statements take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """Which profiles match.

    ``text``: as it was asked; ``fields``: the paths of the catalog that it names, which a profile must have answered to
    match; ``predicate``: SQL over the columns of ``profiles`` that is made of the project's own words and of parameters;
    ``parameters``: their values.
    """

    text: str
    fields: tuple[str, ...]
    predicate: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def answered(self) -> str:
        """SQL that is true of the profiles that answered all the fields."""
        return " AND ".join(f"has(answered, '{path}')" for path in self.fields) or "1 = 1"

    @property
    def sql(self) -> str:
        """SQL that is true of the profiles that match."""
        return f"{self.answered} AND ({self.predicate})"
