"""What changed of the same masters between two days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
from headcount.questions._comparisons import LEAST, Tested, shown
from headcount.questions._query import BadQuestion
from headcount.questions._question import (
    Analysis,
    Breakdown,
    Cell,
    Column,
    Execution,
    Findings,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    share,
)
from headcount.questions._statistics import paired_test
from headcount.questions.entries.changes._values import (
    ASKED,
    BITS,
    CLASSES,
    ENVIRONMENTS,
    SERIES,
    TABLES,
    VALUES,
    attribute_columns,
    class_bit,
    named_value,
)

_COUNTS = (
    INSTALLATIONS,
    Column("share", "these as a part of the same masters that were asked for it on both days", is_share=True),
    Column("kept", "how many of the same masters have it on both days"),
    Column("started", "how many have it at the end, and had it not on the day before"),
    Column("stopped", "how many had it on the day before, and have it no more"),
    Column(
        "started_once", "`started`, with those counted once that turned from one configuration to another on one day"
    ),
    Column("stopped_once", "`stopped`, counted so"),
    Column("p", "the exact paired test of these two: how likely so unequal a pair is where nobody prefers either"),
    Column("adjusted", "the share of false discoveries among this row and all that are as clear, of all rows tested"),
)


@dataclass
class _Change:
    """How many of the same masters that were asked on both days have something on both, or on one; ``once``: of turns."""

    kept: int = 0
    started: int = 0
    stopped: int = 0
    started_once: int = 0
    stopped_once: int = 0
    told: int = 0

    def row(self) -> Row:
        """Return the cells of a row."""
        now = self.kept + self.started
        return {
            "installations": now,
            "share": share(now, self.told),
            "kept": self.kept,
            "started": self.started,
            "stopped": self.stopped,
            "started_once": self.started_once,
            "stopped_once": self.stopped_once,
        }

    @property
    def is_tested(self) -> bool:
        """Whether enough had it on one of the days, and any changed."""
        return self.kept + max(self.started, self.stopped) >= LEAST and self.started_once + self.stopped_once > 0

    @property
    def p(self) -> float:
        """The p-value."""
        return paired_test(self.started_once, self.stopped_once)


def _fill(days: int) -> Mapping[str, str]:
    return {"judged_on": f"addDays(toDate($until), -{days})"}


def breakdown(days: int, when: str) -> Breakdown:
    """Return the comparison with the day so many days before the end; ``when``: that in words."""
    fill = _fill(days)

    def compute(execution: Execution) -> Findings:
        return _compute(execution, days)

    statements = {
        "started": Statement("changes.classes", fill={**fill, **CLASSES, "here": "these", "elsewhere": "those"}),
        "stopped": Statement(
            "changes.classes",
            fill={**fill, **CLASSES, "here": "those", "elsewhere": "these", "whose": "was <> turned_to"},
        ),
        "series": Statement("changes.values", fill={**fill, **SERIES}),
        "environments": Statement("changes.values", fill={**fill, **ENVIRONMENTS}),
        "others": Statement("changes.others", fill=fill),
    }
    return Breakdown(
        Statement("changes.others", fill=fill),
        Scope(
            denominator="same_masters_levels",
            bases=("confirmed", "alive"),
            whom=f"that were there {when} and have reported since",
        ),
        Shown(
            (
                Column("before", "the day that the end of the window is compared with"),
                INSTALLATIONS,
                Column(
                    "silent", "how many others were there on that day and have not reported since, but may be alive"
                ),
                Column("gone", "how many were there on that day and are no longer alive at the end"),
                Column("new", "how many are there at the end that were never seen up to that day"),
            ),
            chart="changes",
            sample=False,
        ),
        Analysis(statements, compute),
        {
            "classes": (PLUGIN, KIND, *_COUNTS),
            **{name: (*attribute_columns(name), *_COUNTS) for name in ("series", "environments")},
        },
    )


def _compute(execution: Execution, days: int) -> Findings:
    before = execution.window.until - timedelta(days=days)
    if execution.held_since is not None and before < execution.held_since:
        raise BadQuestion(
            f"this compares with {before}, and reports are held since {execution.held_since} alone: give an until from "
            f"{execution.held_since + timedelta(days=days)} on"
        )
    levels = execution.levels()
    compared = sum(levels.values())
    others: dict[str, int] = dict(execution.rows("others"))
    values = {table: execution.rows(table) for table in VALUES}
    tables, tested = shown([*_classes(execution, values["series"]), *_values(values)], TABLES)
    row: Row = {
        "before": before.isoformat(),
        "installations": compared,
        "share": share(compared, compared),
        **{part: others.get(part, 0) for part in ("silent", "gone", "new")},
    }
    return Findings(compared, (row,), tables, levels, tested)


def _classes(execution: Execution, series: Results) -> Iterator[Tested]:
    told = {
        bit: sum(masters for place, then, now, masters, _ in series if place == ASKED and int(then) & int(now) & bit)
        for bit in BITS
    }
    found: defaultdict[tuple[str, str], _Change] = defaultdict(_Change)
    for plugin, kind, asked_then, asked_now, other, masters, turns in execution.rows("started"):
        if asked_then & asked_now & class_bit(kind):
            change = found[plugin, kind]
            change.kept += masters if other else 0
            change.started += 0 if other else masters
            change.started_once += 0 if other else turns
    for plugin, kind, asked_then, asked_now, other, masters, turns in execution.rows("stopped"):
        if asked_then & asked_now & class_bit(kind) and not other:
            found[plugin, kind].stopped += masters
            found[plugin, kind].stopped_once += turns
    for (plugin, kind), change in found.items():
        change.told = told[class_bit(kind)]
        if change.is_tested:
            yield Tested("classes", {"plugin": plugin, "kind": kind, **change.row()}, change.p)


def _values(values: Mapping[str, Results]) -> Iterator[Tested]:
    for table, attributes in VALUES.items():
        found: defaultdict[tuple[str, Cell], _Change] = defaultdict(_Change)
        told: defaultdict[str, int] = defaultdict(int)
        for place, before, after, masters, turns in values[table]:
            if place >= len(attributes) or not before or not after:
                continue
            attribute = attributes[place]
            told[attribute] += masters
            if before == after:
                found[attribute, before].kept += masters
                continue
            found[attribute, after].started += masters
            found[attribute, after].started_once += turns
            found[attribute, before].stopped += masters
            found[attribute, before].stopped_once += turns
        for (attribute, value), change in found.items():
            change.told = told[attribute]
            if change.is_tested:
                yield Tested(table, {**named_value(table, attribute, value), **change.row()}, change.p)
