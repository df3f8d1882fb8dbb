"""Titles of questions and of the ways to ask them, as a maintainer says them."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions import REGISTRY

_QUESTIONS: Mapping[str, str] = {"drop": "May we drop it?"}
_WAYS: Mapping[tuple[str, str], str] = {
    ("changes", "condition"): "how those with a condition differ",
    ("changes", "lapsed"): "how those that left differ",
    ("changes", "month"): "since 28 days before",
    ("changes", "year"): "since a year before",
    ("combinations", "companions"): "what is used with it",
    ("coverage", "age"): "when they reported last",
    ("coverage", "field"): "who answers what",
    ("coverage", "janitor"): "from how many reports the Janitor was left out",
    ("coverage", "level"): "how much they tell",
    ("coverage", "quarantine"): "when a flood of newcomers came",
    ("coverage", "scrubbed"): "what was left out",
    ("coverage", "sender"): "who sends the reports",
    ("coverage", "uncounted"): "which reports are not counted",
    ("coverage", "vocabulary"): "whether the names are known",
    ("drop", "classes"): "which of its classes are used",
    ("drop", "companions"): "what is used with it",
    ("drop", "differences"): "how its users differ from the others",
    ("drop", "month"): "how many of those seen use it, month by month",
    ("drop", "moved"): "how long those that moved away had used it",
    ("drop", "overlap"): "who uses two parts of it",
    ("drop", "parts"): "who uses each part of it",
    ("drop", "series"): "which series its users run",
    ("drop", "silent"): "what if the silent use it more, or less",
    ("drop", "summary"): "who uses it",
    ("drop", "version"): "on which releases it is used",
    ("drop", "year"): "what became of its users in a year",
}


def question_title(question: str) -> str:
    """Return the title of a question of the registry. Raises KeyError where there is none."""
    return _QUESTIONS.get(question, REGISTRY[question].title)


def way_title(question: str, by: str) -> str:
    """Return what a way to ask a question shows, as ``By python`` or ``Who uses it``."""
    words = _WAYS.get((question, by), f"by {by}")
    return words[:1].upper() + words[1:]


def answer_title(question: str, by: str) -> str:
    """Return the title of an answer that stands alone, as ``Versions by python`` or ``May we drop it? Who uses it``."""
    title, way = question_title(question), way_title(question, by)
    if title.endswith("?"):
        return f"{title} {way}"
    joint = ": " if (question, by) in _WAYS else " "
    return f"{title}{joint}{way[:1].lower()}{way[1:]}"
