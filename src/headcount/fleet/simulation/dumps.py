"""Dumps: a fleet's reports as several collectors kept them, and as they are imported, one dump after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from headcount.fleet._truth import Event


def in_dumps(events: Iterable[Event], number: int, seed: int) -> Iterator[Event]:
    """Return the same reports out of order: each went to one of so many collectors, whose dumps follow each other.

    Each dump is by time but for its last tenth, which a collector that was restored from a backup wrote first. Reports of
    one second stay in their order.
    """
    rng = Random(f"dumps/{seed}")  # noqa: S311  # not for secrets
    dumps: list[list[Event]] = [[] for _ in range(number)]
    for event in events:
        same = next((dump for dump in dumps if dump and dump[-1].received == event.received), None)
        (same if same is not None else rng.choice(dumps)).append(event)
    for dump in dumps:
        late = _cut(dump)
        yield from dump[late:]
        yield from dump[:late]


def _cut(dump: list[Event]) -> int:
    """Return where the last tenth begins, which is not within a second."""
    place = len(dump) * 9 // 10
    while 0 < place < len(dump) and dump[place].received == dump[place - 1].received:
        place -= 1
    return place
