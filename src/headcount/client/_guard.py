"""The guard: whether what an administrator's function added holds something private, by mistake.

What we collect consists of closed forms and public names, so it cannot; what a function adds or changes can. Pure: what
is private here is gathered elsewhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from headcount.contract import CATALOG, SECTIONS, is_public, public_words

_FIELDS = frozenset(field.path for field in CATALOG)
_WORD = re.compile(r"[^\W_]")
_NUMBERS = re.compile(r"[0-9.]*")
_ADDRESSES = re.compile(
    r"(?<![0-9a-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?[0-9a-z])|(?<![0-9a-z:])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*"
)


class Private(NamedTuple):
    """Something that must not be sent: ``what`` it is, in words for the log, and the ``text``."""

    what: str
    text: str


class Found(NamedTuple):
    """Something private stands in a field: the field's path, and what it is."""

    field: str
    what: str


def find_private(given: Mapping[str, Any], made: Mapping[str, Any], private: Iterable[Private]) -> Found | None:
    """The first thing that is private among the strings of ``made`` that are not in ``given``; None where there is none.

    A string is private that holds a private text as whole words, whatever stands before and after, in any case; or an IP
    address. What is published is not: strings in the public form of their field, and private texts that are a single
    public word (a builder named ``git``) or a number.
    """
    known = {text for _, text in _strings(given)}
    added = {
        (field, text.lower()) for field, text in _strings(made) if text not in known and not _is_public(field, text)
    }
    if not added:
        return None
    words = public_words()
    sought = sorted({(one.what, one.text.lower()) for one in private if _tells(one.text.lower(), words)})
    for field, text in sorted(added):
        if any(_is_address(match[0]) for match in _ADDRESSES.finditer(text)):
            return Found(field, "an address")
        for what, secret in sought:
            if secret in text and re.search(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", text):
                return Found(field, what)
    return None


def _strings(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each string of a report, keys included, with the path of its field."""
    for key, value in report.items():
        if key in SECTIONS and isinstance(value, dict):
            for inner, text in value.items():
                yield from _inside(f"{key}.{inner}", text)
        else:
            yield from _inside(key, value)


def _inside(field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield field, key
            yield from _inside(field, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inside(field, inner)


def _is_public(field: str, text: str) -> bool:
    return field in _FIELDS and is_public(field, text)


def _tells(text: str, words: frozenset[str]) -> bool:
    return len(text) > 1 and text not in words and not _NUMBERS.fullmatch(text) and _WORD.search(text) is not None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
