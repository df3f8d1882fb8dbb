"""The ``.sql`` files, and how a statement is composed of fragments."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

_SQL = files("headcount.questions").joinpath("sql")
_PLACE = re.compile(r"\{(\w+)\}")
_COMMENT = re.compile(r"--[^\n]*")


@cache
def _read(*path: str) -> str:
    text = _SQL.joinpath(*path[:-1], f"{path[-1]}.sql").read_text(encoding="utf-8")
    return _COMMENT.sub("", text).strip()


@cache
def fragments(directory: str = "fragments") -> Collection[str]:
    """Return the names of all fragments, or of their substitutes in ``once``, for where each row is held once."""
    return sorted(file.name.removesuffix(".sql") for file in _SQL.joinpath(directory).iterdir())


def compose(name: str, replacements: Mapping[str, str], *, once: bool = False) -> str:
    """Return the statement in ``name.sql``, with each ``{place}`` filled.

    A place is filled from ``replacements``, in which the name of a fragment stands for the fragment, or
    else with the fragment of the place's own name; fragments have places too. ``once``: for an engine
    that holds each row once, which needs no care for rows that were delivered twice. Nothing that a
    user typed ever gets in here.
    """

    def written(text: str) -> str | None:
        if once and text in fragments("once"):
            return _read("once", text)
        return _read("fragments", text) if text in fragments() else None

    def fill(match: re.Match[str]) -> str:
        text = replacements.get(match[1], match[1])
        found = written(text)
        return text if found is None else _PLACE.sub(fill, found)

    whole = written(name)
    return _PLACE.sub(fill, _read(name) if whole is None else whole)
