"""What concerns a master, as text for a person and as JSON for a script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from headcount.client.advice._concern import CANDIDATE, DEPRECATED, NEXT, NOTICE, RARE, REMOVED, SUPPORT

if TYPE_CHECKING:
    from headcount.client.advice._concern import Concern

_HEADINGS = {
    REMOVED: "Removed from Buildbot",
    DEPRECATED: "Deprecated by Buildbot",
    SUPPORT: "Behind its support",
    NEXT: "Before the next series of Buildbot",
    CANDIDATE: "Candidates for removal",
    RARE: "Hardly used by others",
    NOTICE: "Notices of the maintainers",
}
_MOST_PLACES = 8


def text(concerns: Sequence[Concern], among: Sequence[Concern], week: str | None) -> str:
    """Return what a person reads; ``week``: of the publication with which the master was compared."""
    return "\n".join([*_told(concerns), *_among(among, week)]) + "\n"


def as_json(concerns: Sequence[Concern], among: Sequence[Concern], week: str | None) -> str:
    """Return an object with ``concerns`` and ``among_others``, lists of objects, and ``week``."""
    value = {
        "concerns": [concern._asdict() for concern in concerns],
        "among_others": [concern._asdict() for concern in among],
        "week": week,
    }
    return json.dumps(value, indent=1) + "\n"


def _told(concerns: Sequence[Concern]) -> Iterator[str]:
    if not concerns:
        yield "Nothing was found that concerns this master."
    for number, (kind, of_kind) in enumerate(groupby(concerns, attrgetter("kind"))):
        if number:
            yield ""
        yield f"{_HEADINGS[kind]}:"
        for sentence, told in _by_text(of_kind).items():
            yield f"  {sentence}"
            if places := [concern.place for concern in told if concern.place]:
                more = len(places) - _MOST_PLACES
                yield f"    at {', '.join(places[:_MOST_PLACES])}{f' and {more} more' if more > 0 else ''}"
            if told[0].link:
                yield f"    {told[0].link}"


def _by_text(concerns: Iterable[Concern]) -> dict[str, list[Concern]]:
    found: dict[str, list[Concern]] = {}
    for concern in concerns:
        found.setdefault(concern.text, []).append(concern)
    return found


def _among(among: Sequence[Concern], week: str | None) -> Iterator[str]:
    if among:
        yield ""
        yield f"Among the masters that report (published for {week}):"
        yield from (f"  {concern.text}" for concern in among)
