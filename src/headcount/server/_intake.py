"""The intake: what `serve` and `ingest` have in common, from an inbox of their own to the endpoints for reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from headcount.ingest import Gate, Inbox, Ingest, Meters, Writer
from headcount.questions import Publication
from headcount.server._logs import configure
from headcount.server.data.directory import DataDirectory
from headcount.server.data.inboxes import own_inbox
from headcount.server.http.limits import ConnectionLimits
from headcount.server.web.health import Check
from headcount.server.web.metrics import add_gauges, new_registry
from headcount.settings import Settings


@dataclass(frozen=True)
class Intake:
    """Takes reports into an inbox."""

    inbox: Inbox
    writer: Writer
    gate: Gate
    limits: ConnectionLimits
    app: Ingest
    registry: CollectorRegistry

    def apply(self, settings: Settings) -> None:
        """Take up those settings that can change while it runs."""
        self.writer.held = settings.inbox_reports
        self.gate.set_limits(settings.quota, settings.trusted_proxies, settings.body_memory)
        self.app.newcomers.each = settings.block_newcomers
        self.limits.set_limits(settings.connections, settings.head_seconds, settings.body_seconds, settings.slowest)
        configure(settings.log_level, settings.log_format)

    def tell(self, publication: Publication) -> None:
        """Let reporters know, with each report that is accepted, how many installations a publication counted."""
        rows = publication.table("installs", "state").rows
        counted = next((row["installations"] for row in rows if row["state"] == "alive"), None)
        if counted is not None:  # else fewer than the threshold
            said = {"counted": int(counted), "week": publication.week}
            self.app.receipt.body = json.dumps(said, separators=(",", ":")).encode()

    @property
    def checks(self) -> Mapping[str, Check]:
        """What must hold for reports to be taken."""
        return {"inbox": self._inbox_trouble}

    def _inbox_trouble(self) -> str | None:
        if self.writer.failing:
            return "reports cannot be made durable"
        return "the inbox is full, since nothing is loaded from it" if self.writer.full else None


@contextmanager
def intake(data: DataDirectory, name: str, settings: Settings, now: Callable[[], float]) -> Iterator[Intake]:
    """Take reports into the inbox ``name`` while the context lasts. Raises `Refused`."""
    with own_inbox(data, name) as (inbox, pseudonymizer):
        registry = new_registry()
        meters = Meters(registry)
        writer = Writer(inbox, meters=meters, held=settings.inbox_reports)
        try:
            gate = Gate()
            limits = ConnectionLimits(block_of=gate.neighbours, registry=registry)
            in_flight = ("Bodies on their way in, in bytes of memory", lambda: float(gate.memory.held))
            add_gauges(registry, {"headcount_body_bytes": in_flight})
            opened_intake = Intake(
                inbox, writer, gate, limits, Ingest(writer, pseudonymizer, now, gate, meters), registry
            )
            opened_intake.apply(settings)
            yield opened_intake
        finally:
            writer.stop()
