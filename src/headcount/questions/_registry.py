"""The registry: every question that can be asked, by name."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions._question import Question
from headcount.questions.entries import installs, plugins, versions

REGISTRY: Mapping[str, Question] = {
    question.name: question for question in (installs.QUESTION, versions.QUESTION, plugins.QUESTION)
}
"""Every question, in the order of the documentation."""
