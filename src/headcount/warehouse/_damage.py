"""Arrivals that cannot be loaded: each is found, noted as thrown away, and holds up no other one."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from headcount.contract import DAMAGED, EARLIEST, LATEST, Arrival
from headcount.warehouse._errors import Unloadable, WarehouseUnavailable
from headcount.warehouse._port import Loading

logger = logging.getLogger(__name__)


def load_past_damage(
    warehouse: Loading, arrivals: Sequence[Arrival], *, inbox: str, after: int, through: int, now: float | None
) -> None:
    """Load arrivals, whose rows in ``inbox`` are above ``after`` and end with ``through``.

    A batch that cannot be loaded is halved until the arrival is found; its note is loaded in its place. The mark moves with
    the last part alone, so that a process that is ended on the way begins again with all of them, which changes no answer.
    Raises `WarehouseUnavailable`, also where not even the note can be loaded: then it is not the arrival that is wrong.
    """
    try:
        warehouse.load(arrivals, inbox=inbox, through=through, now=now)
    except Unloadable as error:
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            load_past_damage(warehouse, arrivals[:middle], inbox=inbox, after=after, through=after, now=now)
            load_past_damage(warehouse, arrivals[middle:], inbox=inbox, after=after, through=through, now=now)
            return
        try:
            notes = [note_of_damage(arrival, now) for arrival in arrivals]
            warehouse.load(notes, inbox=inbox, through=through, now=now)
        except Unloadable as worse:
            raise WarehouseUnavailable(f"nothing can be loaded: {worse}") from worse
        logger.error("damaged arrivals are left out: 1, %s", error)  # noqa: TRY400  # the reason, not our stack


def note_of_damage(arrival: Arrival, now: float | None) -> Arrival:
    """Return the note that an arrival was thrown away. Equal arrivals make equal notes.

    It is of the second in which the arrival came, or of ``now``, Unix time, where that cannot be.
    """
    until = LATEST if now is None else int(now)
    received = arrival.received if EARLIEST <= arrival.received <= until else EARLIEST if now is None else until
    body = hashlib.blake2b(repr(tuple(arrival)).encode(), digest_size=8).digest()
    return Arrival(received, int.from_bytes(body) >> 1, 0, b"", what=DAMAGED)
