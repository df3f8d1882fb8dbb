"""From what was collected to the bytes that are posted; the service and the preview share it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headcount.contract import LARGEST_BODY, SCHEMA, InvalidReport, Vocabulary, read_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.client._settings import Setting

_LOGGED = 64 * 1024  # bytes of a report that are logged whole
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
    """Nothing is sent; the message says why, and holds no value of the report."""


def ordered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a report has them: in the order of the keys; None is no answer."""
    return {key: facts[key] for key in _ORDER if facts.get(key) is not None}


def assemble(setting: Setting, report: Mapping[str, Any], known: Vocabulary, *, reason: str, report_id: str) -> bytes:
    """The bytes to post, before compression: a report with its envelope.

    Raises `NotSent` where the report is not as the collector would check it, or too large.
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
        raise NotSent(f"the report is not as it must be: {_said(error)}") from error
    data = encode(body)
    if len(data) > LARGEST_BODY:
        raise NotSent(f"the report has {len(data):,} bytes, and more than {LARGEST_BODY:,} are not taken")
    return data


def _said(error: InvalidReport) -> str:
    """The problems without the names of classes in them, which may be private."""
    return "; ".join(dict.fromkeys(f"{where.partition('[')[0]}: {what}" for where, what in error.problems))


def encode(value: Mapping[str, Any]) -> bytes:
    """The bytes of a body, before compression."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def for_the_log(data: bytes) -> str:
    """A report as it stands in the log: whole, or without its builders where the whole would be too long."""
    if len(data) <= _LOGGED:
        return data.decode()
    body = json.loads(data)
    body["builders"] = f"{len(body.get('builders', []))} builders: see usage-report.json"
    short = encode(body)
    return short.decode() if len(short) <= _LOGGED else f"a report of {len(data):,} bytes: see usage-report.json"
