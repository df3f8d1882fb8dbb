"""The counters of ingest for `/metrics`. No label holds a text that a sender chose."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

_SIZES = (256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 8388608)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Meters:
    """The counters of one process. Without a registry they count, and nobody reads them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._reports = Counter(
            "headcount_reports",
            "Reports by the path that they came to and what became of them",
            ["path", "outcome"],
            registry=registry,
        )
        self._scrubbed = Counter(
            "headcount_scrubbed_values", "Values that were not public, by field", ["field"], registry=registry
        )
        self._bytes = Histogram(
            "headcount_report_bytes", "Bodies as they were sent, in bytes", buckets=_SIZES, registry=registry
        )
        self._commit = Histogram(
            "headcount_commit_seconds", "Making a group of reports durable", buckets=_SECONDS, registry=registry
        )
        self._known: dict[tuple[str, str], Counter] = {}

    def report(self, path: str, outcome: str) -> None:
        """Count a report with this outcome. ``path``: one of the endpoints'."""
        counter = self._known.get((path, outcome))
        if counter is None:
            counter = self._known[path, outcome] = self._reports.labels(path, outcome)
        counter.inc()

    def body(self, size: int) -> None:
        """Count a body of so many bytes."""
        self._bytes.observe(size)

    def scrubbed(self, counts: Iterable[tuple[str, int]]) -> None:
        """Count scrubbed values, given as pairs of a field and how many of its values were scrubbed."""
        for field, count in counts:
            self._scrubbed.labels(field).inc(count)

    def commit(self, seconds: float) -> None:
        """Count a group of arrivals that was written in so many seconds, or failed to be."""
        self._commit.observe(seconds)
