"""The registry: every question, by name."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions._question import Question
from headcount.questions.entries import (
    adoption,
    candidates,
    changes,
    combinations,
    coverage,
    customization,
    drop,
    environments,
    installs,
    pipelines,
    plugins,
    sizes,
    upgrades,
    versions,
)

REGISTRY: Mapping[str, Question] = {
    entry.QUESTION.name: entry.QUESTION
    for entry in (
        installs,
        versions,
        upgrades,
        plugins,
        combinations,
        customization,
        environments,
        pipelines,
        sizes,
        drop,
        candidates,
        adoption,
        changes,
        coverage,
    )
}
"""Every question, in the order of the documentation."""
