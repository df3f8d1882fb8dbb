"""Two points for each row, joined: what it is here, with its interval, and elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from headcount.dashboard.charts._colours import SOFT
from headcount.dashboard.charts._lanes import GAP, Label
from headcount.dashboard.charts._shares import draw_lanes, lanes_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width
from headcount.dashboard.charts._words import Row, class_labels, labels_of, number, of_whom
from headcount.questions import Answer, listed, shown_name

_OTHER = {"elsewhere": "of all", "others_share": "of those without it"}
"""The columns that have the share elsewhere, with what they are."""

_LIFT = "times as often"
_TOLD = 3  # rows


def draw(answer: Answer, _: Answer | None, width: float) -> Sketch:
    """Draw the share of each row here and elsewhere, and how many times as often it is, where the answer says."""
    column = _column(answer)
    lanes = [
        dataclasses.replace(
            lane, label=_label(row, lane.label), beside=float(row[column] or 0), before=f"{float(row[column] or 0):.1%}"
        )
        for lane, row in zip(lanes_of(answer, None), answer.rows, strict=True)
    ]
    lifts = [f"{float(row['lift'] or 0):.1f}" for row in answer.rows] if "lift" in answer.columns() else []
    right = max(map(text_width, lifts), default=-GAP) + GAP
    names = ("with it", _OTHER[column])
    sketch, placed = draw_lanes(
        width, lanes, names, are_points=True, right=right, top=LEADING if lifts else 0.0, are_joined=True
    )
    if lifts:
        sketch.text(width, placed.top - 8, _LIFT, SOFT, "right")
    for lift, middle in zip(lifts, placed.middles, strict=False):
        sketch.text(width, middle, lift, SOFT, "right")
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return the first rows with both shares."""
    column = _column(answer)
    rows = answer.rows[:_TOLD]
    is_named = "attribute" in answer.columns()
    names = [_named(row) for row in rows] if is_named else [label.text for label in labels_of(answer, rows)]
    said = [
        f"{name} {number(answer, row)} against {float(row[column] or 0):.1%}"
        for row, name in zip(rows, names, strict=True)
    ]
    return f"With it, and {_OTHER[column]}: {listed(said)}. {of_whom(answer)}".rstrip()


def _column(answer: Answer) -> str:
    return next(name for name in _OTHER if name in answer.columns())


def _label(row: Row, label: Label) -> Label:
    """Return the label of a row; of one that names its attribute, its value with that in a softer colour."""
    if "attribute" not in row:
        return label
    return attribute_labels([row])[0]


def _named(row: Row) -> str:
    """Return what a row about an attribute is called in a sentence: a companion by its name, else with the attribute."""
    name = shown_name(str(row["value"]))
    return name if row["attribute"] == "companion" else f"{row['attribute']} {name}"


def attribute_labels(rows: Sequence[Row]) -> list[Label]:
    """Return the labels of rows that are each about a value of an attribute, or a class."""
    texts = [str(row.get("plugin") or row.get("version") or row.get("value")) for row in rows]
    return [
        Label(f"{row['attribute']} {text}")
        if "version" in row
        else Label(class_labels([text])[0].text, str(row.get("attribute") or row.get("kind")))
        for text, row in zip(texts, rows, strict=True)
    ]
