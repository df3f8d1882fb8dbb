"""What is held of installations: lookup, erasure with a receipt, and the end of what is older than it may be.

An installation with a secret looks itself up, and is erased, by its id and secret, with what it reported as stock before.
For an installation without a secret, whose id can be guessed, the operator acts.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Protocol

from headcount.ingest import Inbox, Pseudonymizer
from headcount.server.data.tombstones import Tombstones
from headcount.warehouse import Holding, Warehouse

KEPT = (
    "Counts without installations, of days whose sightings are no longer held, and what was published before, stay as they "
    "are. A tombstone, the pseudonym and the time, stays so that nothing comes back from a backup or an import."
)
"""What an erasure does not remove, for its receipt."""

_AHEAD = 600  # seconds by which a tombstone may be later than the clock
_GATHER = 600  # seconds; erasures that are asked for within them are taken off the disk together


class Sweep(Protocol):
    """Takes copies of installations off the disk."""

    def __call__(self, *, wait: bool) -> bool:
        """Return whether none is left that an erasure does not reach; ``wait``: for those that are made meanwhile."""


class Installations:
    """Lookup and erasure over a warehouse and the inboxes before it. Safe in any thread. ``now`` gives Unix time.

    Each method raises `WarehouseUnavailable`, sqlite3.Error or OSError where the warehouse, an inbox or the disk cannot be
    used.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        inboxes: Iterable[Inbox],
        pseudonymizer: Pseudonymizer,
        tombstones: Tombstones,
        *,
        load: Callable[[], object],
        sweep: Sweep,
        now: Callable[[], float],
        shared: bool = False,
    ) -> None:
        """``load`` loads what waits in the inboxes; ``sweep`` takes copies of installations off the disk.

        ``shared``: whether others erase from the warehouse too, under clocks of their own.
        """
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._pseudonymizer = pseudonymizer
        self._tombstones = tombstones
        self._load = load
        self._sweep = sweep
        self._now = now
        self._shared = shared
        self._erasing = threading.Lock()
        self._settled = -1  # corrections of the warehouse when all tombstones were applied
        self._expired: date | None = None

    def own(self, install: str, secret: str) -> list[int]:
        """Return the pseudonyms of an installation by its id and secret: that of both, and that of stock in a pair.

        That only where the secret was seen on two days and no other one came with the id: a pair is made for whoever
        knows the id and nine tenths of the configuration, which alone shows nobody the rest.
        """
        own = self._pseudonymizer.install(install, secret)
        if self._waits([own]):
            self._load()
        stock = self._warehouse.stock_half(own)
        return [own] if stock is None else [own, stock]

    def of_operator(self, install: str) -> list[int]:
        """Return all pseudonyms of an id: that of stock, and those with a secret that came with it."""
        stock = self._pseudonymizer.install(install)
        return [stock, *self._warehouse.heirs(stock)]

    def lookup(self, installs: Sequence[int]) -> dict[str, object] | None:
        """Return what is held of an installation, as JSON has it; None where nothing is held."""
        if self._waits(installs):
            self._load()
        holdings = [holding for install in installs if (holding := self._warehouse.holding(install))]
        return {"held": [_described(holding) for holding in holdings]} if holdings else None

    def erase(self, installs: Sequence[int]) -> dict[str, object] | None:
        """Remove what is held, out of the answers at once; return the receipt, or None where nothing is held."""
        with self._erasing:
            if not self._waits(installs) and not any(self._warehouse.holding(install) for install in installs):
                return None
            now = int(self._now())
            receipt = secrets.token_hex(16)
            self._tombstones.add(installs, now)
            self._warehouse.erase(installs, now, receipt)
            for inbox in self._inboxes:
                inbox.erase(installs, now)
        return self.receipt(receipt)

    def receipt(self, receipt: str) -> dict[str, object] | None:
        """Return how far an erasure is, as JSON has it; None where there is no such receipt."""
        times = self._warehouse.receipt(receipt)
        if times is None:
            return None
        answers, disk = times
        return {
            "receipt": receipt,
            "out_of_the_answers": _stamp(answers),
            "off_the_disk": None if disk is None else _stamp(disk),
            "kept": KEPT,
        }

    def erase_at_once(self, installs: Sequence[int]) -> dict[str, object] | None:
        """Remove what is held, off the disk too; return the receipt, or None where nothing is held."""
        receipt = self.erase(installs)
        if receipt is None:
            return None
        self.take_off_the_disk(at_once=True)
        return self.receipt(str(receipt["receipt"]))

    def take_off_the_disk(self, *, at_once: bool = False) -> bool:
        """Rewrite what holds deleted bytes, where an erasure waited for it long enough; return whether it was done."""
        with self._erasing:
            asked = self._warehouse.oldest_erasure()
            if asked is None or (not at_once and 0 <= self._now() - asked < _GATHER):
                return False
            inboxes = list(self._inboxes)
            damaged = [path for inbox in inboxes for path in inbox.path.parent.glob("*.damaged-*")]
            self._load()  # what was on its way in when it was erased is left out, and deleted
            if not all(inbox.scour() for inbox in inboxes):
                return False
            for path in damaged:
                path.unlink(missing_ok=True)  # its good part was loaded
            if not self._sweep(wait=at_once):
                return False
            self._warehouse.rewrite(self._now())
            return True

    def expire(self, before: date | None, ids_before: date | None) -> bool:
        """Take away sightings, and ids of reports, from before a day, once for each day; return whether there were any.

        None: nothing may go now.
        """
        if before is None or ids_before is None or before == self._expired:
            return False
        were_some = self._warehouse.expire(before, ids_before)
        self._expired = before
        return were_some

    def settle(self) -> None:
        """Apply the tombstones that the warehouse lacks: it was brought back from before them, or an erasure was cut off."""
        if self._settled == self._warehouse.generation().corrections:
            return
        with self._erasing:
            applied = self._warehouse.tombstones()
            if not self._shared:
                self._correct_tombstones(applied)
            missing = {
                install: until for install, until in self._tombstones.all().items() if applied.get(install, -1) < until
            }
            for until in sorted(set(missing.values())):
                installs = [install for install, when in missing.items() if when == until]
                self._warehouse.erase(installs, until, secrets.token_hex(16))
            self._settled = self._warehouse.generation().corrections

    def _correct_tombstones(self, applied: Mapping[int, int]) -> None:
        """Write those anew that were written under a clock that was wrong: they were moved in the warehouse."""
        latest = int(self._now()) + _AHEAD
        for install, until in self._tombstones.all().items():
            moved = applied.get(install)
            if until > latest or (moved is not None and until < moved):
                self._tombstones.add([install], min(latest, until if moved is None else moved))

    def _waits(self, installs: Sequence[int]) -> bool:
        return any(inbox.holds(installs) for inbox in self._inboxes)


def _described(holding: Holding) -> dict[str, object]:
    return {"sightings": holding.sightings, "profiles": holding.profiles, "not_believed": holding.apart}


def _stamp(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
