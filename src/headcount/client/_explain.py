"""A report explained to a person: why each field is in it, and how it differs from the last one."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from headcount.contract import ACCOMPANIMENTS, CATALOG

_SHOWN = 200  # characters of a value


def explained(body: Mapping[str, Any]) -> str:
    """Return a text: for each field of a report its path, value, reason and questions; then the fields that are not sent."""
    return "\n".join([*_fields(body), *_absent(body)]) + "\n"


def _fields(body: Mapping[str, Any]) -> Iterator[str]:
    for field in CATALOG:
        value = _at(body, field.path)
        if value is not None:
            yield f"{field.path} = {_short(value)}"
            yield f"    {field.why} (for: {', '.join(field.questions)}; level {field.level})"
    for one in ACCOMPANIMENTS:
        value = _at(body, one.path)
        if value is not None or one.path == "headcount.every":
            yield f"{one.path} = {_short(value)}"
            yield f"    {one.why}"


def _absent(body: Mapping[str, Any]) -> Iterator[str]:
    absent = [field.path for field in CATALOG if _at(body, field.path) is None]
    if absent:
        yield f"Not sent: {', '.join(absent)}"


def _at(body: Mapping[str, Any], path: str) -> Any:
    section, _, key = path.partition(".")
    value = body.get(section)
    if not key:
        return value
    return value.get(key) if isinstance(value, dict) else None


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text):,} characters)"


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return a unified diff of two reports, without id and reason; empty where nothing else differs."""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), "what was last sent", "what would be sent", n=1, lineterm=""
    )
    return "".join(line + "\n" for line in lines)


def _lines(body: Mapping[str, Any]) -> list[str]:
    envelope = body.get("headcount")
    if isinstance(envelope, dict):
        lasting = {key: value for key, value in envelope.items() if key not in ("report", "reason")}
        body = {**body, "headcount": lasting}
    return json.dumps(body, indent=1, sort_keys=True).splitlines()
