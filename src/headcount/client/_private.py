"""The private texts of this machine and of a configuration, which must not be in a report.

They are gathered only where a function added or changed something. That may block (a slow name server), so
it runs in a thread; and it reads plain strings alone, so it never fetches a secret.
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
from headcount.client._theirs import STEP_CLASS, get, is_a
from headcount.contract import CUSTOM, Vocabulary, of_type

_NAMES = ("name", "user", "password", "passwd", "host", "builddir", "property", "title")
"""Endings, in lower case, of the attributes and keys whose whole text is private."""
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
"""The modules of Buildbot's objects that are searched where other objects hold them."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_CREDENTIALS = re.compile(r"[^/:@\s]+(?=[^/\s]*@)")  # user and password of a URL
_PLACE = "a URL or an address of the configuration"
_DEPTH = 6  # levels of lists, dictionaries and parts that are searched


def of_machine(basedir: Path) -> Iterator[Private]:
    """Yield the host's names, the user's name and the master's directory."""
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
    """Yield a configuration's names, URLs, users and passwords in plain strings, and the names of its private classes."""
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
    cls = next((value for value in map(attributes.get, STEP_CLASS) if is_a(value, type)), type(thing))
    if id(cls) not in named:
        named.add(id(cls))
        public = known.name_of(cls)
        if public.depth or public.base == CUSTOM:
            yield Private("the name of a class", _class_text(cls, "__qualname__").rpartition(".")[2])
            yield Private("the name of a module", _class_text(cls, "__module__"))
    for key, value in attributes.items():
        yield from _entry(key, value, what if key in {"name", "workername"} else None)


def _class_text(cls: type, attribute: str) -> str:
    """Return the text in an attribute of a class, past a metaclass; empty where it holds no text."""
    text = of_type(cls, attribute)
    return text if type(text) is str else ""


def _attributes(thing: Any) -> dict[str, Any]:
    """Return a copy of an object's attributes, since its owner may be changing them; empty where it has no ``__dict__``."""
    attributes = get(thing, "__dict__")
    return dict(attributes) if is_a(attributes, dict) else {}


def _entry(key: Any, value: Any, what: str | None = None, depth: int = _DEPTH) -> Iterator[Private]:
    """Yield the private texts in the value of a key, or of an attribute of that name."""
    key = key.lower() if is_a(key, str) else ""
    if is_a(value, str):
        is_place = key.endswith(_PLACES) or "://" in value or "@" in value
        if is_place or key.endswith(_NAMES):
            yield Private(what or (_PLACE if is_place else f"a {key} of the configuration"), value.strip("/"))
        for part in (*_HOST.findall(value), *_CREDENTIALS.findall(value)) if is_place else ():
            yield Private(what or _PLACE, part)
        return
    if depth and _class_text(type(value), "__module__") in _PARTS:
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
