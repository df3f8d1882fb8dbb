"""History: reports from files, read as if they had just been sent.

A line is one of: what `headcount simulate` writes (``@timestamp``, ``path``, ``report``); a report with ``@timestamp``
beside its keys; a document of the old collector's Elasticsearch (``_source``), alone, in an answer of a search, or after a
line of its bulk format. What Logstash added to a document, the sender's address and headers among it, is thrown away unread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from cachetools import LRUCache

from headcount.contract import InvalidReport, read_report, read_stock, vocabulary
from headcount.ingest._arrival import Arrival, Ids, again, arrival
from headcount.ingest._exchanges import PHONE_HOME, REPORTS
from headcount.ingest._pseudonym import Pseudonymizer

_LOGSTASH = frozenset({
    "@timestamp", "@version", "headers", "host", "tags", "type", "path", "url", "http", "user_agent", "event", "geoip",
    "message",
})  # fmt: skip
_ACTIONS = frozenset({"index", "create", "update", "delete"})  # of Elasticsearch's bulk format
_KNOWN = 50_000  # configurations that a reader remembers
_INSTALL = re.compile(r"[0-9a-f]{40}")
_REPORT = re.compile(r"[0-9a-f]{32}")


class Wrong(NamedTuple):
    """A line that is no report: its number from 0 among those that were given, and why, in words."""

    line: int
    why: str


class Taken(NamedTuple):
    """What some lines held. ``arrivals`` have no content: that is in ``contents``, by the pseudonym of the profile."""

    arrivals: list[Arrival]
    contents: dict[int, bytes]
    wrong: list[Wrong]


class History:
    """Reads lines. Remembers configurations that it read: most reports repeat the one before."""

    def __init__(self, pseudonymizer: Pseudonymizer) -> None:
        self._pseudonymizer = pseudonymizer
        self._vocabulary = vocabulary()
        self._known: LRUCache[bytes, Arrival] = LRUCache(_KNOWN)

    def read(self, lines: Sequence[bytes]) -> Taken:
        """Read lines of JSON; blank ones hold nothing."""
        taken = Taken([], {}, [])
        for number, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                for document in _documents(orjson.loads(line)):
                    one = self._arrival(document)
                    taken.contents[one.profile] = one.content
                    taken.arrivals.append(one._replace(content=b""))
            except orjson.JSONDecodeError:
                taken.wrong.append(Wrong(number, "not JSON"))
            except InvalidReport as error:
                taken.wrong.append(Wrong(number, str(error)))
        return taken

    def _arrival(self, document: Mapping[str, Any]) -> Arrival:
        received = _time(document.get("@timestamp"))
        body, path, secret = document.get("report"), document.get("path"), document.get("secret")
        if not isinstance(body, dict):
            body = {key: value for key, value in document.items() if key not in _LOGSTASH}
            path = secret = None
        ours = path == REPORTS or (path != PHONE_HOME and "headcount" in body)
        ids = _ids(body, ours=ours)
        key = None if ids is None else _fingerprint(body, ours=ours)
        known = None if key is None else self._known.get(key)
        if ids is not None and known is not None:
            return again(known, ids, received, self._pseudonymizer, secret)
        report = (read_report if ours else read_stock)(body, self._vocabulary)
        one = arrival(report, report.install, received, self._pseudonymizer, secret)
        if key is not None:
            self._known[key] = one
        return one


def _documents(value: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, dict):
        raise InvalidReport([("", "must be an object")])
    hits = value.get("hits")
    if isinstance(hits, dict) and isinstance(hits.get("hits"), list):
        for hit in hits["hits"]:
            yield from _documents(hit)
    elif isinstance(value.get("_source"), dict):
        yield value["_source"]
    elif not (len(value) == 1 and value.keys() <= _ACTIONS):
        yield value


def _time(stamp: object) -> int:
    if isinstance(stamp, int) and not isinstance(stamp, bool) and stamp > 0:
        return stamp // 1000  # as Elasticsearch counts: milliseconds
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        if moment is not None:
            return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        pass
    raise InvalidReport([("@timestamp", "must be a time such as 2026-10-02T12:00:00Z")])


def _ids(body: Mapping[str, Any], *, ours: bool) -> Ids | None:
    """The ids of a report as its reader would take them; None where it would take none, and is to say what it takes."""
    install, envelope = body.get("installid"), body.get("headcount")
    report = envelope.get("report") if ours and isinstance(envelope, dict) else None
    named = isinstance(install, str) and _INSTALL.fullmatch(install) is not None
    numbered = not ours or (isinstance(report, str) and _REPORT.fullmatch(report) is not None)
    return Ids(install, report) if named and numbered else None


def _fingerprint(body: Mapping[str, Any], *, ours: bool) -> bytes:
    """Equal for reports that say the same to the same reader, but for their ids."""
    rest = {**body, "installid": None}
    if ours:
        rest["headcount"] = {**body["headcount"], "report": None}
    return hashlib.blake2b(orjson.dumps([ours, rest]), digest_size=16).digest()
