"""Configurations that were read: most reports say again, under other ids, what one before them said.

What is remembered of a body is a hash; of what it said, only what was scrubbed, and so is stored anyway.
"""

from __future__ import annotations

import hashlib
import re
import threading
from typing import NamedTuple

from cachetools import LRUCache

from headcount.contract import INSTALL_ID, REPORT_ID, Arrival, Report, read_report, read_stock, vocabulary
from headcount.ingest._arrival import Ids, again, arrival
from headcount.ingest._bodies import parse
from headcount.ingest._pseudonym import Pseudonymizer

_MEMORY = 32 * 1024 * 1024  # bytes of what is remembered
_EACH = 900  # bytes that remembering one takes beside its content
_INSTALL = re.compile(rb'"installid": ?"(%b)"' % INSTALL_ID.pattern.encode())
_REPORT = re.compile(rb'"report": ?"(%b)"' % REPORT_ID.pattern.encode())
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
    """Reads bodies, and remembers what they said, up to a bound; what was not said for longest is forgotten first."""

    def __init__(self, pseudonymizer: Pseudonymizer, memory: int = _MEMORY) -> None:
        """``memory``: bytes, at most."""
        self._pseudonymizer = pseudonymizer
        self._vocabulary = vocabulary()
        self._known: LRUCache[bytes, Configuration] = LRUCache(memory, lambda one: len(one.said.content) + _EACH)
        self._lock = threading.Lock()

    def read(self, data: bytes, *, ours: bool, received: int, secret: str | None, body: object = None) -> Configuration:
        """What a body says, as an arrival of it.

        ``ours``: it comes from our own reporter, and is read strictly; ``received``: Unix time; ``body``: ``data`` parsed,
        where it is that already. Raises `NotJson` and `InvalidReport`.
        """
        text = read_text(data, ours=ours)
        known = None if text is None else self.find(text)
        if text is not None and known is not None:
            return Configuration(again(known.said, text.ids, received, self._pseudonymizer, secret), known.scrubbed)
        report = (read_report if ours else read_stock)(parse(data) if body is None else body, self._vocabulary)
        said = Configuration(
            arrival(report, report.install, received, self._pseudonymizer, secret), report.profile.scrubbed
        )
        if text is not None:
            self._remember(text, data, report, said)
        return said

    def find(self, text: Text) -> Configuration | None:
        """What was remembered of a body that differs from this one in its ids alone."""
        with self._lock:
            try:
                return self._known[text.rest]
            except KeyError:
                return None

    def _remember(self, text: Text, data: bytes, report: Report, said: Configuration) -> None:
        """Remember what became of a body, if its ids stand where `read_text` found them, and in no spelling elsewhere."""
        found = [one.encode() for one in text.ids if one is not None]
        plain = b"\\" not in data and all(data.count(one) == 1 for one in found)
        if plain and text.ids == (report.install, report.id):
            with self._lock:
                self._known[text.rest] = said


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
        return Text(Ids(install[1].decode(), None), _hash(b"stock\0%b\0%b" % (data[:first], data[last:])))
    report = _REPORT.search(data, max(last, len(data) - _FAR))
    if report is None:
        return None
    before, after = report.span(1)
    rest = _hash(b"ours\0%b\0%b\0%b" % (data[:first], data[last:before], data[after:]))
    return Text(Ids(install[1].decode(), report[1].decode()), rest)


def _hash(parts: bytes) -> bytes:
    # A NUL stands between them, which is in no text of JSON: what stands at the end of one cannot be taken for the beginning
    # of the next.
    return hashlib.blake2b(parts, digest_size=16).digest()
