"""Assembling a report: from the collected facts to the bytes to post, for the service and the preview alike."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from headcount.contract import LARGEST_BODY, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.client._settings import Setting

_LOGGED = 64 * 1024  # bytes of the longest report that is logged whole
_WORKERS = re.compile(rb',"workers":\{[^}]*\}')
_ORDER = (
    "installid",
    "versions",
    "platform",
    "plugins",
    "db",
    "mq",
    "www_plugins",
    "builders",
    "multi_master",
    "build",
    "workers",
    "db_driver",
    "db_server",
    "hooks",
    "protocols",
    "configurators",
    "factories",
    "variety",
)


class NotSent(Exception):
    """No report is sent; the message says why, and holds no value of the report."""


def ordered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts in the order of a report's keys, without those that are None."""
    return {key: facts[key] for key in _ORDER if facts.get(key) is not None}


def assemble(setting: Setting, report: Mapping[str, Any], vocabulary: str, *, reason: str, report_id: str) -> bytes:
    """Return the bytes to post, before compression: a scrubbed report with its envelope.

    ``vocabulary``: the version of that by which it was scrubbed. Raises `NotSent` where the report is too large.
    """
    envelope = {
        "schema": SCHEMA,
        "vocabulary": vocabulary,
        "report": report_id,
        "level": setting.level,
        "reason": reason,
        "every": setting.every,
    }
    data = encode({**report, "headcount": envelope})
    if len(data) > LARGEST_BODY:
        raise NotSent(f"the report has {len(data):,} bytes, and more than {LARGEST_BODY:,} are not taken")
    return data


def encode(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a body, before compression."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def fingerprint(setting: Setting, data: bytes) -> bytes:
    """Return a hash: equal for reports to the same collector that differ in id, reason and workers alone.

    Which workers were seen no reconfig changes.
    """
    body, _, envelope = data.rpartition(b',"headcount":')
    lasting = b"".join(part for part in envelope.split(b",") if not part.startswith((b'"report"', b'"reason"')))
    told = f"{setting.url}\0{setting.collector}\0".encode()
    return hashlib.sha256(told + _WORKERS.sub(b"", body) + lasting).digest()


def for_the_log(data: bytes, file: str) -> str:
    """Return a report for the log: whole, or without its builders where the whole is too long.

    ``file``: the name of the file that has it whole.
    """
    if len(data) <= _LOGGED:
        return data.decode()
    body = json.loads(data)
    body["builders"] = f"{len(body.get('builders', []))} builders: see {file}"
    short = encode(body)
    return short.decode() if len(short) <= _LOGGED else f"a report of {len(data):,} bytes: see {file}"
