"""Listening sockets, and HTTP servers on them in one event loop."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import NamedTuple

from starlette.types import ASGIApp

from headcount._refused import Refused
from headcount.ingest import Ingest
from headcount.server.http.application import Application
from headcount.server.http.edge import Door, Edge
from headcount.server.http.limits import ConnectionLimits

_BACKLOG = 2048  # connections that may wait to be taken
_GRACE = 5  # seconds that a request may still take when the server stops
_AGAIN = 1.0  # seconds until a socket is tried again
_TICK = 1.0  # seconds between two looks for connections that are too slow
_PAUSE = 0.02  # seconds between two looks whether all connections are closed
_SWITCH = 0.001  # seconds
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
    # The loop gets the interpreter back this soon from a thread that reads a large body or computes an answer.
    sys.setswitchinterval(_SWITCH)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_run(served, reload))


def new_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of a server."""
    import uvloop  # noqa: PLC0415  # absent on Windows

    return uvloop.new_event_loop()


async def _run(served: Sequence[Served], reload: Callable[[], None]) -> signal.Signals:
    received: asyncio.Future[signal.Signals] = asyncio.get_running_loop().create_future()

    def stop(number: signal.Signals) -> None:
        if not received.done():
            received.set_result(number)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    tasks = [asyncio.create_task(_serve(each, received)) for each in served]
    await asyncio.gather(*tasks)
    for each in served:
        if each.ingest is not None:
            await each.ingest.finish(_GRACE)
    return await received


async def _serve(served: Served, stop: asyncio.Future[signal.Signals]) -> None:
    """Serve until ``stop`` is done, and then answer what was begun, for some seconds at most."""
    while (listener := served.listener() if callable(served.listener) else served.listener) is None:
        if await _is_done(stop, _AGAIN):
            return
    async with opened(served, listener):
        while not await _is_done(stop, _TICK):
            served.limits.sweep(asyncio.get_running_loop().time())


@asynccontextmanager
async def opened(served: Served, listener: socket.socket) -> AsyncIterator[None]:
    """Take connections while the context lasts; after it answer what was begun, for some seconds at most."""
    loop = asyncio.get_running_loop()
    connect = partial(Edge, Door(served.limits, Application(served.app, served.limits), served.ingest))
    create = loop.create_unix_server if listener.family == socket.AF_UNIX else loop.create_server
    server = await create(connect, sock=listener, backlog=_BACKLOG)
    try:
        yield
    finally:
        server.close()
        served.limits.stop()
        end = loop.time() + _GRACE
        while len(served.limits) and loop.time() < end:
            await asyncio.sleep(_PAUSE)
        served.limits.abort()


async def _is_done(stop: asyncio.Future[signal.Signals], seconds: float) -> bool:
    """Wait for so many seconds at most; return whether the server is to stop."""
    await asyncio.wait([stop], timeout=seconds)
    return stop.done()
