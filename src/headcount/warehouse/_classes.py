"""The numbers of classes: a profile holds numbers, which are compared quickly, and the table ``classes`` their names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from headcount.contract import CUSTOM, Vocabulary

WWW = "www"
"""The kind of the web interface's plugins, which stand among the classes of a profile."""

_RESERVED = {(CUSTOM, False): 1, (CUSTOM, True): 2}  # the statements know them

Class = tuple[int, str, str]
"""A row of ``classes``: number, name, kind."""


class Classes:
    """The classes that a warehouse has numbered.

    A name has a number, and another number where it is a plugin of the web interface too.
    """

    def __init__(self, held: Iterable[Class] = ()) -> None:
        """``held``: the rows of ``classes``."""
        self._numbers: dict[tuple[str, bool], int] = dict(_RESERVED)
        self._kinds: dict[int, str] = {}
        self._free = count(len(_RESERVED) + 1)
        for number, name, kind in held:
            self._numbers[name, kind == WWW] = number
            self._kinds[number] = kind
        self.changed: dict[int, Class] = {}
        """The rows that are new, or of another kind than before, by number."""

    def follow(self, vocabulary: Vocabulary) -> None:
        """Give each class the kind that a vocabulary says."""
        for name, web in self._numbers:
            if not web:
                self.number(name, vocabulary.kind(name))

    def number(self, name: str, kind: str) -> int:
        """Return the number of a class, a new one where it has none; from now on the class is of this kind."""
        number = self._numbers.get((name, kind == WWW), 0)
        if not number:  # the least that is free, since erasures give numbers back
            number = self._numbers[name, kind == WWW] = next(n for n in self._free if n not in self._kinds)
        if self._kinds.get(number) != kind:
            self._kinds[number] = kind
            self.changed[number] = (number, name, kind)
        return number
