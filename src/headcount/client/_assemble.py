"""Assembling a report: from the collected facts to the bytes to post, for the service and the preview alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headcount.contract import LARGEST_BODY, SCHEMA, InvalidReport, Vocabulary, read_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.client._settings import Setting

_LOGGED = 64 * 1024  # bytes of the longest report that is logged whole
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
)


class NotSent(Exception):
    """No report is sent; the message says why, and holds no value of the report."""


def ordered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts in the order of a report's keys, without those that are None."""
    return {key: facts[key] for key in _ORDER if facts.get(key) is not None}


def assemble(setting: Setting, report: Mapping[str, Any], known: Vocabulary, *, reason: str, report_id: str) -> bytes:
    """Return the bytes to post, before compression: a report with its envelope.

    Raises `NotSent` where the collector would refuse the report, or it is too large.
    """
    envelope = {
        "schema": SCHEMA,
        "vocabulary": known.version,
        "report": report_id,
        "level": setting.level,
        "reason": reason,
        "every": setting.every,
    }
    body = {**report, "headcount": envelope}
    try:
        read_report(body, known)
    except InvalidReport as error:
        raise NotSent(f"the report is not as it must be: {_problems(error)}") from error
    data = encode(body)
    if len(data) > LARGEST_BODY:
        raise NotSent(f"the report has {len(data):,} bytes, and more than {LARGEST_BODY:,} are not taken")
    return data


def _problems(error: InvalidReport) -> str:
    """Return the problems without the class names in them, which may be private."""
    return "; ".join(dict.fromkeys(f"{where.partition('[')[0]}: {what}" for where, what in error.problems))


def encode(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a body, before compression."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def for_the_log(data: bytes) -> str:
    """Return a report for the log: whole, or without its builders where the whole is too long."""
    if len(data) <= _LOGGED:
        return data.decode()
    body = json.loads(data)
    body["builders"] = f"{len(body.get('builders', []))} builders: see usage-report.json"
    short = encode(body)
    return short.decode() if len(short) <= _LOGGED else f"a report of {len(data):,} bytes: see usage-report.json"
