"""A stream of reports of a fleet, against collectors that may be away: each is sent again until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

from headcount.fleet import Event, Truth
from tests.support.reports import REPORTS

_APART = 1.1  # seconds between two reports of an installation, whose order the collectors know by the second
_PATIENCE = 5.0  # seconds for an answer
_PAUSE = 0.02  # seconds before a report is sent again


class Acknowledged(NamedTuple):
    """A report that was acknowledged: what it said, when it was sent first, and how often it had to be sent."""

    event: Event
    tries: int


@dataclass
class Stream:
    """Senders in threads. ``places``: hosts and ports where collectors listen; they change with them, and may be none.

    Each sender has installations of its own, and draws of their events what they report. An installation of which nobody
    knows whether a report that got no answer arrives later does not report again: the order would be unknown.
    """

    events: Iterable[Event]
    seed: int
    senders: int = 4
    each_second: float = 10.0
    """How many reports each sender sends in a second at most."""
    places: tuple[tuple[str, int], ...] = ()
    acknowledged: list[Acknowledged] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    """What was answered but 202."""
    _lives: list[dict[str, list[Event]]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        lives: dict[str, list[Event]] = {}
        for event in self.events:
            lives.setdefault(name_of(event.truth), []).append(event)
        for number in range(self.senders):
            own = {name: lives[name] for name in sorted(lives)[number :: self.senders]}
            thread = threading.Thread(target=self._send, args=(number, own))
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Send what is on its way until it is acknowledged, and no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int, lives: dict[str, list[Event]]) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        free = dict.fromkeys(lives, 0.0)  # when each may report again
        while not self._stop.wait(1 / self.each_second):
            begun = time.monotonic()
            ready = [name for name, since in free.items() if since <= begun]
            if not ready:
                continue
            name = chance.choice(ready)
            event = _new(chance.choice(lives[name]), chance)
            tries, lost = self._until_acknowledged(event, chance)
            free[name] = time.monotonic() + _APART
            if lost:
                del free[name]
            with self._lock:
                self.acknowledged.append(Acknowledged(event, tries))

    def _until_acknowledged(self, event: Event, chance: random.Random) -> tuple[int, bool]:
        """Return how often it was sent, and whether one of the tries got no answer, and may come later."""
        body = json.dumps(event.body).encode()
        headers = {} if event.secret is None else {"Headcount-Secret": event.secret}
        lost = False
        tries = 0
        while True:
            tries += 1
            places = self.places
            status = _post(chance.choice(places), body, headers) if places else _REFUSED
            if status == http.client.ACCEPTED:
                return tries, lost
            if status > 0:
                self.statuses.add(status)
            lost = lost or status == _SILENT
            time.sleep(_PAUSE)


_SILENT, _REFUSED = -1, 0


def name_of(truth: Truth) -> str:
    """Return a name of the installation of a report: of its id, and of its secret."""
    return f"{truth.install} {truth.secret}"


def _new(event: Event, chance: random.Random) -> Event:
    """Return the same as a report of its own, received now."""
    envelope: Any = event.body["headcount"]
    identity = f"{chance.getrandbits(128):032x}"
    body = {**event.body, "headcount": {**envelope, "report": identity}}
    return replace(event, body=body, received=int(time.time()))


def _post(place: tuple[str, int], body: bytes, headers: Mapping[str, str]) -> int:
    """The status; `_REFUSED` where nothing was sent; `_SILENT` where something was, and nothing came back."""
    connection = http.client.HTTPConnection(*place, timeout=_PATIENCE)
    try:
        try:
            connection.connect()
        except OSError:
            return _REFUSED
        connection.request("POST", REPORTS, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return _SILENT
    finally:
        connection.close()
