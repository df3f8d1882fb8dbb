"""From what was collected to the bytes that are posted; the service and the preview share it."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

from headcount.contract import SCHEMA, InvalidReport, Vocabulary, read_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.client._settings import Function, Setting

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


def install_id(master_name: str, full_name: str) -> str:
    """The id that stock Buildbot would send: SHA-1 over the master's name (``host:basedir``) and the host's full name."""
    return hashlib.sha1((master_name + full_name).encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324  # stock's id  # stock's


def assemble(
    setting: Setting, facts: Mapping[str, Any], known: Vocabulary, *, reason: str, report_id: str
) -> dict[str, Any]:
    """The body to post: the facts, or what the administrator's function makes of them, with the envelope.

    ``facts``: the keys of a report; None is no answer. Raises `NotSent` where the function fails or wants nothing sent, and
    where the body is not as the collector would check it.
    """
    report = {key: facts[key] for key in _ORDER if facts.get(key) is not None}
    if setting.function is not None:
        report = _ask(setting.function, report)
    envelope = {
        "schema": SCHEMA,
        "vocabulary": known.version,
        "report": report_id,
        "level": setting.level,
        "reason": reason,
        "every": None,
    }
    body = {**report, "headcount": envelope}
    try:
        read_report(body, known)
    except InvalidReport as error:
        raise NotSent(f"the report is not as it must be: {error}") from error
    return body


def _ask(function: Function, report: dict[str, Any]) -> dict[str, Any]:
    try:
        made = function(copy.deepcopy(report))
    except Exception as error:
        raise NotSent(f"the function raised {type(error).__name__}") from error
    if made is None:
        raise NotSent("the function returned None")
    if not isinstance(made, dict):
        raise NotSent(f"the function returned {type(made).__name__}, not a dictionary")
    try:
        plain: dict[str, Any] = json.loads(json.dumps(made, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotSent("the function returned something that JSON cannot hold") from error
    return plain


def encode(value: Mapping[str, Any]) -> bytes:
    """The bytes of a body, before compression."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def without_builders(value: Mapping[str, Any]) -> bytes:
    """The same for the log, where the whole would be too long."""
    return encode({**value, "builders": f"{len(value.get('builders', []))} builders: see usage-report.json"})
