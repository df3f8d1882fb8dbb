"""Names of classes, on the wire and inside Headcount.

On the wire, a name is the dotted path of a public base behind a prefix: one ``>`` for each class on the way
up to that base, the class itself counted twice. ``>>buildbot.steps.trigger.Trigger`` is a direct subclass
of ``Trigger``. Inside, a name is a public base and a depth. Only this module knows the prefix.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from headcount.contract._wire import LONGEST_TEXT

CUSTOM = "custom"
"""The base of a class without a public ancestor."""

MAX_DEPTH = 31
"""The largest depth; deeper hierarchies are counted as this deep."""

_WIRE = re.compile(r"(?P<prefix>>*)(?P<path>[A-Za-z_][\w]*(?:[./][A-Za-z_]\w*)*)", re.ASCII)


class Name(NamedTuple):
    """A class by its nearest public ancestor.

    ``base`` is a dotted path, or `CUSTOM`. ``depth`` is 0 for the base itself, 1 for a direct subclass of
    it; for `CUSTOM` it is the number of classes above the class, short of ``object``.
    """

    base: str
    depth: int = 0

    @property
    def wire(self) -> str:
        """The name as a report writes it."""
        return ">" * (self.depth + 1) + self.base if self.depth else self.base


def parse_name(text: str) -> Name | None:
    """Read a name from the wire, dotted or with slashes; return None where the text is no name, or too long.

    A lone ``>``, which Buildbot never sends, is read as the class itself.
    """
    match = _WIRE.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if match is None:
        return None
    depth = min(max(len(match["prefix"]) - 1, 0), MAX_DEPTH)
    return Name(match["path"].replace("/", "."), depth)
