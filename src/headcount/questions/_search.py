"""What a word may mean that somebody looks for: a plugin, a release, a question, or a value of an environment."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from headcount.contract import choices, distribution, vocabulary
from headcount.questions._registry import REGISTRY

_OTHER = "other"
_PLACES = {
    "system": "platform.system",
    "distro": "platform.distro",
    "machine": "platform.machine",
    "implementation": "platform.python_implementation",
    "db": "db",
    "mq": "mq",
    "driver": "db_driver",
}
"""The terms of a condition whose values can be looked for, with the paths of the catalog."""

_PRODUCTS = ("buildbot", "python", "twisted", "sqlalchemy")
_VERSION = re.compile(r"(?:([a-z]+)[ =]+)?v?(\d{1,3}(?:\.\d{1,3}){0,2})", re.ASCII)
_SHORTEST = 2  # characters of which a part of a name is looked for


class Hit(NamedTuple):
    """Something that was found.

    ``kind``: what it is; ``name``: a class by its newest path, a plugin of the web interface, a release, a question, or a
    value; ``term``: of a series or a value, the term of a condition that it is compared with.
    """

    kind: Literal["plugin", "www", "release", "series", "question", "value"]
    name: str
    term: str = ""


def search(text: str) -> list[Hit]:
    """Return what a text names; where that is nothing, or a mere value, then whatever has it in its name.

    Case does not matter. A plugin is found by its name, and by any path that it ever had.
    """
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return []
    exact = [*_versions(wanted), *_distributions(wanted)] or [hit for name, hit in _names() if name == wanted]
    if any(hit.kind != "value" or ":" in hit.name for hit in exact) or len(wanted) < _SHORTEST:
        return list(dict.fromkeys(exact))
    return list(dict.fromkeys((*exact, *(hit for name, hit in _names() if wanted in name))))


def near(text: str, most: int = 5) -> list[Hit]:
    """Return so many things at most whose names are near to a text that names nothing."""
    known = dict(_names())
    found = difflib.get_close_matches(" ".join(text.split()).casefold()[:100], list(known), n=most)
    return list(dict.fromkeys(known[name] for name in found))


@cache
def _names() -> Sequence[tuple[str, Hit]]:
    """Return every name, in lower case, with what it names: questions, plugins, then values."""
    return [*_questions(), *_plugins(), *_values()]


def _questions() -> Iterator[tuple[str, Hit]]:
    for name, question in REGISTRY.items():
        for each in dict.fromkeys((name, question.title.casefold())):
            yield each, Hit("question", name)


def _plugins() -> Iterator[tuple[str, Hit]]:
    known = vocabulary()
    plugins = [path for path, kind in known.kinds.items() if kind != _OTHER]
    for path in plugins:
        yield path.rpartition(".")[2].casefold(), Hit("plugin", path)
        yield path.casefold(), Hit("plugin", path)
    for old, path in known.moved.items():
        if known.kind(path) != _OTHER:
            yield old.casefold(), Hit("plugin", path)
    for name in sorted(known.www):
        yield name.casefold(), Hit("www", name)


def _values() -> Iterator[tuple[str, Hit]]:
    for term, path in _PLACES.items():
        for value in sorted(choices(path)):
            if value != _OTHER:
                yield value.casefold(), Hit("value", value, term)
    for hook in sorted(vocabulary().hooks):
        yield hook.casefold(), Hit("value", hook, "hook")


def _versions(wanted: str) -> Iterator[Hit]:
    """Yield the release of Buildbot that a text is, or the version of a product."""
    match = _VERSION.fullmatch(wanted)
    if match is None:
        return
    product, version = match[1] or "buildbot", match[2]
    releases = {str(release) for release in vocabulary().releases}
    if product == "buildbot" and version in releases:
        yield Hit("release", version)
    elif product == "buildbot":
        if any(release.startswith(f"{version}.") for release in releases):
            yield Hit("series", version, product)
        if match[1] is None and version.startswith(("2.7", "3.")) and version.count(".") == 1:
            yield Hit("series", version, "python")
    elif product in _PRODUCTS:
        yield Hit("series", version, product)


def _distributions(wanted: str) -> Iterator[Hit]:
    """Yield a distribution with its version, such as ``debian:12``."""
    name, _, version = wanted.replace(" ", ":").partition(":")
    if version and name in choices("platform.distro"):
        known = distribution(name, version)
        if ":" in known:
            yield Hit("value", known, "distro")
