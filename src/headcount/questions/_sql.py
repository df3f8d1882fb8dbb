"""The ``.sql`` files, and how one is put together from its fragments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
def fragments() -> Iterable[str]:
    """The names of all fragments."""
    return sorted(file.name.removesuffix(".sql") for file in _SQL.joinpath("fragments").iterdir())


def compose(name: str, replacements: Mapping[str, str]) -> str:
    """The statement in ``name.sql``, with each ``{place}`` filled.

    A place is filled by ``replacements``, where the name of a fragment stands for the fragment, or else by the fragment of
    the place's own name; fragments have places in their turn. Nothing that a user typed ever gets in here.
    """
    known = set(fragments())

    def fill(match: re.Match[str]) -> str:
        text = replacements.get(match[1], match[1])
        return _PLACE.sub(fill, _read("fragments", text)) if text in known else text

    return _PLACE.sub(fill, _read("fragments", name) if name in known else _read(name))
