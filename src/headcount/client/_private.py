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
from headcount.contract import Vocabulary

_NAMES = frozenset({"name", "workername", "username", "user", "password", "passwd", "builddir"})
_PROPERTIES = frozenset({"properties", "defaultProperties"})
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_CREDENTIALS = re.compile(r"[^/:@\s]+(?=[^/\s]*@)")  # user and password of a URL
_DEPTH = 4  # levels of lists and dictionaries that are looked into


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
    for attribute in ("title", "titleURL", "buildbotURL", "db", "db_url"):
        yield from _texts(getattr(config, attribute, None), f"the configuration's {attribute}")
    yield from _keys(getattr(getattr(config, "properties", None), "properties", None))
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
            yield from _of_thing(thing, what, known)
            for step in _things(getattr(getattr(thing, "factory", None), "steps", None)):
                yield from _of_thing(step, "a step's name", known)


def _of_thing(thing: Any, what: str, known: Vocabulary) -> Iterator[Private]:
    made = getattr(thing, "step_class", None) or getattr(thing, "factory", None)
    for cls in (type(thing), *((made,) if isinstance(made, type) else ())):
        if known.name_of(cls).wire != f"{cls.__module__}.{cls.__qualname__}":
            yield Private("the name of a class", cls.__qualname__)
            yield Private("the name of a module", cls.__module__)
    with suppress(TypeError):  # no dictionary of its own
        values = vars(thing)
        for key, value in values.items():
            if isinstance(value, str) and key in _NAMES:
                yield Private(what if key.endswith("name") else f"a {key} of the configuration", value)
            elif key in _PROPERTIES:
                yield from _keys(value)
            yield from _texts(value, "a URL or an address of the configuration")


def _texts(value: Any, what: str, depth: int = _DEPTH) -> Iterator[Private]:
    """URLs and addresses of mail in a value, and the hosts in them; names and passwords in a dictionary."""
    if isinstance(value, str):
        if "://" in value or "@" in value:
            yield Private(what, value)
            for part in (*_HOST.findall(value), *_CREDENTIALS.findall(value)):
                yield Private(what, part)
    elif isinstance(value, dict) and depth:
        for key, inner in list(value.items()):
            if isinstance(inner, str) and key in _NAMES:
                yield Private(f"a {key} of the configuration", inner)
            yield from _texts(inner, what, depth - 1)
    elif isinstance(value, (list, tuple, set, frozenset)) and depth:
        for inner in list(value):
            yield from _texts(inner, what, depth - 1)


def _keys(value: Any) -> Iterator[Private]:
    for key in list(value) if isinstance(value, dict) else []:
        if isinstance(key, str):
            yield Private("the name of a property", key)


def _things(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []


def _node() -> str:
    return os.uname().nodename if hasattr(os, "uname") else socket.gethostname()
