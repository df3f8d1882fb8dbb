"""Listening sockets, and HTTP servers on them in one event loop."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, cast

import uvicorn
from starlette.types import ASGIApp

from headcount._refused import Refused
from headcount.ingest import Ingest
from headcount.server.http.connections import ConnectionLimits, LimitedProtocol

_BACKLOG = 2048  # connections that may wait to be taken
_GRACE = 5  # seconds that a request may still take when the server stops
_AGAIN = 1.0  # seconds until a socket is tried again
_TICKS = 10  # of uvicorn's loop in a second
_GARBAGE = 50_000  # objects that are made before those in cycles are looked for


class Served(NamedTuple):
    """An application and where it is served.

    ``listener``: a socket, or a function that returns one, or None to be tried again; ``limits``: of its connections;
    ``ingest``: what takes its reports.
    """

    app: ASGIApp
    listener: socket.socket | Callable[[], socket.socket | None]
    limits: ConnectionLimits
    ingest: Ingest | None = None


class _Uvicorn(uvicorn.Server):
    """A server that leaves signals to us, since several of them run in one loop, and sweeps its connections."""

    def __init__(self, config: uvicorn.Config, limits: ConnectionLimits) -> None:
        super().__init__(config)
        self._limits = limits

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._limits.sweep(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that listens. Raises `Refused`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no name of a machine"
        raise Refused(f"cannot listen on {host}: {reason}; give another --host.") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)  # from now on who connects waits, and is not refused
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused(f"port {port} on {host} is in use: stop what uses it, or give another --port.") from error
            raise Refused(f"cannot listen on {host}, port {port}: {error.strerror}.") from error
        listener.setblocking(False)
        yield listener


def run(served: Sequence[Served], reload: Callable[[], None]) -> signal.Signals:
    """Serve until SIGINT or SIGTERM, and return which it was; call ``reload`` at each SIGHUP."""
    # What a request makes is hardly ever in a cycle, so that is seldom looked for: it took a twentieth of the time.
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(_run(served, reload))


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop  # noqa: PLC0415  # absent on Windows

    return uvloop.new_event_loop()


async def _run(served: Sequence[Served], reload: Callable[[], None]) -> signal.Signals:
    servers = [_Uvicorn(_config(each), each.limits) for each in served]
    received = [signal.SIGTERM]

    def stop(number: signal.Signals) -> None:
        received[:] = [number]
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    await asyncio.gather(*(_serve(server, each.listener) for server, each in zip(servers, served, strict=True)))
    for each in served:
        if each.ingest is not None:
            await each.ingest.finish(_GRACE)
    return received[0]


async def _serve(server: uvicorn.Server, listener: socket.socket | Callable[[], socket.socket | None]) -> None:
    bound = listener() if callable(listener) else listener
    while bound is None:
        await asyncio.sleep(_AGAIN)
        if server.should_exit:
            return
        bound = listener() if callable(listener) else listener
    await server.serve(sockets=[bound])


def _config(served: Served) -> uvicorn.Config:
    protocol = cast(
        "Any", partial(LimitedProtocol, limits=served.limits, ingest=served.ingest)
    )  # any callable does that makes a connection
    return uvicorn.Config(
        served.app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # it would hold addresses
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
