"""One class, many paths: which paths of older releases mean a class that newer ones have elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.vocabulary._kind import Codebase

_OLDSTYLE, _NEWSTYLE = "_oldstyle", "NewStyle"


@dataclass(frozen=True)
class Span:
    """The releases, as indices, of the first and the last that had a path, or any path of a class."""

    first: int
    last: int

    def __or__(self, other: Span) -> Span:
        return Span(min(self.first, other.first), max(self.last, other.last))


def spans(releases: Sequence[Codebase]) -> dict[str, Span]:
    """Each path that any release had."""
    found: dict[str, Span] = {}
    for index, release in enumerate(releases):
        here = Span(index, index)
        for path in release.classes:
            found[path] = found.get(path, here) | here
    return found


def _styles(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """2.9 and 2.10 had each step twice: the new one as ``XNewStyle``, the old one in a module of its own."""
    for path in paths:
        module, _, name = path.rpartition(".")
        if module.endswith(_OLDSTYLE) or name.endswith(_NEWSTYLE):
            yield path, f"{module.removesuffix(_OLDSTYLE)}.{name.removesuffix(_NEWSTYLE)}"


def _moves(
    older: Codebase, newer: Codebase, known: Mapping[str, str], doubt: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    """What went from a path between two releases, and where to: a re-export says so, or the one new path of its name."""
    gone, come = older.classes - newer.classes, newer.classes - older.classes
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for path in come:
        by_name[path.rpartition(".")[2]].append(path)
    leavers: defaultdict[str, list[str]] = defaultdict(list)
    for path in gone:
        leavers[path.rpartition(".")[2]].append(path)
    for path in sorted(gone - known.keys()):
        name = path.rpartition(".")[2]
        target = newer.resolve(path)
        if target in come and target.rpartition(".")[2] == name:
            yield path, target
        elif target in newer.classes:
            doubt(f"{path} is now an alias of {target}")
        elif len(by_name[name]) == len(leavers[name]) == 1:
            target = by_name[name][0]
            if older.kind(path) == newer.kind(target):
                yield path, target
            else:
                doubt(f"{path} ({older.kind(path)}) went, {target} ({newer.kind(target)}) came")
        elif by_name[name]:
            doubt(f"{path} went, {', '.join(sorted(by_name[name]))} came")


def fold(
    releases: Sequence[Codebase],
    renamed: Mapping[str, str],
    distinct: Iterable[str] = (),
    doubt: Callable[[str], None] = print,
) -> dict[str, str]:
    """Older path → the newest path of the same class.

    ``renamed`` holds what a person knows to be one class, ``distinct`` the paths that are never joined to another by
    rule. What looks like a move and is not sure to be one is told to ``doubt``, once.
    """
    found = spans(releases)
    known = {path: path for path in distinct} | dict(_styles(found)) | dict(renamed)
    links = [(path, target) for path, target in known.items() if path in found]
    told: set[str] = set()
    for older, newer in zip(releases, releases[1:], strict=False):
        links += _moves(older, newer, known, told.add)
    for text in sorted(told):
        doubt(text)

    group: dict[str, set[str]] = {path: {path} for path in found}
    for one, other in links:
        joined = group.setdefault(one, {one}) | group.setdefault(other, {other})
        for path in joined:
            group[path] = joined
    moved: dict[str, str] = {}
    for path in found:
        # of two paths that live equally long, the one that a person gave as a target wins
        newest = max(group[path] & found.keys(), key=lambda each: (found[each].last, each not in known, each))
        if newest != path:
            moved[path] = newest
    return moved
