"""The numbers of classes: a profile holds numbers, which are compared in no time, and ``classes`` what they stand for."""

from __future__ import annotations

from collections.abc import Iterable

from headcount.contract import CUSTOM

WWW = "www"
"""The kind of the plugins of the web interface, which stand among the classes of a profile."""

_RESERVED = {(CUSTOM, False): 1, (CUSTOM, True): 2}  # the statements know them

Class = tuple[int, str, str]
"""A row of ``classes``: number, name, kind."""


class Classes:
    """The classes that a warehouse has numbered. A name has one number, and a second one where it is a plugin of the web
    interface too.
    """

    def __init__(self, held: Iterable[Class] = ()) -> None:
        """``held``: the rows of ``classes``."""
        self._numbers: dict[tuple[str, bool], int] = dict(_RESERVED)
        self._kinds: dict[int, str] = {}
        for number, name, kind in held:
            self._numbers[name, kind == WWW] = number
            self._kinds[number] = kind
        self.changed: dict[int, Class] = {}
        """The rows that are new, or have another kind than they had, by number."""

    def number(self, name: str, kind: str) -> int:
        """The number of a class, a new one where it has none. Its kind is that of the newest vocabulary."""
        number = self._numbers.get((name, kind == WWW), 0)
        if not number:
            number = self._numbers[name, kind == WWW] = max(self._numbers.values()) + 1
        if self._kinds.get(number) != kind:
            self._kinds[number] = kind
            self.changed[number] = (number, name, kind)
        return number
