"""The logic of conditions: each is true, false or not known of a profile, as Kleene's three-valued logic has it.

A comparison is not known where its field was not answered. `not` of what is not known is not known; `and` is false where
one side is, and `or` is true where one side is, whatever the other one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headcount.questions._kinds import PLUGINS_AT_FULL


@dataclass(frozen=True)
class Judgement:
    """SQL over the columns of ``profiles``: ``true``: where a condition is true; ``false``: where it is false."""

    true: str
    false: str

    def negated(self) -> Judgement:
        """Return what judges the contrary."""
        return Judgement(self.false, self.true)


@dataclass(frozen=True)
class Compared(Judgement):
    """The judgement of what needs the same fields throughout; ``predicate``: SQL, of those who answered all ``fields``."""

    fields: frozenset[str]
    predicate: str

    @classmethod
    def of(cls, fields: frozenset[str], predicate: str) -> Compared:
        """Return the judgement of a predicate in brackets, which is not known where one of the fields was not answered."""
        given = answered(sorted(fields))
        return cls(f"({given} AND {predicate})", f"({given} AND {_contrary(predicate)})", fields, predicate)

    def negated(self) -> Judgement:
        """Return what judges the contrary."""
        return Compared(self.false, self.true, self.fields, _contrary(self.predicate))


def _contrary(predicate: str) -> str:
    """Return the contrary of a predicate in brackets.

    Nothing is negated twice, since a shard of ClickHouse 18.16 simplifies that, and does not find its own column again.
    """
    negated = predicate.startswith("(NOT (")  # what joins several begins with their brackets
    return predicate[len("(NOT ") : -1] if negated else f"(NOT {predicate})"


def answered(fields: Sequence[str]) -> str:
    """Return SQL: whether a profile answered all the fields."""
    return " AND ".join(map(_told, fields)) or "1 = 1"


def _told(path: str) -> str:
    if path == PLUGINS_AT_FULL:
        return "has(answered, 'plugins') AND sender = 'headcount' AND level <> 'basic'"
    return f"has(answered, '{path}')"


def both(parts: Sequence[Judgement]) -> Judgement:
    """Return the judgement of a conjunction."""
    return _joined(parts, "AND", "OR")


def either(parts: Sequence[Judgement]) -> Judgement:
    """Return the judgement of a disjunction."""
    return _joined(parts, "OR", "AND")


def _joined(parts: Sequence[Judgement], word: str, contrary: str) -> Judgement:
    """Join judgements. Those of the same fields are known together, and need to be looked for once."""
    compared = [part for part in parts if isinstance(part, Compared)]
    if len(compared) == len(parts) and len({part.fields for part in compared}) == 1:
        return Compared.of(compared[0].fields, _list(word, [part.predicate for part in compared]))
    return Judgement(_list(word, [part.true for part in parts]), _list(contrary, [part.false for part in parts]))


def _list(word: str, parts: Sequence[str]) -> str:
    return "(" + f" {word} ".join(parts) + ")"
