"""Names that belong together, by what joins any two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator


class Groups:
    """Names in groups: those that are joined, and those that are joined with these, are in one."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def join(self, names: Iterable[int]) -> None:
        """Put names, at least one, into one group."""
        first, *others = map(self.of, names)
        for other in others:
            if other != (root := self.of(first)):
                self._parents[other] = root

    def of(self, name: int) -> int:
        """Return the name that stands for the group of a name."""
        path = []
        while (parent := self._parents.setdefault(name, name)) != name:
            path.append(name)
            name = parent
        for each in path:
            self._parents[each] = name
        return name

    def parts(self, size: int) -> Iterator[list[int]]:
        """Yield all names, whole groups together, some ``size`` at a time; a larger group stands alone."""
        groups: dict[int, list[int]] = defaultdict(list)
        for name in list(self._parents):
            groups[self.of(name)].append(name)
        part: list[int] = []
        for members in groups.values():
            if part and len(part) + len(members) > size:
                yield part
                part = []
            part += members
        if part:
            yield part
