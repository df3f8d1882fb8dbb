"""What Buildbot has deprecated or removed, from 0.9.0 to the newest release that was read, as far as syntax shows its use.

Its facts are those of Buildbot's release notes, and of the warnings and the signatures in its sources.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

Release = tuple[int, int, int]

_PAGES = "https://docs.buildbot.net/{newest}/relnotes/{page}.html"


class Deprecation(NamedTuple):
    """One thing that Buildbot has deprecated or removed.

    `kind` says how it is found: a "class", "function" or "module" by one of the dotted `names`; an "argument" by its
    word, or its position, in a call of one of the `names`; a "method" or an "attribute" by its word in a class that
    derives from one of them; a "self call" by its word after `self.` there; a "call" by the end of what is called;
    a "key" by its path in the master's configuration; a "step class" as the argument of `addStep`. A name may end
    with `*`; the word `*` is any attribute that is set of an instance. `equals`, `contains` and `form` say what an
    argument or attribute must be to count. A method does not count where its class has the method `unless`, or derives
    from one of `beside`, or takes fewer than `parameters`.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    deprecated: Release | None
    removed: Release | None
    instead: str
    link: str
    equals: str = ""
    contains: str = ""
    form: str = ""
    unless: str = ""
    beside: tuple[str, ...] = ()
    parameters: int = 0


@lru_cache(maxsize=1)
def deprecations() -> tuple[Deprecation, ...]:
    """Return the list, in the order of its file."""
    read = json.loads(files(__package__).joinpath("deprecations.json").read_text("utf-8"))
    return tuple(_entry(entry, read["groups"], read["newest"]) for entry in read["entries"])


def written(release: Release) -> str:
    """Return a release as Buildbot writes it."""
    return ".".join(map(str, release))


def _entry(entry: dict[str, Any], groups: dict[str, list[str]], newest: str) -> Deprecation:
    names = [each for name in entry.pop("names", ()) for each in (groups[name[1:]] if name[0] == "@" else [name])]
    deprecated, removed = _release(entry.pop("deprecated", None)), _release(entry.pop("removed", None))
    return Deprecation(
        names=tuple(names),
        words=tuple(entry.pop("words", ())),
        beside=tuple(entry.pop("beside", ())),
        deprecated=deprecated,
        removed=removed,
        link=_PAGES.format(newest=newest, page=_page(deprecated or removed or (0, 9, 0))),
        **entry,
    )


def _release(text: str | None) -> Release | None:
    if text is None:
        return None
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def _page(release: Release) -> str:
    """Return the name of the page of the release notes that tells of a release: they are bound by series."""
    if release[0] >= 4:
        return "index"
    if release[0] >= 1:
        return f"{release[0]}.x"
    return written(release) if release <= (0, 9, 1) else "0.9.2-0.9.15"
