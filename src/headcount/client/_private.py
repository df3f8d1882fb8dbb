"""What is private here: the texts of this machine and of a configuration that must not be in a report.

Gathered only where a function added or changed something. Some of it may block (a slow name server), so it runs in a
thread; it reads plain strings alone, so it never fetches a secret.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from headcount.client._guard import Private
from headcount.client._theirs import get, is_a
from headcount.contract import CUSTOM, Vocabulary, of_type

_NAMES = ("name", "user", "password", "passwd", "host", "builddir", "property", "title")
"""What the attributes and keys end with, in lower case, whose text is private as it stands."""
_PLACES = ("url", "repository", "cvsroot", "workdir")
_PROPERTIES = frozenset({"properties", "defaultproperties", "set_properties"})
_PARTS = frozenset(
    {
        "buildbot.process.properties",
        "buildbot.schedulers.forcesched",
        "buildbot.changes.filter",
        "buildbot.util.ssfilter",
    }
)
"""The modules of Buildbot's objects that are looked into, where they stand in others."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_CREDENTIALS = re.compile(r"[^/:@\s]+(?=[^/\s]*@)")  # user and password of a URL
_PLACE = "a URL or an address of the configuration"
_MADE = ("step_class", "factory")  # of the factory of a step: since Buildbot 3.10, and before
_DEPTH = 6  # levels of lists, dictionaries and parts that are looked into


def of_machine(basedir: Path) -> Iterator[Private]:
    """The host's names, the user's, and the master's directory."""
    for name in dict.fromkeys((_node(), socket.gethostname(), socket.getfqdn())):
        yield Private("the host's name", name)
        first, _, domain = name.partition(".")
        yield Private("the host's name", first)
        if "." in domain:
            yield Private("the host's domain", domain)
    with suppress(KeyError, OSError, ImportError):
        yield Private("the user's name", getpass.getuser())
    for path in dict.fromkeys((str(basedir), os.path.realpath(basedir))):
        yield Private("the master's directory", path.strip("/\\"))
    yield Private("the master's directory", basedir.name)


def of_configuration(config: Any, known: Vocabulary) -> Iterator[Private]:
    """The names, URLs, users and passwords that a configuration gives as plain strings, and the names of its own classes."""
    for attribute in ("title", "titleURL", "buildbotURL", "db_url"):
        yield from _entry(attribute, getattr(config, attribute, None), f"the configuration's {attribute}")
    db = getattr(config, "db", None)
    yield from _entry(
        "db_url", db.get("db_url") if isinstance(db, dict) else getattr(db, "db_url", None), "the database's URL"
    )
    yield from _entry("properties", getattr(config, "properties", None), "a property")
    named: set[int] = set()  # there may be a hundred thousand steps, of few classes
    for attribute, what in (
        ("builders", "a builder's name"),
        ("workers", "a worker's name"),
        ("schedulers", "a scheduler's name"),
        ("change_sources", "a change source's name"),
        ("services", "a service's name"),
        ("machines", "a machine's name"),
        ("projects", "a project's name"),
        ("codebases", "a codebase's name"),
    ):
        for thing in _things(getattr(config, attribute, None)):
            yield from _of_thing(thing, what, known, named)
            for step in _things(get(get(thing, "factory"), "steps")):
                yield from _of_thing(step, "a step's name", known, named)


def _of_thing(thing: Any, what: str, known: Vocabulary, named: set[int]) -> Iterator[Private]:
    attributes = _attributes(thing)
    made = next((made for made in map(attributes.get, _MADE) if is_a(made, type)), type(thing))
    if id(made) not in named:
        named.add(id(made))
        public = known.name_of(made)
        if public.depth or public.base == CUSTOM:
            yield Private("the name of a class", _says(made, "__qualname__").rpartition(".")[2])
            yield Private("the name of a module", _says(made, "__module__"))
    for key, value in attributes.items():
        yield from _entry(key, value, what if key in {"name", "workername"} else None)


def _says(cls: type, attribute: str) -> str:
    """What a class says of itself, past a metaclass; nothing where that is no text."""
    said = of_type(cls, attribute)
    return said if type(said) is str else ""


def _attributes(thing: Any) -> dict[str, Any]:
    """A copy of the attributes of an object, which its owner may be changing; empty where it has none of its own."""
    found = get(thing, "__dict__")
    return dict(found) if is_a(found, dict) else {}


def _entry(key: Any, value: Any, what: str | None = None, depth: int = _DEPTH) -> Iterator[Private]:
    """What is private in a value that stands under a key, or in an attribute of that name."""
    key = key.lower() if is_a(key, str) else ""
    if is_a(value, str):
        is_place = key.endswith(_PLACES) or "://" in value or "@" in value
        if is_place or key.endswith(_NAMES):
            yield Private(what or (_PLACE if is_place else f"a {key} of the configuration"), value.strip("/"))
        for part in (*_HOST.findall(value), *_CREDENTIALS.findall(value)) if is_place else ():
            yield Private(what or _PLACE, part)
        return
    if depth and _says(type(value), "__module__") in _PARTS:
        value = _attributes(value)
        value = value.get("properties", value)
    if is_a(value, dict) and depth:
        for inner_key, inner in list(value.items()):
            if key in _PROPERTIES and is_a(inner_key, str):
                yield Private("the name of a property", inner_key)
            yield from _entry(inner_key, inner, what, depth - 1)
    elif is_a(value, list, tuple, set, frozenset) and depth:
        for inner in list(value):
            yield from _entry("password" if key == "auth" else "", inner, what, depth - 1)


def _things(value: Any) -> list[Any]:
    if is_a(value, dict):
        return list(value.values())
    return list(value) if is_a(value, list, tuple) else []


def _node() -> str:
    return os.uname().nodename if hasattr(os, "uname") else socket.gethostname()
