"""Versions, cut to the release segment of PEP 440: three numbers, without pre-release, development or local part."""

from __future__ import annotations

import re
from typing import NamedTuple

from headcount.contract._wire import LONGEST_TEXT

_RELEASE = re.compile(r"v?(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?![\d.]*\d)(?:[^\d].*)?", re.ASCII | re.DOTALL)


class Release(NamedTuple):
    """A release, ordered as versions are."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def number(self) -> int:
        """The release as one integer of the same order, for the columns of the warehouse."""
        return (self.major * 1000 + self.minor) * 1000 + self.patch

    @classmethod
    def from_number(cls, number: int) -> Release:
        """Return the release whose `number` this is."""
        return cls(number // 1_000_000, number // 1000 % 1000, number % 1000)


def parse_release(text: str) -> Release | None:
    """Read ``4.3.0``, ``0.9.0rc2-176-g5fa9dbf`` or ``4.0.1.dev3`` as a release; return None where the text
    is no version.

    A text with more than three numbers is no version, since an address has four; nor is a date
    (``2024.05.01``).
    """
    match = _RELEASE.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if match is None:
        return None
    release = Release(int(match[1]), int(match[2] or 0), int(match[3] or 0))
    return release if any(release) else None
