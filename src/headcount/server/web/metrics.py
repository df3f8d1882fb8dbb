"""`/metrics` in Prometheus' text format: what ingest counts, what waits, what was loaded, and the process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, GCCollector, Info, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import headcount
from headcount.server.http.connections import Guard
from headcount.server.http.running import Served, listening

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Read(Collector):
    """Gauges that are read when they are asked for."""

    def __init__(self, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for name, (meaning, read) in self._gauges.items():
            yield GaugeMetricFamily(name, meaning, value=read())


def new_registry() -> CollectorRegistry:
    """A registry with what is known of the process and the interpreter."""
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
    """What answers at `/metrics`; it reads in a thread, since a gauge may ask the warehouse."""

    async def metrics(_: Request) -> Response:
        return Response(await run_in_threadpool(generate_latest, registry), media_type=CONTENT_TYPE)

    return metrics


@contextmanager
def metrics_listener(address: str, registry: CollectorRegistry) -> Iterator[list[Served]]:
    """What serves `/metrics` at ``HOST:PORT``, where one is given, to whoever can reach it. Raises `CannotServe`."""
    if not address:
        yield []
        return
    host, _, port = address.rpartition(":")
    with listening(host.strip("[]"), int(port)) as listener:
        yield [Served(Starlette(routes=[Route("/metrics", metrics_endpoint(registry))]), listener, Guard())]
