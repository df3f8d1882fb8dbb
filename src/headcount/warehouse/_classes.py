"""The numbers of classes: a profile holds numbers, which are compared quickly, and the table ``classes`` their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count

from headcount.contract import CUSTOM, Vocabulary

WWW, CONFIGURATOR, FACTORY = "www", "configurator", "factory"

OWN_FIELDS: Mapping[str, str] = {WWW: "www_plugins", CONFIGURATOR: "configurators", FACTORY: "factories"}
"""The kinds of classes that another field than ``plugins`` counts, and its path; they too are classes of a profile."""

_OTHER = "other"
_RESERVED = {(CUSTOM, ""): 1, (CUSTOM, WWW): 2, (CUSTOM, CONFIGURATOR): 65_534, (CUSTOM, FACTORY): 65_535}
"""The numbers of `CUSTOM`, by the kind whose field counts it, or none: the statements know them."""

Class = tuple[int, str, str]
"""A row of ``classes``: number, name, kind."""

RESERVED: tuple[Class, ...] = tuple((number, name, kind or _OTHER) for (name, kind), number in _RESERVED.items())
"""The rows of ``classes`` that are in every warehouse."""


def plugin_kind(vocabulary: Vocabulary, name: str) -> str:
    """Return the kind of a class that ``plugins`` counts: no report makes one of `OWN_FIELDS` of it."""
    kind = vocabulary.kind(name)
    return _OTHER if kind in OWN_FIELDS else kind


class Classes:
    """The classes that a warehouse has numbered.

    A name has a number, and another number where a field of `OWN_FIELDS` counts it too.
    """

    def __init__(self, held: Iterable[Class] = ()) -> None:
        """``held``: the rows of ``classes``."""
        self._numbers: dict[tuple[str, str], int] = dict(_RESERVED)
        self._kinds: dict[int, str] = {}
        self._free = count(3)
        for number, name, kind in held:
            self._numbers[name, _counted_as(kind)] = number
            self._kinds[number] = kind
        self.changed: dict[int, Class] = {}
        """The rows that are new, or of another kind than before, by number."""

    def follow(self, vocabulary: Vocabulary) -> None:
        """Give each class the kind that a vocabulary says."""
        for name, kind in list(self._numbers):
            if not kind:
                self.number(name, plugin_kind(vocabulary, name))

    def number(self, name: str, kind: str) -> int:
        """Return the number of a class, a new one where it has none; from now on the class is of this kind."""
        place = (name, _counted_as(kind))
        number = self._numbers.get(place, 0)
        if not number:  # the least that is free, since erasures give numbers back
            number = self._numbers[place] = next(n for n in self._free if n not in self._kinds)
        if self._kinds.get(number) != kind:
            self._kinds[number] = kind
            self.changed[number] = (number, name, kind)
        return number


def _counted_as(kind: str) -> str:
    return kind if kind in OWN_FIELDS else ""
