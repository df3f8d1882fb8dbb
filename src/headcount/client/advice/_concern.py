"""What concerns a master."""

from __future__ import annotations

from typing import NamedTuple

REMOVED, DEPRECATED, SUPPORT, NEXT = "removed", "deprecated", "support", "next"
CANDIDATE, RARE, NOTICE = "candidate", "rare", "notice"
KINDS = (REMOVED, DEPRECATED, SUPPORT, NEXT, CANDIDATE, RARE, NOTICE)
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
