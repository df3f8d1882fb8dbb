"""What concerns a master, and the files in which it is looked for."""

from __future__ import annotations

from typing import NamedTuple

DEPRECATED, SUPPORT, NEXT, CANDIDATE, RARE, NOTICE = "deprecated", "support", "next", "candidate", "rare", "notice"
KINDS = (DEPRECATED, SUPPORT, NEXT, CANDIDATE, RARE, NOTICE)
"""The kinds of concerns, in the order in which they are told."""

AMONG = "among"
"""The kind of what is told beside them: how many other masters have what this one has."""


class Concern(NamedTuple):
    """Something that concerns a master.

    ``kind``: one of `KINDS`, or `AMONG`; ``name``: what it is about; ``text``: a sentence for its administrator; ``place``:
    a file and the number of a line, such as ``master.cfg:12``, where it has one; ``link``: where to read more.
    """

    kind: str
    name: str
    text: str
    place: str | None = None
    link: str | None = None


class Source(NamedTuple):
    """A file of a configuration: its name from the master's directory, and what is in it."""

    name: str
    content: bytes
