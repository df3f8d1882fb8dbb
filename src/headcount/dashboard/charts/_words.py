"""What charts say: the names of rows, shares and counts, and of which answer a mark is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from headcount.dashboard._fields import cell_in_words
from headcount.dashboard.charts._lanes import Label
from headcount.questions import FEW, Answer

_ASIDE = ("kind", "supported_until")
"""Words of a row that its label leaves out, unless they come first."""

_ARROW = " → "
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")

Row = Mapping[str, Any]


def number(answer: Answer, row: Row) -> str:
    """Return what stands at a row's mark: its share, or of few installations its count."""
    if answer.denominator is not None and answer.denominator < FEW:
        return f"{row['installations'] or 0:,}"
    return f"{row['share'] or 0:.1%}"


def words_of(answer: Answer, row: Row) -> str:
    """Return the words of a row that stand before its counts; a number has its name before it."""
    names = answer.columns()
    words = names[: names.index("installations")]
    if "from" in words and "to" in words:
        return f"{row['from']} → {row['to']}"
    kept = [name for name in words if name not in _ASIDE or words[0] == name]
    return ", ".join(
        str(cell_in_words(answer, name, row[name]))
        if isinstance(row[name], str)
        else f"{name} {answer.cell(name, row[name])}"
        for name in kept
    )


def labels_of(answer: Answer, rows: Sequence[Row]) -> list[Label]:
    """Return the label of each row. Of a class it is the last part of its name, with its module where there are two."""
    texts = [words_of(answer, row) or "all" for row in rows]
    if "steps" in answer.columns():
        return [Label(_folded(text)) for text in texts]
    if "brought" in answer.columns():
        names = class_labels([str(row["plugin"]) for row in rows])
        return [Label(label.text, f"since {row['brought']}") for label, row in zip(names, rows, strict=True)]
    if "plugin" not in answer.columns():
        return [Label(text) for text in texts]
    return class_labels(texts)


def class_labels(names: Sequence[str]) -> list[Label]:
    """Return the labels of classes: the last part of each name, and its module softly where that is not enough."""
    last = [_DOTTED.sub(lambda found: found[0].rpartition(".")[2], name) for name in names]
    times = Counter(last)
    return [
        Label(short, name.rpartition(".")[0] if times[short] > 1 else "")
        for short, name in zip(last, names, strict=True)
    ]


def _folded(steps: str) -> str:
    """Return the steps of a builder by their short names, those that follow themselves once with how often."""
    names = [_DOTTED.sub(lambda found: found[0].rpartition(".")[2], step) for step in steps.split(_ARROW)]
    counted = [(name, len(list(same))) for name, same in groupby(names)]
    return _ARROW.join(name if times == 1 else f"{name} \N{MULTIPLICATION SIGN}{times}" for name, times in counted)


def of_whom(answer: Answer) -> str:
    """Return a sentence that says of how many the shares are."""
    if answer.denominator is None:
        return ""
    noun = "installation" if answer.denominator == 1 else "installations"
    return f"Of {answer.denominator:,} {noun}."


def difference(answer: Answer, beside: Answer) -> tuple[str, str]:
    """Return what tells an answer from the one beside it: their days, or else their conditions."""
    if (answer.where, answer.basis) == (beside.where, beside.basis):
        return f"{answer.until}", f"{beside.until}"
    if answer.where != beside.where:
        return _condition(answer), _condition(beside)
    return answer.basis, beside.basis


def _condition(answer: Answer) -> str:
    """Return the condition of an answer, with the short names of classes."""
    return _DOTTED.sub(lambda found: found[0].rpartition(".")[2], answer.where or "all")
