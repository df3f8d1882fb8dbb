"""One thing to tell an administrator."""

from __future__ import annotations

from typing import NamedTuple


class Concern(NamedTuple):
    """One thing that concerns a master: what kind it is of, what it is about, and what to do in a sentence.

    `place` is "file:line", the file relative to the configuration's directory, or empty where it is not known;
    `link` is the address of a page, or empty.
    """

    kind: str
    name: str
    text: str
    place: str = ""
    link: str = ""
