"""What a terminal can show: its width, colours, and which characters."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_NARROWEST = 40  # columns, whatever the terminal says
_NEEDED = "█▏░▁…→"

BOLD, DIM, ACCENT, WARM = "1", "2", "34", "33"
"""The styles, by the codes of ECMA-48."""

_BLOCKS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = "_.-=+*%#"
_PLAIN = str.maketrans({"→": "->", "…": "...", "█": "#", "░": "."})


class Terminal(NamedTuple):
    """A terminal: how many columns it has, whether it has colours, and whether it shows block characters."""

    width: int
    colour: bool
    blocks: bool

    @classmethod
    def of_output(cls, environment: Mapping[str, str]) -> Terminal:
        """Return that of standard output; ``COLUMNS``, ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM`` are heeded."""
        width = shutil.get_terminal_size().columns
        return cls(max(width, _NARROWEST), _has_colour(environment), _can_write(_NEEDED))

    def styled(self, text: str, style: str) -> str:
        """Return a text in a style, where the terminal has colours."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text else text

    def plain(self, text: str) -> str:
        """Return a text in the characters that the terminal shows."""
        if not self.blocks:
            text = text.translate(_PLAIN)
        return text.encode(_encoding(), "backslashreplace").decode(_encoding())

    def bar(self, value: float, reach: float, width: int) -> tuple[str, str]:
        """Return a bar of up to ``width`` columns, and what follows up to where it may reach; both are from 0 to 1."""
        if not self.blocks:
            whole = round(value * width)
            return "#" * whole, "." * (round(reach * width) - whole)
        eighths = round(value * width * 8)
        whole, part = divmod(eighths, 8)
        solid = "█" * whole + (_BLOCKS[part] if part else "")
        if not solid and value > 0:
            solid = _BLOCKS[1]
        return solid, "░" * max(round(reach * width) - len(solid), 0)

    def spark(self, numbers: Sequence[float | None], width: int) -> str:
        """Return numbers as a line of characters, from 0 to the greatest of them; one that is not known is a blank."""
        levels = _LEVELS if self.blocks else _PLAIN_LEVELS
        step = max(1, -(-len(numbers) // width))
        chosen = numbers[::-1][::step][::-1]  # the last is always there
        top = max((number for number in chosen if number is not None), default=0) or 1
        return "".join(
            " " if number is None else levels[min(int(number / top * len(levels)), len(levels) - 1)]
            for number in chosen
        )


def _has_colour(environment: Mapping[str, str]) -> bool:
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return environment.get("TERM", "dumb") != "dumb"


def _encoding() -> str:
    return sys.stdout.encoding or "ascii"


def _can_write(text: str) -> bool:
    try:
        text.encode(_encoding())
    except UnicodeError:
        return False
    return True
