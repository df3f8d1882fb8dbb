"""What the doctor finds in the tables of a warehouse, whichever engine holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from headcount.contract import DAMAGED
from headcount.warehouse._port import Finding, Snapshot

_LATE = 600  # seconds by which the newest report may be later than the clock
_DAY = 86_400  # seconds within which an erasure is taken off the disk
_RECENT = timedelta(days=7)  # damage that is older is known, and wrong no longer

_ORPHANS = "SELECT count() FROM sightings WHERE profile NOT IN (SELECT profile FROM profiles)"
_DAMAGED = "SELECT count(), min(day), max(day) FROM drops WHERE kind = $kind GROUP BY kind"


def contents(snapshot: Snapshot, now: float, *, agree: bool, restore: str) -> Iterator[Finding]:
    """Yield what there is to say of the tables when it is ``now``, Unix time. Raises what the snapshot raises.

    ``agree``: whether the derived tables agree with the sightings, which each engine finds out in its own way;
    ``restore``: what brings a backup back, as the end of a sentence.
    """
    if not agree:
        yield Finding(False, "the derived tables do not agree with the sightings: run `headcount doctor --rebuild`")
    ((orphans,),) = snapshot.query(_ORPHANS, {})
    if orphans:
        yield Finding(False, f"{orphans} sightings have no profile: {restore}")
    ((apart,),) = snapshot.query("SELECT count() FROM later", {})
    if apart:
        yield Finding(
            True, f"{apart} sightings are not believed, since they were later than the clock when they were read"
        )
    today = datetime.fromtimestamp(now, UTC).date()
    for count, since, last in snapshot.query(_DAMAGED, {"kind": DAMAGED}):
        yield Finding(
            today - last > _RECENT,
            f"arrivals that could not be loaded and were left out: {count:,} since {since}, the last on {last}; the log "
            "says why: is the disk sound?",
        )
    newest = snapshot.data_until()
    if newest is not None and newest > now + _LATE:
        day = datetime.fromtimestamp(newest, UTC).date()
        yield Finding(False, f"the newest report is of {day}, which is later than the clock: is the clock right?")


def erasure(oldest: int | None, now: float, why: str) -> Iterator[Finding]:
    """Yield what there is to say of erasures when it is ``now``, Unix time.

    ``oldest``: when the oldest was asked for that is still on the disk, Unix time, or None; ``why``: what to look at, as a
    question.
    """
    if oldest is not None and now - oldest > _DAY:
        yield Finding(False, f"an erasure is not off the disk after a day: {why}")
