"""What a configuration uses that Buildbot has deprecated or removed, found by syntax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headcount.client.advice._bindings import Bindings
from headcount.client.advice._concern import DEPRECATED, REMOVED, Concern
from headcount.client.advice._deprecations import Deprecation, Release, deprecations, written
from headcount.client.advice._named import Named, Use
from headcount.client.advice._source import Source
from headcount.client.advice._uses import Finder
from headcount.contract import vocabulary


def find(sources: Sequence[Source], classes: Iterable[str], running: Release | None) -> list[Concern]:
    """Return a concern for each use, first those with a place, in the order of the sources and their lines.

    `sources`: the first is the configuration; `classes`: the dotted public names of a full report, of which those
    are told that no source has; `running`: the release of Buildbot, or None where it is not known.
    """
    named = Named(deprecations())
    public = vocabulary()
    bindings = Bindings(sources, {*public.kinds, *public.moved, *named.exact})
    concerns, told = [], set()
    for source in sources:
        for use in Finder(named, bindings, source.tree).uses():
            told.add(use.entry.id)
            concerns.append(_concern(use, running, f"{source.name}:{use.line}"))
    for name in sorted({name.lstrip(">") for name in classes}):
        entry = named.of(name)
        if entry is not None and entry.id not in told:
            told.add(entry.id)
            concerns.append(_concern(Use(0, entry.id, entry), running, None))
    return concerns


def _concern(use: Use, running: Release | None, place: str | None) -> Concern:
    entry = use.entry
    gone = entry.removed is not None and (running is None or running >= entry.removed)
    return Concern(
        REMOVED if gone else DEPRECATED, use.name, f"{use.name}: {_history(entry)} {entry.instead}", place, entry.link
    )


def _history(entry: Deprecation) -> str:
    if entry.removed is None:
        return f"deprecated since Buildbot {written(entry.deprecated or (0, 9, 0))}."
    if entry.deprecated is None:
        return f"removed in Buildbot {written(entry.removed)}."
    return f"deprecated since Buildbot {written(entry.deprecated)}, removed in {written(entry.removed)}."
