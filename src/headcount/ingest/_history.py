"""History: reports from files, read as if they had just been sent.

A line is one of three things: what `headcount simulate` writes (``@timestamp``, ``path``, ``report``); a
report with ``@timestamp`` beside its keys; a document of the old collector's Elasticsearch (``_source``),
alone, in the reply to a search, or after a line of its bulk format. What Logstash added to a document, such
as the sender's address and headers, is thrown away unread.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from headcount.contract import EARLIEST, LATEST, PATHS, PHONE_HOME_PATH, REPORTS_PATH, SECRET, Arrival, InvalidReport
from headcount.ingest._arrival import check_secret
from headcount.ingest._bodies import NotJson
from headcount.ingest._configurations import Configurations
from headcount.ingest._pseudonym import Pseudonymizer

_LOGSTASH = frozenset({
    "@timestamp", "@version", "headers", "host", "tags", "type", "path", "url", "http", "user_agent", "event", "geoip",
    "message",
})  # fmt: skip
_MEMORY = 128 * 1024 * 1024  # bytes of configurations that a reader remembers
_ACTIONS = frozenset({"index", "create", "update", "delete"})  # of Elasticsearch's bulk format
# A line as `headcount simulate` writes it. The text of the report is one JSON object, or else it is neither a known
# configuration nor JSON: so a report that repeats another one need not be parsed.
_SIMPLE = re.compile(
    rb'\{"@timestamp": ?"([0-9T:.Z+-]{1,40})", ?"path": ?"([/\w]{1,40})", ?"report": ?(\{.*\})'
    rb'(?:, ?"secret": ?(?:"(%b)"|null))?\}[ \t\r\n]*' % SECRET.pattern.encode()
)


class LineError(NamedTuple):
    """A line that is no report: its number, from 0, among the lines that were read, and the reason in words."""

    line: int
    why: str


class Contents(NamedTuple):
    """The contents of some lines."""

    arrivals: list[Arrival]
    errors: list[LineError]


class HistoryReader:
    """Reads lines of history, and remembers their configurations: most reports repeat the one before."""

    def __init__(self, pseudonymizer: Pseudonymizer) -> None:
        self._configurations = Configurations(pseudonymizer, _MEMORY)

    def read(self, lines: Sequence[bytes]) -> Contents:
        """Read lines of JSON; blank ones hold nothing."""
        contents = Contents([], [])
        for number, line in enumerate(lines):
            if (why := self._read_line(line, contents.arrivals)) is not None:
                contents.errors.append(LineError(number, why))
        return contents

    def _read_line(self, line: bytes, arrivals: list[Arrival]) -> str | None:
        """Add the arrivals of a line; return None, or why the rest of the line is no report."""
        try:
            arrival = self._of_simple(line)
            if arrival is not None:
                arrivals.append(arrival)
            elif line.strip():
                for document in _documents(orjson.loads(line)):
                    arrivals.append(self._of_document(document))  # noqa: PERF401  # those before an error stay
        except orjson.JSONDecodeError:
            return "not JSON"
        except InvalidReport as error:
            return str(error)
        return None

    def _of_simple(self, line: bytes) -> Arrival | None:
        """Return the arrival of a line that `headcount simulate` wrote; None for any other line."""
        simple = _SIMPLE.fullmatch(line)
        if simple is None:
            return None
        stamp, path, body, secret = simple.groups()
        if path not in _PATHS:
            return None
        try:
            return self._read(body, None, _PATHS[path], stamp.decode(), None if secret is None else secret.decode())
        except NotJson:
            return None

    def _of_document(self, document: Mapping[str, Any]) -> Arrival:
        body, path, secret = document.get("report"), document.get("path"), document.get("secret")
        if not isinstance(body, dict):
            body = {key: value for key, value in document.items() if key not in _LOGSTASH}
            path = secret = None
        if not isinstance(path, str) or path not in PATHS:
            path = REPORTS_PATH if "headcount" in body else PHONE_HOME_PATH
        if secret is not None and not isinstance(secret, str):
            raise InvalidReport([("secret", "must be 64 hexadecimal digits")])
        try:
            data = orjson.dumps(body)
        except orjson.JSONEncodeError:
            raise InvalidReport([("", "is nested too deep")]) from None
        return self._read(data, body, path, document.get("@timestamp"), check_secret(secret))

    def _read(self, data: bytes, body: object, path: str, stamp: object, secret: str | None) -> Arrival:
        received = _time(stamp)
        return self._configurations.read(
            data, ours=path == REPORTS_PATH, received=received, secret=secret, body=body
        ).arrival


_PATHS = {path.encode(): path for path in PATHS}


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
    second = _second(stamp)
    if second is None:
        raise InvalidReport([("@timestamp", "must be a time such as 2026-10-02T12:00:00Z")])
    if second < EARLIEST:
        raise InvalidReport([("@timestamp", "is before 2000-01-01, when nobody could report")])
    if second > LATEST:
        raise InvalidReport([("@timestamp", "is later than can be stored")])
    return second


def _second(stamp: object) -> int | None:
    if isinstance(stamp, int) and not isinstance(stamp, bool):
        return stamp // 1000  # as Elasticsearch counts: milliseconds
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return math.floor((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
