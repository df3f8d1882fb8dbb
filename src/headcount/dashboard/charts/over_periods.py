"""A line for each thing that was counted at the end of each period: six at most, and one for the others."""

from __future__ import annotations

import dataclasses

from headcount.dashboard._words import percent
from headcount.dashboard.charts._colours import ACCENT, SERIES, SOFT
from headcount.dashboard.charts._lines import Line, Plot, draw_lines
from headcount.dashboard.charts._rows import OTHERS, key_of
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._timeline import events, is_cut, round_levels, span_of
from headcount.dashboard.charts._words import class_labels, difference, of_whom
from headcount.questions import Answer, listed

_LEAST = 0.1  # the largest share that the scale of one line has at the least
REMARK = "here those who left in the last 12 months are still counted"
"""What is said of the last periods, while whoever left is still in them."""

_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw(answer: Answer, beside: Answer | None, width: float) -> Sketch:
    """Draw the share of each at the end of each period; beside it dashed."""
    found = lines_of(answer)
    if beside:
        size = len(found[0].values)
        dashed = {line.name: line for line in lines_of(beside)}
        names = difference(answer, beside)
        found = [line for each in found for line in _pair(each, dashed.get(each.name), names, size)]
    named = [_with_share(line) for line in found]
    plot = plot_of(answer, found)
    if beside and key_of(answer, answer.rows[0]):
        plot = dataclasses.replace(plot, note="lines: {}; dashed: {}".format(*difference(answer, beside)))
    return draw_lines(width, plot, named)


def tell(answer: Answer, beside: Answer | None) -> str:
    """Return the first and the last share of each."""
    found = lines_of(answer)
    first, last = answer.rows[0]["period"], answer.rows[-1]["period"]
    said = listed(
        [f"{line.name or 'share'} from {_said(line.values[0])} to {_said(line.values[-1])}" for line in found]
    )
    other = {line.name: line for line in lines_of(beside)} if beside else {}
    compared = [
        f"{line.name or 'share'} {_said(other[line.name].values[-1])}" for line in found[:1] if line.name in other
    ]
    behind = f" Beside it, at the end: {listed(compared)}." if compared else ""
    return f"From {first} to {last}: {said}.{behind} {of_whom(answer)}".rstrip()


def lines_of(answer: Answer) -> list[Line]:
    """Return a line for each thing that is counted, in the order of the rows."""
    periods = list(dict.fromkeys(str(row["period"]) for row in answer.rows))
    shares = {(str(row["period"]), key_of(answer, row)): row["share"] for row in answer.rows}
    keys = list(dict.fromkeys(key_of(answer, row) for row in answer.rows))
    labels = [label.text for label in class_labels(keys)]
    names = labels if len(set(labels)) == len(labels) else keys
    colours = iter(SERIES)
    return [
        Line(
            name,
            [None if (share := shares.get((period, key))) is None else float(share) for period in periods],
            SOFT if key in OTHERS else ACCENT if len(keys) == 1 else next(colours),
        )
        for key, name in zip(keys, names, strict=True)
    ]


def plot_of(answer: Answer, lines: list[Line]) -> Plot:
    """Return what stands around lines of shares."""
    periods = list(dict.fromkeys(str(row["period"]) for row in answer.rows))
    most = max((value for line in lines for value in line.values if value is not None), default=0.0)
    is_of_all = bool(key_of(answer, answer.rows[0]))
    levels = _QUARTERS if is_of_all else round_levels(min(1.0, max(_LEAST, 2 * most)))
    product = answer.by.partition(".")[0] if answer.question == "versions" else ""
    return Plot(
        periods,
        [(level, f"{round(100 * level, 1):g}%") for level in levels],
        (is_cut(answer, periods[0]), is_cut(answer, periods[-1])),
        remembered(answer, periods),
        REMARK,
        events(product, max(answer.since, span_of(periods[0])[0]), answer.until),
    )


def remembered(answer: Answer, periods: list[str]) -> int:
    """Return how many of the last periods still count who left since."""
    table = answer.tables.get("periods")
    told = {row["period"] for row in table.rows if row.get("leavers")} if table else set()
    return sum(period in told for period in periods)


def _pair(line: Line, other: Line | None, names: tuple[str, str], size: int) -> list[Line]:
    """Return a line and the one beside it, which is moved to the same last period; of the only line with their names."""
    if line.name:
        values = _to_size(other, size) if other else []
        second = [Line(line.name, values, line.colour, True, 1.5, is_named=False)] if other else []
        return [line, *second]
    values = _to_size(other, size) if other else []
    return [Line(names[0], line.values), *([Line(names[1], values, SOFT, True, 1.5)] if other else [])]


def _to_size(line: Line, size: int) -> list[float | None]:
    values = list(line.values)[-size:]
    return [*([None] * (size - len(values))), *values]


def _with_share(line: Line) -> Line:
    last = next((value for value in reversed(line.values) if value is not None), None)
    name = f"{line.name}: {_said(last)}" if line.name else _said(last)
    return Line(name, line.values, line.colour, line.is_dashed, line.width, line.is_named and last is not None)


def _said(share: float | None) -> str:
    return "not known" if share is None else percent(share)
