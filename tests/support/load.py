"""A load of reports against a server that may be killed at any moment: each is sent again until it is acknowledged."""

from __future__ import annotations

import copy
import http.client
import json
import random
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Self

from tests.contract.test_reading import ENVELOPE, REPORT


@dataclass
class Load:
    """Senders in threads. ``port`` is where the server listens, and changes with it; None while there is none."""

    seed: int
    senders: int = 4
    port: int | None = None
    acknowledged: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

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
                if self._post(body, headers):
                    break
            else:
                raise AssertionError("a report was never acknowledged")
            sent += 1
            with self._lock:
                self.acknowledged += 1

    def _post(self, body: bytes, headers: dict[str, str]) -> bool:
        port = self.port
        if port is None:
            self._stop.wait(0.01)
            return False
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/v1/reports", body, headers)
            return connection.getresponse().status == 202
        except (OSError, http.client.HTTPException):
            self._stop.wait(0.01)
            return False
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
