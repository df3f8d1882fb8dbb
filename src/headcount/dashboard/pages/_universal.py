"""The plugins that nearly everybody uses, which tell nothing of anybody: charts leave them out, and say so."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from headcount.dashboard._panel import is_of_few
from headcount.questions import Answer, listed, shown_name

_EVERYBODY = 0.99  # of the share from which on a plugin is one of them


def is_universal(row: Mapping[str, Any]) -> bool:
    """Return whether nearly everybody uses the plugin of a row."""
    return float(row["share"] or 0) >= _EVERYBODY


def without_universal(plugins: Answer, most: int) -> Answer:
    """Return an answer with the first ``most`` rows of plugins that not everybody uses."""
    rows = [row for row in plugins.rows if not is_universal(row)]
    return dataclasses.replace(plugins, rows=tuple(rows[:most]))


def universal_in_words(plugins: Answer) -> list[str]:
    """Return a sentence that names what nearly everybody uses; nothing where that is nothing, or of few installations."""
    if is_of_few(plugins):
        return []
    names = [shown_name(str(row["plugin"])) for row in plugins.rows if is_universal(row)]
    return [f"Nearly all use {listed(names)}, which the chart leaves out."] if names else []
