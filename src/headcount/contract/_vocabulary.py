"""The vocabulary: the published names. A report may hold no others."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from headcount.contract._names import CUSTOM, MAX_DEPTH, Name, parse_name
from headcount.contract._releases import Release, parse_release

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMEMBERED = 20_000  # names in memory, and as many words
_LONGEST = 200  # characters of a text in memory

OTHER = "other"
"""The kind of a class that is no plugin, or of unknown kind."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Public names by their newest path.

    ``version``: its own; ``releases``: the releases of Buildbot that it was read from; ``kinds``: class → kind;
    ``moved``: older path → newest path; ``www``: names of public www plugins; ``hooks``: names of public change hooks;
    ``brought``: class of Buildbot itself that the newest release still has → the first release that had it;
    ``earlier``: version of an earlier vocabulary → the newest release that it knew. ``names_read`` and ``words_read``:
    the results of `read` and `remember` for public texts alone, since reports repeat the same few hundred.
    """

    version: str
    releases: frozenset[Release]
    kinds: Mapping[str, str]
    moved: Mapping[str, str]
    www: frozenset[str]
    hooks: frozenset[str] = frozenset()
    earlier: Mapping[str, Release] = field(default_factory=dict)
    brought: Mapping[str, Release] = field(default_factory=dict)
    names_read: dict[str, Name] = field(default_factory=dict, repr=False)
    words_read: dict[tuple[str, str], object] = field(default_factory=dict, repr=False)

    @cached_property
    def newest(self) -> Release:
        """The newest release of Buildbot whose classes are known."""
        return max(self.releases)

    def is_behind(self, buildbot: Release | None, reporters: str | None) -> bool:
        """Return whether a master of this release may use public classes that look private.

        It may where the release is newer than this vocabulary, or than its reporter's, whose version is
        ``reporters``.
        """
        if buildbot is None:
            return False
        return buildbot > min(self.newest, self.earlier.get(reporters or "", self.newest))

    def path(self, dotted: str) -> str | None:
        """Return the newest path of a class that any release published as ``dotted``; None where none did."""
        newest = self.moved.get(dotted, dotted)
        return newest if newest in self.kinds else None

    def public(self, name: Name) -> Name:
        """Return ``name`` under its newest path; `CUSTOM` where its base was never published."""
        return Name(self.path(name.base) or CUSTOM, name.depth)

    def read(self, text: str) -> Name | None:
        """Return `public` of a name from the wire; None where the text is no name."""
        known = self.names_read.get(text)
        if known is not None:
            return known
        name = parse_name(text)
        if name is None:
            return None
        public = self.public(name)
        if public.base != CUSTOM and len(text) <= _LONGEST and len(self.names_read) < _REMEMBERED:
            self.names_read[text] = public
        return public

    def remember(self, path: str, text: str, value: object) -> None:
        """Remember the value of a text that already has the public form of the field at ``path``."""
        if len(text) <= _LONGEST and len(self.words_read) < _REMEMBERED:
            self.words_read[path, text] = value

    def kind(self, base: str) -> str:
        """Return the kind of a class: step, worker, scheduler, …; `OTHER` where it is unknown."""
        return self.kinds.get(base, OTHER)

    def name_of(self, cls: type) -> Name:
        """Return the public name of a class: the first published class of its method resolution order, and
        the depth.

        Reads ``__mro__``, ``__module__`` and ``__qualname__`` past any metaclass, and runs no code but
        ``type``'s. A class that lies about them can only pass for another published one.
        """
        order: tuple[type, ...] = of_type(cls, "__mro__")
        for depth, ancestor in enumerate(order):
            module, qualname = of_type(ancestor, "__module__"), of_type(ancestor, "__qualname__")
            if type(module) is str and type(qualname) is str:
                path = self.path(module + "." + qualname)
                if path is not None:
                    return Name(path, min(depth, MAX_DEPTH))
        return Name(CUSTOM, min(max(len(order) - 2, 0), MAX_DEPTH))


def of_type(cls: type, attribute: str) -> Any:
    """Return an attribute that every class has, such as ``__mro__``, past a metaclass; None where the class deleted it."""
    try:
        return type.__dict__[attribute].__get__(cls)
    except AttributeError:
        return None


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary that this package carries; it is read once."""
    raw = json.loads(files("headcount.contract").joinpath("vocabulary.json").read_text(encoding="utf-8"))
    releases = {parse_release(text) for text in raw["releases"]}
    earlier = {version: parse_release(text) for version, text in raw.get("earlier", {}).items()}
    return Vocabulary(
        version=raw["version"],
        releases=frozenset(release for release in releases if release is not None),
        kinds={path: entry["kind"] for path, entry in raw["classes"].items()},
        moved=raw["moved"],
        www=frozenset(raw["www"]),
        hooks=frozenset(raw["hooks"]),
        earlier={version: release for version, release in earlier.items() if release is not None},
        brought={
            path: release
            for path, entry in raw["classes"].items()
            if "package" not in entry and "until" not in entry
            if (release := parse_release(entry["since"])) is not None
        },
    )
