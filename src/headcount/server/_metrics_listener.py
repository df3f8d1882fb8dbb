"""`/metrics` at an address of its own, without a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry
from starlette.routing import Route

from headcount.server._application import application
from headcount.server.http.limits import FEW, ConnectionLimits
from headcount.server.http.running import Served, listening
from headcount.server.web.metrics import metrics_endpoint


@contextmanager
def metrics_listener(address: str) -> Iterator[Callable[[CollectorRegistry], list[Served]]]:
    """Yield what returns what serves `/metrics` at ``HOST:PORT`` to whoever can reach it; nothing for an empty address.

    Raises `Refused` where nothing can listen there.
    """
    if not address:
        yield lambda _: []
        return
    host, _, port = address.rpartition(":")
    with listening(host.strip("[]"), int(port)) as listener:
        yield lambda registry: [
            Served(application([Route("/metrics", metrics_endpoint(registry))]), listener, ConnectionLimits(FEW))
        ]
