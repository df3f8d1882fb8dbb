"""The installation's rights: to see what is held of it, and to have it removed, with a receipt.

An installation with a secret has them by its id and secret. For what has none, a guessable id of stock, the operator acts.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from headcount.ingest import Inbox, Pseudonymizer
from headcount.server.data.tombstones import Tombstones
from headcount.warehouse import DuckWarehouse, Held

KEPT = (
    "Counts without installations, of days whose sightings are no longer held, and what was published before, stay as they "
    "are. A tombstone, the pseudonym and the time, stays so that nothing comes back from a backup or an import."
)
"""What an erasure does not remove, for its receipt."""

_GATHER = 600  # seconds; erasures that are asked for within them are taken off the disk together


class Rights:
    """Lookup and erasure over a warehouse and the inboxes before it. Safe in any thread. ``now`` gives Unix time."""

    def __init__(
        self,
        warehouse: DuckWarehouse,
        inboxes: Iterable[Inbox],
        pseudonymizer: Pseudonymizer,
        tombstones: Tombstones,
        *,
        load: Callable[[], object],
        now: Callable[[], float],
    ) -> None:
        """``load`` loads what waits in the inboxes."""
        self._warehouse = warehouse
        self._inboxes = inboxes
        self._pseudonymizer = pseudonymizer
        self._tombstones = tombstones
        self._load = load
        self._now = now
        self._erasing = threading.Lock()
        self._settled = False
        self._expired: date | None = None

    def own(self, install: str, secret: str) -> list[int]:
        """The pseudonym of an installation by its id and secret."""
        return [self._pseudonymizer.install(install, secret)]

    def of_operator(self, install: str) -> list[int]:
        """All pseudonyms of an id: that of stock, and those with a secret that came with it."""
        stock = self._pseudonymizer.install(install)
        return [stock, *self._warehouse.heirs(stock)]

    def lookup(self, installs: Sequence[int]) -> dict[str, object] | None:
        """What is held of an installation, as JSON has it; None where nothing is."""
        if self._waits(installs):
            self._load()
        held = [(install, found) for install in installs if (found := self._warehouse.held(install))]
        if not held:
            return None
        return {"held": [_told(found) for _, found in held]}

    def erase(self, installs: Sequence[int]) -> dict[str, object] | None:
        """Remove what is held, out of the answers at once; the receipt, or None where nothing is held."""
        with self._erasing:
            if not self._waits(installs) and not any(self._warehouse.held(install) for install in installs):
                return None
            now = int(self._now())
            receipt = secrets.token_hex(16)
            self._tombstones.add(installs, now)
            self._warehouse.erase(installs, now, receipt)
            for inbox in self._inboxes:
                inbox.erase(installs, now)
        return self.receipt(receipt)

    def receipt(self, receipt: str) -> dict[str, object] | None:
        """How far an erasure is, as JSON has it; None where there is no such receipt."""
        found = self._warehouse.receipt(receipt)
        if found is None:
            return None
        answers, disk = found
        return {
            "receipt": receipt,
            "out_of_the_answers": _stamp(answers),
            "off_the_disk": None if disk is None else _stamp(disk),
            "kept": KEPT,
        }

    def take_off_the_disk(self, *, at_once: bool = False) -> bool:
        """Rewrite what holds deleted bytes, where an erasure waits for it long enough; whether it was done."""
        with self._erasing:
            asked = self._warehouse.oldest_erasure()
            if asked is None or (not at_once and 0 <= self._now() - asked < _GATHER):
                return False
            self._load()  # what was on its way in when it was erased is left out, and deleted
            if not all(inbox.scour() for inbox in self._inboxes):
                return False
            for inbox in self._inboxes:
                for aside in inbox.path.parent.glob("*.damaged-*"):
                    aside.unlink()  # its good part was loaded
            self._warehouse.rewrite(self._now())
            return True

    def expire(self, days: int) -> bool:
        """Take away sightings that are older than so many days, at most once a day; whether there were any."""
        today = datetime.fromtimestamp(self._now(), UTC).date()
        if today == self._expired:
            return False
        self._expired = today
        return self._warehouse.expire(today - timedelta(days=days), self._now())

    def settle(self) -> None:
        """Apply the tombstones that the warehouse lacks: it was brought back from before, or the erasure was cut off."""
        if self._settled:
            return
        with self._erasing:
            known = self._warehouse.tombstones()
            missing = {one: until for one, until in self._tombstones.all().items() if known.get(one, -1) < until}
            for until in sorted(set(missing.values())):
                installs = [one for one, when in missing.items() if when == until]
                self._warehouse.erase(installs, until, secrets.token_hex(16))
            self._settled = True

    def _waits(self, installs: Sequence[int]) -> bool:
        return any(inbox.holds(installs) for inbox in self._inboxes)


def _told(held: Held) -> dict[str, object]:
    return {"sightings": held.sightings, "profiles": held.profiles, "not_believed": held.apart}


def _stamp(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
