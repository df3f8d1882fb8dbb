"""The condition that a row of an answer stands for, so that a value in a table is a link that adds it."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions import Answer, Cell

_WORDS = frozenset(
    {"system", "distro", "machine", "kernel", "implementation", "db", "mq", "build", "driver", "protocol", "hook"}
)
"""The ways to ask of environments that are terms of a condition too."""


def condition_of(answer: Answer, column: str, row: Mapping[str, Cell | None]) -> str | None:
    """Return the condition that is true of the installations of a row, as its column says; None where there is none."""
    value = row.get(column)
    if not isinstance(value, str) or not value or answer.protected:
        return None
    return _condition(answer, column, value, str(row.get("kind", "")))


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
