"""The vocabulary: the published names, which are the only ones that a report may say."""

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

_REMEMBERED = 20_000  # names, and as many words
_LONGEST = 200  # characters of what is remembered

OTHER = "other"
"""The kind of a class that is no plugin, or whose kind cannot be known."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Public names by their newest path.

    ``kinds``: class → kind; ``moved``: older path → newest path; ``www``: names of public www plugins;
    ``releases``: the releases of Buildbot that were read; ``version``: the vocabulary's own; ``earlier``: the versions of
    those before it, each with the newest release that it knew. ``names_read``: what `read` made of public names, so never of
    a private one; ``words_read``: what `remember` was given. Both because reports say the same few hundred again and again.
    """

    version: str
    releases: frozenset[Release]
    kinds: Mapping[str, str]
    moved: Mapping[str, str]
    www: frozenset[str]
    earlier: Mapping[str, Release] = field(default_factory=dict)
    names_read: dict[str, Name] = field(default_factory=dict, repr=False)
    words_read: dict[tuple[str, str], object] = field(default_factory=dict, repr=False)

    @cached_property
    def newest(self) -> Release:
        """The newest release of Buildbot whose classes are known."""
        return max(self.releases)

    def is_behind(self, buildbot: Release | None, reporters: str | None) -> bool:
        """Whether a master of this release may use public classes that look private.

        It does where the release is newer than this vocabulary, or than the one whose version its reporter said.
        """
        if buildbot is None:
            return False
        return buildbot > min(self.newest, self.earlier.get(reporters or "", self.newest))

    def path(self, dotted: str) -> str | None:
        """The newest path of a class that was published under ``dotted`` in any release, else None."""
        newest = self.moved.get(dotted, dotted)
        return newest if newest in self.kinds else None

    def public(self, name: Name) -> Name:
        """``name`` under its newest path; `CUSTOM` where its base was never published."""
        return Name(self.path(name.base) or CUSTOM, name.depth)

    def read(self, text: str) -> Name | None:
        """`public` of a name as the wire has it, or None where it is no name."""
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
        """Remember the value of a text that is public to the letter in the field at ``path``."""
        if len(text) <= _LONGEST and len(self.words_read) < _REMEMBERED:
            self.words_read[path, text] = value

    def kind(self, base: str) -> str:
        """What a class is: step, worker, scheduler, …; `OTHER` where that is not known."""
        return self.kinds.get(base, OTHER)

    def name_of(self, cls: type) -> Name:
        """The public name of a class: the first of its method resolution order that was published.

        Reads ``__mro__``, ``__module__`` and ``__qualname__`` past whatever a metaclass makes of them, and runs no code
        but ``type``'s; a class that lies about them can only be taken for another published one.
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
    """An attribute that every class has, such as ``__mro__``, past a metaclass; None for one that the class deleted."""
    try:
        return type.__dict__[attribute].__get__(cls)
    except AttributeError:
        return None


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that this installation carries, read once."""
    raw = json.loads(files("headcount.contract").joinpath("vocabulary.json").read_text(encoding="utf-8"))
    releases = {parse_release(text) for text in raw["releases"]}
    earlier = {version: parse_release(text) for version, text in raw.get("earlier", {}).items()}
    return Vocabulary(
        version=raw["version"],
        releases=frozenset(release for release in releases if release is not None),
        kinds={path: entry["kind"] for path, entry in raw["classes"].items()},
        moved=raw["moved"],
        www=frozenset(raw["www"]),
        earlier={version: release for version, release in earlier.items() if release is not None},
    )
