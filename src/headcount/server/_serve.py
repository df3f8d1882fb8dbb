"""``headcount serve``: one process that takes reports in, loads them, and answers."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from headcount.ingest import Ingest, Writer
from headcount.server._answers import Answers
from headcount.server._data import DataDirectory, open_data, open_inbox
from headcount.server._keeping import RETENTION_DAYS, keeping
from headcount.server._sign_in import SignIn
from headcount.server._web import operator_app, public_app
from headcount.warehouse import Loader

logger = logging.getLogger(__name__)

_PAUSE = 0.5  # seconds between two loads
_BACKLOG = 2048  # connections that may wait to be taken
_GRACE = 5  # seconds that a request may still take when the server stops


class CannotServe(Exception):
    """The server cannot start; the message is one sentence that says what to do."""


class _Uvicorn(uvicorn.Server):
    """A server that leaves signals to us, since two of them run in one loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    path: Path,
    host: str,
    port: int,
    say: Callable[[str], None],
    *,
    now: Callable[[], float] = time.time,
    retention: int = RETENTION_DAYS,
) -> None:
    """Serve until SIGINT or SIGTERM. ``say`` gets the lines for the person who started it; ``retention`` is in days.

    Raises `BadData` or `CannotServe`.
    """
    with ExitStack() as stack:
        data = open_data(path, create=True)
        inbox, pseudonymizer = open_inbox(data, "serve")
        stack.callback(inbox.close)
        kept = stack.enter_context(keeping(data, inbox, now=now, retention=retention))
        listener = stack.enter_context(_listen(host, port))
        stack.enter_context(_loading(kept.loader))
        writer = Writer(inbox)
        stack.callback(writer.stop)
        answers = Answers(kept.warehouse, now)
        sign_in = SignIn()
        public = public_app(Ingest(writer, pseudonymizer, now), answers, sign_in, kept.rights)
        operator = stack.enter_context(_operator_socket(data))
        sockets = [] if operator is None else [(operator_app(answers, kept, now), operator)]
        _greet(say, host, listener.getsockname()[1], path, sign_in)
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(_run([(public, listener), *sockets]))


@contextmanager
def _loading(loader: Loader) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=loader.run, args=(stop, _PAUSE), name="loader")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}: {error.strerror}; give another --host.") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"port {port} on {host} is in use: stop what uses it, or give another --port."
                ) from error
            raise CannotServe(f"cannot listen on {host}, port {port}: {error.strerror}.") from error
        listener.listen(_BACKLOG)  # from now on who connects waits, and is not refused
        listener.setblocking(False)
        yield listener


@contextmanager
def _operator_socket(data: DataDirectory) -> Iterator[socket.socket | None]:
    """The server's own socket. Who owns the warehouse owns it, so one that lies there is a dead server's.

    On a disk that is full or read-only there is none, and commands on the data wait for a restart.
    """
    with data.socket() as address, socket.socket(socket.AF_UNIX) as operator:
        try:
            _bind(operator, address)
        except OSError as error:
            logger.error("no socket for commands: %s", error)  # noqa: TRY400  # the reason suffices
            yield None
            return
        operator.listen(_BACKLOG)
        operator.setblocking(False)
        try:
            yield operator
        finally:
            Path(address).unlink(missing_ok=True)


def _bind(operator: socket.socket, address: str) -> None:
    Path(address).unlink(missing_ok=True)
    mask = os.umask(0o077)
    try:
        operator.bind(address)
    finally:
        os.umask(mask)


def _greet(say: Callable[[str], None], host: str, port: int, path: Path, sign_in: SignIn) -> None:
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}"
    say(f"Headcount keeps its data in {path} and takes reports at {url}.")
    if _is_loopback(host):
        say(f"The answers: {url}/?token={sign_in.token}")
    say("Stop it with Ctrl-C.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop  # noqa: PLC0415  # absent on Windows

    return uvloop.new_event_loop()


async def _run(apps: list[tuple[ASGIApp, socket.socket]]) -> None:
    servers = []
    for app, _ in apps:
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,  # it would hold addresses
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        servers.append(_Uvicorn(config))

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.gather(
        *(server.serve(sockets=[listener]) for server, (_, listener) in zip(servers, apps, strict=True))
    )
