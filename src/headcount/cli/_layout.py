"""An answer laid out on a terminal, from the sheet that `dashboard` writes: the finding, bars, and what it is about."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from headcount.cli._terminal import ACCENT, BOLD, DIM, WARM, Terminal

Sheet = dict[str, Any]

_GAP = "  "
_LEAST_BAR, _USUAL_BAR, _MOST_BAR = 8, 18, 32  # columns; for the usual one other columns are left out
_SPARK = 24  # columns
_FEW = 4  # columns
_LEAST_NAME = 12  # columns of a name that is cut
_READ = ("installations", "share")
_HELPFUL = ("kind", "brought")
_NOT_SHOWN = ("supported_until",)  # the state says it in words


class _Column(NamedTuple):
    """A column: its name, its cells, each as wide as it is shown, whether they stand to the right, and their style."""

    name: str
    cells: Sequence[str]
    right: bool = False
    style: str = ""

    @property
    def width(self) -> int:
        return max(map(len, (self.heading, *self.cells)))

    @property
    def heading(self) -> str:
        return "installs" if self.name == "installations" else self.name.replace("_", " ")


def shown(sheet: Sheet, terminal: Terminal) -> str:
    """Return an answer as a person reads it on a terminal."""
    lines = [*_folded(sheet["finding"], terminal, BOLD), ""]
    lines += _rows(sheet, terminal, _marks(sheet))
    if sheet["left_out"] > 0:
        lines += _folded(f"… and {sheet['left_out']} more rows: --format csv has them all", terminal, DIM)
    for table in filter(itemgetter("rows"), sheet["tables"]):
        of = "" if table["denominator"] is None else f" (of {table['denominator']:,})"
        lines += ["", terminal.styled(f"{table['name']}{of}", BOLD)]
        lines += _rows(table, terminal)
    lines.append("")
    if sheet["bars"]:
        lines += _folded(f"A whole bar stands for {sheet['scale']}.", terminal, DIM)
    if sheet["trends"]:
        first, last = sheet["periods"]
        lines += _folded(f"Trend of the share: {first} to {last}, each from 0 to its greatest.", terminal, DIM)
    for note in sheet["notes"]:
        lines += _folded(note, terminal, DIM)
    return "\n".join(lines) + "\n"


def whole(sheet: Sheet, terminal: Terminal) -> str:
    """Return the finding and the whole table, as wide as it is."""
    return "\n".join([*_folded(sheet["finding"], terminal, BOLD), "", terminal.plain(sheet["table"])])


def folded(text: str, terminal: Terminal) -> str:
    """Return lines that fit, each as far to the right as it was."""
    lines: list[str] = []
    for line in terminal.plain(text).splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + len(_GAP))
        lines += textwrap.wrap(line, terminal.width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    return "\n".join(lines) + "\n"


def _folded(text: str, terminal: Terminal, style: str) -> list[str]:
    """Return a text as lines of the terminal's width; the marks of code in it are for pages."""
    plain = terminal.plain(text.replace("`", ""))
    folded = textwrap.wrap(plain, terminal.width, break_long_words=False, break_on_hyphens=False)
    return [terminal.styled(line, style) for line in folded]


def _rows(grid: Sheet, terminal: Terminal, marks: _Marks | None = None) -> list[str]:
    """Return the lines of a table; one row with more than a few cells stands upright."""
    if not grid["rows"]:
        return ["(nothing)"]
    if len(grid["rows"]) == 1 and len(grid["columns"]) > _FEW:
        return list(_record(grid, terminal))
    return _table(grid, terminal, marks)


def _record(sheet: Sheet, terminal: Terminal) -> Iterator[str]:
    """Yield the one row of an answer, a line for each of its columns."""
    names = [column["name"].replace("_", " ") for column in sheet["columns"]]
    most = max(map(len, names))
    for name, cell in zip(names, sheet["rows"][0], strict=True):
        text = textwrap.wrap(terminal.plain(cell), max(terminal.width - most - len(_GAP), _LEAST_NAME)) or [""]
        yield f"{terminal.styled(name.ljust(most), DIM)}{_GAP}{text[0]}"
        yield from (" " * (most + len(_GAP)) + line for line in text[1:])


class _Marks(NamedTuple):
    """What is drawn beside the rows."""

    bars: Sequence[tuple[float, float]] = ()
    trends: Sequence[Sequence[float | None]] = ()
    states: Sequence[str] = ()


def _marks(sheet: Sheet) -> _Marks:
    return _Marks([(value, reach) for value, reach in sheet["bars"]], sheet["trends"], sheet["states"])


def _table(grid: Sheet, terminal: Terminal, marks: _Marks | None = None) -> list[str]:
    """Return the lines of a table that fits; what has no room is left out from the right, and named."""
    marks = marks or _Marks()
    needed, more = _parted(_columns(grid, terminal), grid.get("drawn", ""), terminal.width)
    place = len(needed)
    needed = _cut(needed, terminal.width)
    if any(marks.states):
        needed.append(_Column("", marks.states, style=WARM))
    room = terminal.width - _width(needed)
    if marks.trends and room - len(_GAP) >= _LEAST_BAR:
        width = min(room - len(_GAP), _SPARK)
        needed.append(_Column("trend", [terminal.spark(trend, width) for trend in marks.trends], style=ACCENT))
        room = terminal.width - _width(needed)
    fits: list[_Column] = []
    for column in more:
        if room - column.width - len(_GAP) < (_USUAL_BAR + len(_GAP) if marks.bars else 0):
            break
        fits.append(column)
        room -= column.width + len(_GAP)
    bars: list[tuple[str, str]] = []
    if marks.bars and room - len(_GAP) >= _LEAST_BAR:
        width = min(room - len(_GAP), _MOST_BAR)
        bars = [terminal.bar(value, reach, width) for value, reach in marks.bars]
    rows = (None, *range(len(grid["rows"])))
    headings, *lines = (_line([*needed, *fits], number, bars, place, terminal) for number in rows)
    dropped = ", ".join(column.heading for column in more if column not in fits)
    hint = _folded(f"Not shown: {dropped} (--wide shows all)", terminal, DIM) if dropped else []
    return [terminal.styled(headings, DIM), *lines, *hint]


def _parted(columns: Sequence[_Column], drawn: str, width: int) -> tuple[list[_Column], list[_Column]]:
    """Return the columns that are read first: names, counts, and what the bars show; and the others.

    Where these leave no room for bars, what only helps to tell names apart is among the others.
    """
    names = [column.name for column in columns]
    read = max((names.index(name) + 1 for name in _READ if name in names), default=1)
    first = [*columns[:read], *(column for column in columns[read:] if column.name == drawn)]
    if _width(first) + _USUAL_BAR + len(_GAP) > width:
        first = [column for column in first if column.name not in _HELPFUL]
    return first, [column for column in columns if column not in first]


def _columns(grid: Sheet, terminal: Terminal) -> list[_Column]:
    columns = []
    for place, column in enumerate(grid["columns"]):
        if column["name"] not in _NOT_SHOWN:
            cells = column["short"] or [row[place] for row in grid["rows"]]
            columns.append(_Column(column["name"], [terminal.plain(cell) for cell in cells], column["numbers"]))
    return columns


def _width(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * max(len(columns) - 1, 0)


def _cut(columns: Sequence[_Column], width: int) -> list[_Column]:
    """Return columns that are no wider together, the widest of names cut to what is left."""
    cut = list(columns)
    excess = _width(cut) - width
    while excess > 0:
        place = max(range(len(cut)), key=lambda place: -1 if cut[place].right else cut[place].width)
        room = max(cut[place].width - excess, _LEAST_NAME)
        if cut[place].right or room >= cut[place].width:
            break
        cells = [cell if len(cell) <= room else f"{cell[: room - 3]}..." for cell in cut[place].cells]
        cut[place] = cut[place]._replace(name=cut[place].name[:room], cells=cells)
        excess = _width(cut) - width
    return cut


def _line(
    columns: Sequence[_Column], number: int | None, bars: Sequence[tuple[str, str]], place: int, terminal: Terminal
) -> str:
    """Return a row of a table, the bar of it after so many columns; without a number, the headings."""
    parts = []
    for index, column in enumerate(columns):
        text = column.heading if number is None else column.cells[number]
        padded = text.rjust(column.width) if column.right else text.ljust(column.width)
        parts.append(
            padded if number is None else terminal.styled(padded, column.style) if column.style and text else padded
        )
        if index + 1 == place and bars:
            parts.append(_bar(bars, number, terminal))
    return _GAP.join(parts).rstrip()


def _bar(bars: Sequence[tuple[str, str]], number: int | None, terminal: Terminal) -> str:
    width = max(len(solid) + len(reach) for solid, reach in bars)
    if number is None:
        return " " * width
    solid, reach = bars[number]
    blank = " " * (width - len(solid) - len(reach))
    return f"{terminal.styled(solid, ACCENT)}{terminal.styled(reach, DIM)}{blank}"
