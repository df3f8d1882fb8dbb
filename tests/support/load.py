"""A load of reports against a server that may be killed at any moment: each is sent again until it is acknowledged."""

from __future__ import annotations

import copy
import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.reports import ENVELOPE, REPORT


@dataclass
class Load:
    """Senders in threads. ``ports``: where servers listen; they change with them, and there may be none."""

    seed: int
    senders: int = 4
    ports: tuple[int, ...] = ()
    taken: Counter[int] = field(default_factory=Counter)
    """How many reports were acknowledged by each port, each where it was first."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many reports were acknowledged."""
        return self.taken.total()

    def __enter__(self) -> Self:
        for number in range(self.senders):
            thread = threading.Thread(target=self._send, args=(number,))
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

    def _send(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        sent = 0
        while not self._stop.is_set():
            body = json.dumps(_report(number * 10_000_000 + sent, chance)).encode()
            headers = {"Headcount-Secret": f"{number:064x}"} if chance.random() < 0.5 else {}
            for _ in range(100_000):
                if port := self._post(body, headers, chance):
                    break
            else:
                raise AssertionError("a report was never acknowledged")
            sent += 1
            with self._lock:
                self.taken[port] += 1

    def _post(self, body: bytes, headers: dict[str, str], chance: random.Random) -> int:
        """The port that acknowledged the report, or 0."""
        ports = self.ports
        if not ports:
            time.sleep(0.01)
            return 0
        port = chance.choice(ports)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/v1/reports", body, headers)
            return port if connection.getresponse().status == 202 else 0
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)
            return 0
        finally:
            connection.close()


def _report(number: int, chance: random.Random) -> dict[str, Any]:
    """A report of an installation that reports once: how many there are is how many were counted."""
    identity = uuid.UUID(int=chance.getrandbits(128)).hex
    return {
        **copy.deepcopy(REPORT),
        "installid": f"{number:040x}",
        "plugins": {"buildbot.steps.source.git.Git": 1 + number % 3},
        "headcount": {**ENVELOPE, "report": identity},
    }
