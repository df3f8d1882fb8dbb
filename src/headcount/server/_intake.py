"""The intake: what `serve` and `ingest` have in common, from an inbox of one's own to the endpoints for reports."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from headcount.ingest import Gate, Inbox, Ingest, Meters, Writer
from headcount.server._data import BadData, DataDirectory, open_inbox
from headcount.server._edge import Guard
from headcount.server._health import Check
from headcount.server._logs import configure
from headcount.server._metrics import add_gauges, new_registry
from headcount.settings import BadSettings, Settings

_MOST = 64  # further ingest processes


@dataclass(frozen=True)
class Intake:
    """Takes reports into an inbox. `apply` takes other settings while it does."""

    inbox: Inbox
    writer: Writer
    gate: Gate
    guard: Guard
    app: Ingest
    registry: CollectorRegistry

    def apply(self, settings: Settings) -> None:
        """Take those settings that can change while it runs."""
        self.gate.set_limits(settings.quota, settings.trusted_proxies, settings.body_memory)
        self.guard.bound(settings.connections, settings.head_seconds, settings.slowest)
        configure(settings.log_level, settings.log_format)

    @property
    def checks(self) -> Mapping[str, Check]:
        """What must hold for reports to be taken."""
        return {"inbox": lambda: "reports cannot be made durable" if self.writer.failing else None}


@contextmanager
def intake(data: DataDirectory, name: str, settings: Settings, now: Callable[[], float]) -> Iterator[Intake]:
    """Take reports into the inbox ``name`` while the context lasts. Raises `BadData`."""
    inbox, pseudonymizer = open_inbox(data, name)
    try:
        registry = new_registry()
        meters = Meters(registry)
        writer = Writer(inbox, meters=meters)
        try:
            gate, guard = Gate(), Guard(registry=registry)
            held = ("Bodies on their way in, in bytes of memory", lambda: float(gate.in_flight))
            add_gauges(registry, {"headcount_body_bytes": held})
            made = Intake(inbox, writer, gate, guard, Ingest(writer, pseudonymizer, now, gate, meters), registry)
            made.apply(settings)
            yield made
        finally:
            writer.stop()
    finally:
        inbox.close()


@contextmanager
def claimed_name(data: DataDirectory) -> Iterator[str]:
    """The name of an inbox that no other ingest process writes to while the context lasts. Raises `BadData`."""
    for number in range(1, _MOST + 1):
        name = f"ingest-{number}"
        descriptor = os.open(data.inboxes / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield name
            return
        finally:
            os.close(descriptor)
    raise BadData(f"{_MOST} ingest processes work on {data.path} already: stop some.")


class Reload:
    """Reads the settings again, at SIGHUP, and says what became of it. What is wrong changes nothing."""

    def __init__(
        self,
        settings: Settings,
        read: Callable[[], Settings],
        apply: Callable[[Settings], None],
        say: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self._read = read
        self._apply = apply
        self._say = say

    def __call__(self) -> None:
        """Read again and apply."""
        try:
            fresh = self._read()
        except BadSettings as error:
            self._say(f"The settings are left as they are: {error}.")
            return
        live, rest = self.settings.changed(fresh)
        self._apply(fresh)
        self.settings = fresh
        self._say(f"The settings were read again; changed: {', '.join(live) or 'nothing'}.")
        if rest:
            self._say(f"A restart is needed to change {', '.join(rest)}.")
