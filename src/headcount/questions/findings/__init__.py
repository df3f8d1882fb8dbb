"""The finding of an answer: what its figures say, as a sentence or two."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headcount.questions._answer import Answer
from headcount.questions.findings import _decisions, _periods, _rankings, _versions
from headcount.questions.findings._decisions import unnamed
from headcount.questions.findings._periods import is_cut
from headcount.questions.findings._versions import is_past
from headcount.questions.findings._words import FEW, everyone, listed

__all__ = ["FEW", "finding", "is_cut", "is_past", "listed", "unnamed"]


def finding(answer: Answer) -> str:
    """Return what an answer says, in one to three sentences made from its figures.

    No share stands without the number that it is a part of, and none of fewer than 30 installations. A count that a
    publication does not say is one of "fewer than k".
    """
    if answer.over is not None:
        return _periods.over(answer)
    if answer.denominator == 0 and (answer.question, answer.by) not in _OF_NOBODY:
        return f"Nothing is known: there are {everyone(answer).replace('0 ', 'no ', 1)}."
    ways = _WAYS[answer.question]
    return ways.get(answer.by, ways[""])(answer)


_OF_NOBODY = (("coverage", "quarantine"), ("coverage", "uncounted"), ("drop", "summary"), ("drop", "month"))
"""The ways whose answers say something without an installation in the window."""

_WAYS: Mapping[str, Mapping[str, Callable[[Answer], str]]] = {
    "installs": {"": _periods.seen, "state": _rankings.states},
    "versions": {"": _versions.versions},
    "upgrades": {"": _versions.upgrade, "transitions": _versions.transitions, "downgrades": _versions.downgrades},
    "plugins": {"": _rankings.plugins, "bands": _rankings.plugin_bands},
    "combinations": {"": _rankings.pairs, "companions": _rankings.companions},
    "customization": {
        "": _rankings.bases,
        "depth": _rankings.depths,
        "portion": _rankings.portions,
        "variety": _rankings.varieties,
    },
    "environments": {"": _rankings.values},
    "pipelines": {"": _rankings.pipelines},
    "sizes": {"": _rankings.sizes, "quantiles": _rankings.quantiles},
    "drop": {
        "": _decisions.record,
        "year": _decisions.year,
        "parts": _decisions.parts,
        "overlap": _decisions.overlap,
        "classes": _decisions.classes,
        "series": _decisions.series,
        "differences": _decisions.differences,
        "moved": _decisions.moved,
        "month": _periods.rate,
        "version": _rankings.drop_versions,
        "companions": _rankings.companions,
        "silent": _decisions.silent,
    },
    "candidates": {"": _rankings.candidates},
    "adoption": {"": _rankings.adoption},
    "changes": {"": _decisions.changes, "condition": _decisions.groups, "lapsed": _decisions.groups},
    "coverage": {
        "": _rankings.levels,
        "janitor": _rankings.janitor,
        "field": _rankings.fields,
        "scrubbed": _rankings.scrubbed,
        "vocabulary": _rankings.vocabulary,
        "age": _rankings.ages,
        "quarantine": _rankings.floods,
        "uncounted": _rankings.uncounted,
    },
}
"""What says the finding of each way; under the empty name that of all other ways of a question."""
