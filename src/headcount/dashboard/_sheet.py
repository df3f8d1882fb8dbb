"""An answer as a sheet: what a terminal shows of it, as JSON, so that the command needs nothing else to show it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from headcount.questions import (
    BASES,
    REGISTRY,
    Answer,
    Cell,
    classes_of_steps,
    finding,
    is_cut,
    is_past,
    short_names,
    short_steps,
)

_SHOWN = 40  # rows; the other formats have them all
_STEPS_OF_SCALE = (0.1, 0.25, 0.5, 1.0)
"""What a whole bar can stand for: a share of all is drawn on one of these scales, so that a small one looks small."""

_CLASSES = ("plugin", "with", "value")
_DRAWN = {"pairs": "lift", "shades": "estimate", "reports": "reports", "over_time": "installations"}
_COUNTED = {"lift": "times as often"}
_ENDED, _SO_FAR = "past its end", "so far"
_IN_PERIODS = ("over_time", "rates")


def sheet(answer: Answer) -> bytes:
    """Return an answer as JSON: its ``finding``, ``columns``, ``rows`` of texts, ``notes``, ``tables`` and ``table``.

    A column has a ``name``, whether it is of ``numbers``, and of classes their ``short`` names, row by row. ``bars`` are
    pairs from 0 to 1, the length of a bar and up to where it may reach, of the column ``drawn``; ``scale`` says what 1 is.
    ``trends`` are the numbers of each row over the periods, None where one is not known, and ``periods`` the first and the
    last; ``states`` what is said of each row in words; ``left_out``: how many rows are not there.
    """
    over = answer.over is not None and len(answer.columns()) > 3  # more than the period, the count and the share
    rows, trends = _last_of_periods(answer) if over else (_limited(answer), [])
    names = [name for name in answer.columns() if not (over and name == "period")]
    drawn = _drawn(answer, rows)
    bars, scale = _bars(answer, rows, drawn)
    return json.dumps(
        {
            "title": f"{REGISTRY[answer.question].title} by {answer.by}",
            "finding": finding(answer),
            **_grid(names, rows, answer.cell),
            "bars": bars,
            "drawn": drawn,
            "scale": scale,
            "trends": trends,
            "periods": _ends(answer) if over else [],
            "states": _states(answer, rows),
            "left_out": (len({_key(row) for row in answer.rows}) if over else len(answer.rows)) - len(rows),
            "tables": [
                {
                    "name": name,
                    "denominator": table.denominator,
                    **_grid(answer.table_columns(name), table.rows[:_SHOWN], partial(answer.table_cell, name)),
                }
                for name, table in answer.tables.items()
                if name != "periods"
            ],
            "notes": [answer.caption(), *_meaning(answer)],
            "table": answer.to_table(),
        },
        ensure_ascii=False,
    ).encode()


def _meaning(answer: Answer) -> list[str]:
    if answer.basis in BASES and answer.question != "installs":
        return [f"{answer.basis.capitalize()}: {BASES[answer.basis]}."]
    return []


Rows = Sequence[Mapping[str, Cell | None]]


def _limited(answer: Answer) -> Rows:
    return answer.rows[:_SHOWN] if answer.over is None else answer.rows[-_SHOWN:]


def _key(row: Mapping[str, Cell | None]) -> tuple[Cell | None, ...]:
    return tuple(value for name, value in row.items() if name not in ("period", "installations", "share"))


def _last_of_periods(answer: Answer) -> tuple[Rows, list[list[float | None]]]:
    """Return the rows of the last period, and for each its shares over the periods, or counts where no share is known."""
    lines: dict[tuple[Cell | None, ...], list[Mapping[str, Cell | None]]] = {}
    for row in answer.rows:
        lines.setdefault(_key(row), []).append(row)
    chosen = list(lines.values())[:_SHOWN]
    return [line[-1] for line in chosen], [
        [None if row["share"] is None else float(row["share"]) for row in line] for line in chosen
    ]


def _ends(answer: Answer) -> list[str]:
    """Return the first and the last period."""
    return [str(answer.rows[0]["period"]), str(answer.rows[-1]["period"])] if answer.rows else []


def _states(answer: Answer, rows: Rows) -> list[str]:
    """Return what is said of each row in words: that its support has ended, or that its period is not over."""
    states = [_ENDED if _has_ended(answer, row) else "" for row in rows]
    if rows and answer.breakdown.shown.chart in _IN_PERIODS and is_cut(answer):
        states[-1] = _SO_FAR
    return states


def _has_ended(answer: Answer, row: Mapping[str, Cell | None]) -> bool:
    return answer.question == "versions" and answer.grain == "series" and is_past(answer, str(row["version"]))


def _grid(names: Sequence[str], rows: Rows, cell: Any) -> dict[str, Any]:
    names = list(dict.fromkeys(names))
    columns = [
        {"name": name, "numbers": any(not isinstance(row[name], str) for row in rows), "short": _short(name, rows)}
        for name in names
    ]
    return {"columns": columns, "rows": [[cell(name, row[name]) for name in names] for row in rows]}


def _short(name: str, rows: Rows) -> list[str] | None:
    """Return the short names of a column of classes or of steps."""
    texts = [str(row[name]) for row in rows]
    if name in _CLASSES:
        among = {str(row[each]) for row in rows for each in _CLASSES if each in row}
        short = short_names(filter(_is_class, among))
        return [short.get(text, text) for text in texts]
    if name == "steps":
        short = short_names({each for text in texts for each in classes_of_steps(text)})
        return [short_steps(text, short) for text in texts]
    return None


def _is_class(text: str) -> bool:
    """Return whether a text is the path of a class, and no field, such as ``versions.Python``."""
    module, _, name = text.rpartition(".")
    return "." in module and name[:1].isupper()


def _drawn(answer: Answer, rows: Rows) -> str:
    """Return the column whose values the bars show."""
    column = _DRAWN.get(answer.breakdown.shown.chart)
    if column is not None:
        return column
    same = len({row["share"] for row in rows if "share" in row}) < 2  # all of them 100%, as where nobody is told apart
    return "installations" if same else "share"


def _bars(answer: Answer, rows: Rows, column: str) -> tuple[list[list[float]], str]:
    """Return the bars of the rows, and what a whole one stands for; none where there is nothing to compare."""
    if len(rows) < 2:  # one bar says nothing
        return [], ""
    values = [float(row[column] or 0) for row in rows]
    upper = [float(row["most"] or 0) for row in rows] if answer.breakdown.shown.chart == "bounds" else values
    top = max(upper)
    if not top:
        return [], ""
    if column in answer.shares():
        whole = next(step for step in _STEPS_OF_SCALE if top <= step)
        scale = f"{whole:.0%}"
    else:
        whole = top
        scale = f"{top:,.1f}" if column == "lift" else f"{top:,.0f}"
    bars = [[value / whole, reach / whole] for value, reach in zip(values, upper, strict=True)]
    return bars, f"a share of {scale}" if column in answer.shares() else f"{scale} {_COUNTED.get(column, column)}"
