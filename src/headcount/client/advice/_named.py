"""The list of what is deprecated, by what its entries are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.client.advice._deprecations import Deprecation


class Use(NamedTuple):
    """One use: the line, what it is called, and the entry of the list."""

    line: int
    name: str
    entry: Deprecation


class Named:
    """The list by what its entries are found by."""

    def __init__(self, entries: Sequence[Deprecation]) -> None:
        self.exact: dict[str, Deprecation] = {}
        self.arguments: dict[str, list[Deprecation]] = {}
        self.keys: dict[str, Deprecation] = {}
        self.kinds: dict[str, list[Deprecation]] = {}
        for entry in entries:
            self.kinds.setdefault(entry.kind, []).append(entry)
            for name in entry.names:
                if entry.kind in ("class", "function", "module"):
                    self.exact[name] = entry
                elif entry.kind == "argument":
                    self.arguments.setdefault(name, []).append(entry)
            if entry.kind == "key":
                self.keys.update(dict.fromkeys(entry.words, entry))

    def of(self, name: str) -> Deprecation | None:
        """Return the entry of a class, function or module, or of the nearest module that it is in."""
        entry = self.exact.get(name)
        while entry is None and "." in name:
            name = name.rpartition(".")[0]
            entry = self.exact.get(name)
            entry = entry if entry is not None and entry.kind == "module" else None
        return entry

    def arguments_of(self, name: str) -> list[Deprecation]:
        """Return the entries of arguments of what is called by a dotted name."""
        starred = [
            entries for star, entries in self.arguments.items() if star[-1] == "*" and name.startswith(star[:-1])
        ]
        return [entry for entries in [self.arguments.get(name, []), *starred] for entry in entries]
