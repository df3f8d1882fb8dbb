"""A bar for each series or release, newest first, with how many run it or a newer one."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import takewhile
from typing import Any

from headcount.dashboard._words import percent
from headcount.dashboard.charts._colours import SOFT, WARM
from headcount.dashboard.charts._lanes import GAP, Label
from headcount.dashboard.charts._shares import Lane, draw_lanes, lanes_of, names_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width
from headcount.dashboard.charts._words import Row, number, of_whom
from headcount.questions import Answer, is_released, listed

_HEAD = "this or newer"
_PAST = "past its end"
_OURS = ("buildbot", "worker")


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share of each, those whose support has ended marked in words, and the running total at the right."""
    lanes = [
        _marked(lane, is_compared=beside is not None) if _is_past(answer, row) else lane
        for lane, row in zip(lanes_of(answer, beside), answer.rows, strict=True)
    ]
    if any(row.get("running_share") is None for row in answer.rows):
        return draw_lanes(width, lanes, names_of(answer, beside))[0]
    totals = [percent(float(row["running_share"] or 0)) for row in answer.rows]
    right = max(map(text_width, totals)) + GAP
    sketch, placed = draw_lanes(width, lanes, names_of(answer, beside), right=right, top=LEADING + 3)
    sketch.text(width, placed.top - 9, _HEAD, SOFT, "right")
    for total, middle in zip(totals, placed.middles, strict=True):
        sketch.text(width, middle, total, SOFT, "right")
    return sketch


def tell(answer: Answer, _: Answer | None) -> str:
    """Return which most run, the newest that is released, and how many run what is not, or not supported any more."""
    most = max(answer.rows, key=lambda row: float(row["share"] or 0))
    versions = [row for row in answer.rows if str(row["version"])[:1].isdigit()]  # and not the rare ones
    ahead = list(takewhile(lambda row: _is_ahead(answer, row), versions))
    newest = versions[len(ahead)] if len(ahead) < len(versions) else most
    said = [f"most run {most['version']}, {number(answer, most)}"]
    if newest is not most:
        said.append(f"the newest, {newest['version']}, {number(answer, newest)}")
    if ahead:
        said.append(f"{percent(sum(float(row['share'] or 0) for row in ahead))} one that is not released")
    past = [row for row in answer.rows if _is_past(answer, row)]
    if past:
        said.append(f"{percent(sum(float(row['share'] or 0) for row in past))} one that is past its end")
    sentence = listed(said)
    return f"In the order of versions: {sentence}. {of_whom(answer)}".rstrip()


def _marked(lane: Lane, *, is_compared: bool) -> Lane:
    """Return the lane of a version that is past its end, which is said behind its mark, or beside its label."""
    if is_compared:
        return dataclasses.replace(lane, colour=WARM, label=Label(lane.label.text, _PAST))
    return dataclasses.replace(lane, colour=WARM, remark=_PAST)


def _is_ahead(answer: Answer, row: Row) -> bool:
    """Return whether a version had not come out by the last day, which is known of Buildbot and its worker alone."""
    is_ours = answer.question != "versions" or answer.by.partition(".")[0] in _OURS
    return is_ours and not is_released(str(row["version"]), answer.until)


def _is_past(answer: Answer, row: Row) -> bool:
    until: Any = row.get("supported_until")
    return bool(until) and date.fromisoformat(until) < answer.until
