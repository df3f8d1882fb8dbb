"""The days along a chart over time: its periods, which of them are unfinished, and marks of what happened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from headcount.dashboard.charts._colours import SOFT
from headcount.dashboard.charts._lanes import GAP
from headcount.dashboard.charts._sketch import Sketch
from headcount.dashboard.charts._text import LEADING, text_width
from headcount.questions import Answer, released, supported

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DECEMBER = 12
_APART = 12.0  # pixels between two labels of the axis


def span_of(period: str) -> tuple[date, date]:
    """Return the first day of a period (``2026-10``, ``2026-W41`` or a day) and the one after its last."""
    if "W" in period:
        year, week = period.split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
        return monday, monday + timedelta(days=7)
    if len(period) == len("2026-10"):
        start = date.fromisoformat(f"{period}-01")
        return start, date(start.year + start.month // _DECEMBER, start.month % _DECEMBER + 1, 1)
    day = date.fromisoformat(period)
    return day, day + timedelta(days=1)


def is_cut(answer: Answer, period: str) -> bool:
    """Whether a period began before the answer's days, or goes on after them."""
    start, beyond = span_of(period)
    since = max(answer.since, answer.held_since or answer.since)
    return start < since < beyond or start <= answer.until < beyond - timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Event:
    """What happened on a day, in a few words."""

    day: date
    text: str


def events(product: str, since: date, until: date) -> list[Event]:
    """Return what happened between two days: new series of Buildbot, and for ``python`` the ends of support."""
    if product == "python":
        ends = {name: date.fromisoformat(day) for (of, name), day in supported().items() if of == product}
        found = [Event(day, f"end of {name}") for name, day in ends.items()]
    elif product in ("buildbot", ""):
        found = [Event(day, str(release)) for release, day in released().items() if str(release).endswith(".0")]
    else:
        found = []
    return sorted((event for event in found if since <= event.day <= until), key=lambda event: event.day)


@dataclasses.dataclass(frozen=True)
class Timeline:
    """Periods one after the other between two places, in pixels.

    ``is_at_ends``: whether what is drawn of a period is at its end, as a point, or over all of it, as a bar.
    """

    periods: Sequence[str]
    left: float
    right: float
    is_at_ends: bool

    @property
    def step(self) -> float:
        """How wide a period is."""
        return (self.right - self.left) / max(len(self.periods) - self.is_at_ends, 1)

    def place(self, number: int) -> float:
        """Return where the end of a period is, or its middle."""
        return self.left + self.step * (number if self.is_at_ends else number + 0.5)

    def at(self, day: date) -> float:
        """Return where a day of the periods is."""
        spans = list(map(span_of, self.periods))
        number = next((n for n, (_, beyond) in enumerate(spans) if day < beyond), len(spans) - 1)
        start, beyond = spans[number]
        part = (day - start).days / (beyond - start).days
        return min(max(self.left + self.step * (number + part - self.is_at_ends), self.left), self.right)

    def draw_axis(self, sketch: Sketch, bottom: float) -> None:
        """Draw the base line and the names of as many periods as have room below it."""
        sketch.rule((self.left, bottom), (self.right, bottom), SOFT)
        beyond = -1e9
        for number in self._named():
            text, x = _name(self.periods[number]), self.place(number)
            half = text_width(text) / 2
            x_text = min(max(x, half), sketch.width - half)
            if x_text - half < beyond + _APART:
                continue
            beyond = x_text + half
            sketch.rule((x, bottom), (x, bottom + 4), SOFT)
            sketch.text(x_text, bottom + 13, text, SOFT, "center")
        sketch.height = max(sketch.height, bottom + 21)

    def _named(self) -> list[int]:
        """Return which periods may be named: of months those of a quarter or half a year, the last at the least."""
        widest = max(text_width(_name(period)) for period in self.periods) + _APART
        every = next((n for n in (1, 2, 3, 6, 12, 24, 48, 96) if n * self.step >= widest), 192)
        starts = [int(period[5:7]) - 1 if len(period) == len("2026-10") else n for n, period in enumerate(self.periods)]
        return [n for n, place in enumerate(starts) if place % every == 0] or [len(self.periods) - 1]

    def draw_events(self, sketch: Sketch, happened: Sequence[Event], bottom: float) -> float:
        """Draw a rule for each event, and its words above in one line or two; returns how far down the plot may begin."""
        ends = [-1e9, -1e9]
        placed = []
        for event in happened:
            half = text_width(event.text) / 2
            x = self.at(event.day)
            middle = min(max(x, half), sketch.width - half)
            line = next((n for n, end in enumerate(ends) if middle - half > end + GAP), None)
            if line is not None:
                ends[line] = middle + half
                placed.append((event.text, x, middle, line))
        lines = 1 + max((line for *_, line in placed), default=-1)
        for text, x, middle, line in placed:
            y = 8 + LEADING * line
            sketch.text(middle, y, text, SOFT, "center")
            sketch.rule((x, y + 8), (x, bottom), SOFT, dashed=True)
        return LEADING * lines + 8


def _name(period: str) -> str:
    if "W" in period:
        return period
    if len(period) == len("2026-10"):
        return f"{_MONTHS[int(period[5:]) - 1]} {period[:4]}"
    return f"{int(period[8:])} {_MONTHS[int(period[5:7]) - 1]}"


def draw_levels(sketch: Sketch, levels: Sequence[tuple[float, str]], left: float, right: float) -> None:
    """Draw a line across for each level, and its name left of it."""
    for y, text in levels:
        sketch.level((left, y), (right, y))
        sketch.text(left - GAP + 2, y, text, SOFT, "right")


def room_of(levels: Mapping[float, str] | Sequence[str]) -> float:
    """Return how wide the names of levels are, with the gap to the plot."""
    texts = levels.values() if isinstance(levels, Mapping) else levels
    return max(map(text_width, texts)) + GAP


def round_levels(most: float) -> list[float]:
    """Return from 0 up three to six round numbers, the last of which is no less than the most."""
    if most <= 0:
        return [0.0, 1.0]
    unit = 10.0 ** (len(f"{int(most)}") - 1) if most >= 1 else _unit(most)
    step = next(unit * n for n in (0.2, 0.25, 0.5, 1, 2, 2.5, 5) if most / (unit * n) <= 5)
    count = -int(-most // step)
    return [step * n for n in range(count + 1)]


def _unit(most: float) -> float:
    unit = 1.0
    while unit > most:
        unit /= 10
    return unit
