"""`/metrics` in Prometheus' text format: what ingest counts, what waits, what was loaded, and the process."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, GCCollector, Info, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

import headcount
from headcount.warehouse import WarehouseUnavailable

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Read(Collector):
    """Gauges that are read when they are asked for; one that cannot be read is left out."""

    def __init__(self, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for name, (meaning, read) in self._gauges.items():
            try:
                value = read()
            except (WarehouseUnavailable, sqlite3.Error, OSError) as error:
                logger.info("a gauge cannot be read: %s: %s", name, error)
                continue
            yield GaugeMetricFamily(name, meaning, value=value)


def new_registry() -> CollectorRegistry:
    """Return a registry with what is known of the process and the interpreter."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    Info("headcount_build", "The version that runs", registry=registry).info({"version": headcount.__version__})
    return registry


def add_gauges(registry: CollectorRegistry, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
    """Add gauges: name → its meaning, and what reads it."""
    registry.register(_Read(gauges))


def metrics_endpoint(registry: CollectorRegistry) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers at `/metrics`. It reads in a thread, since a gauge may ask the warehouse."""

    async def metrics(_: Request) -> Response:
        content = await run_in_threadpool(generate_latest, registry)
        return Response(content, media_type=CONTENT_TYPE, headers={"cache-control": "private, no-cache"})

    return metrics
