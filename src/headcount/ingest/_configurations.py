"""Configurations that were read: most reports say again, under other ids, what one before them said.

What is remembered of a body is a hash; of what it said, only what was scrubbed, and so is stored anyway.
"""

from __future__ import annotations

import hashlib
import re
import threading
from typing import NamedTuple

from cachetools import LRUCache

from headcount.contract import Report
from headcount.ingest._arrival import Arrival, Ids

_MEMORY = 32 * 1024 * 1024  # bytes of what is remembered
_EACH = 900  # bytes that remembering one takes beside its content
_INSTALL = re.compile(rb'"installid": ?"([0-9a-f]{40})"')
_REPORT = re.compile(rb'"report": ?"([0-9a-f]{32})"')
_FAR = 400  # bytes from the end of a body in which our reporter names its report


class Text(NamedTuple):
    """The text of a body: the ids in it, and a hash of it without them."""

    ids: Ids
    rest: bytes


class Configuration(NamedTuple):
    """What bodies with one ``rest`` say: an arrival of one of them, and how many values of which field were scrubbed."""

    said: Arrival
    scrubbed: tuple[tuple[str, int], ...]


class Configurations:
    """Remembers what bodies said, up to a bound; what was not said for longest is forgotten first."""

    def __init__(self, memory: int = _MEMORY) -> None:
        """``memory``: bytes, at most."""
        self._known: LRUCache[bytes, Configuration] = LRUCache(memory, lambda one: len(one.said.content) + _EACH)
        self._lock = threading.Lock()

    def find(self, text: Text) -> Configuration | None:
        """What was remembered of a body that differs from this one in its ids alone."""
        with self._lock:
            return self._known.get(text.rest)

    def remember(self, text: Text, data: bytes, report: Report, arrival: Arrival) -> None:
        """Remember what became of a body, if its ids stand where `read_text` found them, and in no spelling elsewhere."""
        found = [one.encode() for one in text.ids if one is not None]
        plain = b"\\" not in data and all(data.count(one) == 1 for one in found)
        if plain and text.ids == (report.install, report.id):
            with self._lock:
                self._known[text.rest] = Configuration(arrival, report.profile.scrubbed)


def read_text(data: bytes, *, ours: bool) -> Text | None:
    """Find the ids in a body; None where it has none. ``ours``: it comes from our own reporter, and is read as such.

    Two bodies with one rest are read alike but for these ids: hexadecimal digits in place of as many others change nothing
    else in a text of JSON.
    """
    install = _INSTALL.search(data)
    if install is None:
        return None
    first, last = install.span(1)
    if not ours:
        return Text(Ids(install[1].decode(), None), _hash((b"stock", data[:first], data[last:])))
    report = _REPORT.search(data, max(last, len(data) - _FAR))
    if report is None:
        return None
    before, after = report.span(1)
    rest = _hash((b"ours", data[:first], data[last:before], data[after:]))
    return Text(Ids(install[1].decode(), report[1].decode()), rest)


def _hash(parts: tuple[bytes, ...]) -> bytes:
    # With their lengths, or what stands at the end of one could stand at the beginning of the next.
    return hashlib.blake2b(b"%r" % ([*map(len, parts)],) + b"".join(parts), digest_size=16).digest()
