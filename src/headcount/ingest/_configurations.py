"""Configurations in memory: most reports repeat, under other ids, what a report before them said.

Of a body, a hash is remembered; of its content, only what was scrubbed and so is stored anyway.
"""

from __future__ import annotations

import hashlib
import re
import threading
from typing import NamedTuple

from cachetools import LRUCache

from headcount.contract import INSTALL_ID, REPORT_ID, Arrival, Report, read_report, read_stock, vocabulary
from headcount.ingest._arrival import Ids, arrival, with_ids
from headcount.ingest._bodies import parse
from headcount.ingest._pseudonym import Pseudonymizer

_MEMORY = 32 * 1024 * 1024  # bytes of configurations
_EACH = 900  # bytes that a configuration takes beside its content
_INSTALL = re.compile(rb'"installid": ?"(%b)"' % INSTALL_ID.pattern.encode())
_REPORT = re.compile(rb'"report": ?"(%b)"' % REPORT_ID.pattern.encode())
_FAR = 400  # bytes from the end of a body in which our reporter names its report


class Fingerprint(NamedTuple):
    """The ids in a body, and a hash of the text around them."""

    ids: Ids
    digest: bytes


class Configuration(NamedTuple):
    """What all bodies with one digest say: an arrival of such a body, and for each field how many values were scrubbed."""

    arrival: Arrival
    scrubbed: tuple[tuple[str, int], ...]


class Configurations:
    """Reads bodies, and remembers their configurations up to a limit; the least recently used one is forgotten first."""

    def __init__(self, pseudonymizer: Pseudonymizer, memory: int = _MEMORY) -> None:
        """``memory``: bytes, at most."""
        self._pseudonymizer = pseudonymizer
        self._vocabulary = vocabulary()
        self._known: LRUCache[bytes, Configuration] = LRUCache(memory, lambda known: len(known.arrival.content) + _EACH)
        self._lock = threading.Lock()

    def read(self, data: bytes, *, ours: bool, received: int, secret: str | None, body: object = None) -> Configuration:
        """Return the configuration of a body, with the arrival of this body.

        ``ours``: our own reporter sent it, so it is read strictly; ``received``: Unix time; ``body``:
        ``data`` parsed, where that was done already. Raises `NotJson` and `InvalidReport`.
        """
        key = fingerprint(data, ours=ours)
        known = None if key is None else self.find(key)
        if key is not None and known is not None:
            return Configuration(
                with_ids(known.arrival, key.ids, received, self._pseudonymizer, secret), known.scrubbed
            )
        report = (read_report if ours else read_stock)(parse(data) if body is None else body, self._vocabulary)
        configuration = Configuration(
            arrival(report, report.install, received, self._pseudonymizer, secret), report.profile.scrubbed
        )
        if key is not None:
            self._remember(key, data, report, configuration)
        return configuration

    def find(self, key: Fingerprint) -> Configuration | None:
        """Return the configuration of a body that differs in its ids alone; None where none is remembered."""
        with self._lock:
            try:
                return self._known[key.digest]
            except KeyError:
                return None

    def _remember(self, key: Fingerprint, data: bytes, report: Report, configuration: Configuration) -> None:
        """Remember a configuration, if the ids of its body stand where `fingerprint` found them, and nowhere else."""
        ids = [text.encode() for text in key.ids if text is not None]
        plain = b"\\" not in data and all(data.count(text) == 1 for text in ids)  # no id in another spelling
        if plain and key.ids == (report.install, report.id):
            with self._lock:
                self._known[key.digest] = configuration


def fingerprint(data: bytes, *, ours: bool) -> Fingerprint | None:
    """Find the ids in a body; return None where it has none. ``ours``: it is to be read as from our own
    reporter.

    Two bodies with equal digests are read alike but for these ids: hexadecimal digits in place of as many
    others change nothing else in a text of JSON.
    """
    install = _INSTALL.search(data)
    if install is None:
        return None
    first, last = install.span(1)
    if not ours:
        return Fingerprint(Ids(install[1].decode(), None), _hash(b"stock\0%b\0%b" % (data[:first], data[last:])))
    report = _REPORT.search(data, max(last, len(data) - _FAR))
    if report is None:
        return None
    before, after = report.span(1)
    digest = _hash(b"ours\0%b\0%b\0%b" % (data[:first], data[last:before], data[after:]))
    return Fingerprint(Ids(install[1].decode(), report[1].decode()), digest)


def _hash(parts: bytes) -> bytes:
    # A NUL separates the parts; no text of JSON holds one, so no part can run into the next.
    return hashlib.blake2b(parts, digest_size=16).digest()
