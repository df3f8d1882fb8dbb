"""The guard: finds private texts that an administrator's function put into a report by mistake.

The collected facts consist of closed forms and public names, so they hold none; what a function adds or
changes may. Pure: the private texts are gathered elsewhere.
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
    """A text that must not be sent, and ``what`` it is, in words for the log."""

    what: str
    text: str


class Found(NamedTuple):
    """A private text in a field: the field's path, and what the text is."""

    field: str
    what: str


def find_private(given: Mapping[str, Any], returned: Mapping[str, Any], private: Iterable[Private]) -> Found | None:
    """Return the first private string of ``returned`` that is not in ``given``; None where there is none.

    A string is private if it holds an IP address, or a private text as whole words, in any case and
    whatever stands around it. Published texts are not private: a string in the public form of its field,
    and a private text that is a single public word (a builder named ``git``) or a number.
    """
    known = {text for _, text in _strings(given)}
    added = {
        (field, text.lower()) for field, text in _strings(returned) if text not in known and not _is_public(field, text)
    }
    if not added:
        return None
    words = public_words()
    sought = sorted({(each.what, each.text.lower()) for each in private if _tells(each.text.lower(), words)})
    for field, text in sorted(added):
        if any(_is_address(match[0]) for match in _ADDRESSES.finditer(text)):
            return Found(field, "an address")
        for what, secret in sought:
            if secret in text and re.search(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", text):
                return Found(field, what)
    return None


def _strings(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each string of a report, keys included, with the path of its field."""
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
