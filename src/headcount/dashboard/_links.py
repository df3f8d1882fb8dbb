"""The condition that a row of an answer stands for, so that a value in a table is a link that adds it."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.dashboard._names import plugin_page
from headcount.questions import Answer, Cell

_WORDS = frozenset(
    {"system", "distro", "machine", "kernel", "implementation", "db", "mq", "build", "driver", "protocol", "hook"}
)
"""The ways to ask of environments that are terms of a condition too."""

_ATTRIBUTES = _WORDS | {"buildbot", "python", "twisted"}
"""What a row can be about that names an attribute beside its value."""


def condition_of(answer: Answer, column: str, row: Mapping[str, Cell | None]) -> str | None:
    """Return the condition that is true of the installations of a row, as its column says; None where there is none."""
    value = row.get(column)
    if not isinstance(value, str) or not value or answer.protected:
        return None
    if "attribute" in row and column in ("version", "value"):
        word = str(row["attribute"])
        return f"{word} = {_quoted(value)}" if word in _ATTRIBUTES else None
    return _condition(answer, column, value, str(row.get("kind", "")))


def page_of(answer: Answer, column: str, row: Mapping[str, Cell | None]) -> str:
    """Return the address of the page of the plugin that a column names in a row; nothing where it names none."""
    value = row.get(column)
    if column not in ("plugin", "with") or not isinstance(value, str) or not value or answer.protected:
        return ""
    return plugin_page(value) if column == "plugin" or answer.question == "combinations" else ""


def _condition(answer: Answer, column: str, value: str, kind: str) -> str | None:
    if column in ("plugin", "with") and answer.question in ("plugins", "combinations", "candidates", "changes", "drop"):
        return f"{'www' if kind == 'www' or answer.by == 'www' else 'plugin'} = {value}"
    if column == "version" and answer.question in ("versions", "drop"):
        product = answer.by.partition(".")[0] if answer.question == "versions" else "buildbot"
        return f"{product} = {value}" if value[:1].isdigit() else None
    if answer.question == "environments" and column in ("value", "with"):
        first, _, second = answer.by.partition(",")
        word = second if column == "with" else first
        return f"{word} = {_quoted(value)}" if word in _WORDS else None
    return None


def _quoted(value: str) -> str:
    return value if value.replace(":", "").replace(".", "").replace("_", "").isalnum() else f"'{value}'"
