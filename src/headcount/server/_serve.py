"""``headcount serve``: one process that takes reports in, loads them, and answers."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import uvicorn
from starlette.types import ASGIApp

from headcount.ingest import Inbox, Ingest, Pseudonymizer, Writer
from headcount.server._answers import Answers
from headcount.server._data import BadData, DataDirectory, open_data, open_inbox, open_key
from headcount.server._sign_in import SignIn
from headcount.server._web import operator_app, public_app
from headcount.warehouse import DuckWarehouse, Loader, WarehouseClosed, WarehouseInUse

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
    now: Callable[[], float] = time.time,
) -> None:
    """Serve until SIGINT or SIGTERM. ``say`` gets the lines for the person who started it.

    Raises `BadData` or `CannotServe`.
    """
    with ExitStack() as stack:
        data = open_data(path, create=True)
        pseudonymizer = open_key(data)
        warehouse = stack.enter_context(owned_warehouse(data, pseudonymizer))
        listener = stack.enter_context(_listen(host, port))
        inbox, _ = open_inbox(data, "serve")
        stack.callback(inbox.close)
        stack.enter_context(_loading(warehouse, data, inbox, now))
        writer = Writer(inbox)
        stack.callback(writer.stop)
        answers = Answers(warehouse, now)
        sign_in = SignIn()
        public = public_app(Ingest(writer, pseudonymizer, now), answers, sign_in)
        operator = stack.enter_context(_operator_socket(data))
        sockets = [] if operator is None else [(operator_app(answers), operator)]
        _greet(say, host, listener.getsockname()[1], path, sign_in)
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(_run([(public, listener), *sockets]))


@contextmanager
def owned_warehouse(data: DataDirectory, pseudonymizer: Pseudonymizer) -> Iterator[DuckWarehouse]:
    """The warehouse of a data directory, of which this process is the owner. Raises `BadData`."""
    try:
        warehouse = DuckWarehouse(data.warehouse, pseudonymizer.fingerprint)
    except WarehouseInUse:
        raise BadData(
            f"another process works on {data.path}: stop it, or give another directory with --data."
        ) from None
    except ValueError as error:
        raise BadData(f"{error}.") from error
    try:
        yield warehouse
    finally:
        warehouse.close()


def load_inboxes(warehouse: DuckWarehouse, data: DataDirectory) -> int:
    """Load all inboxes of a data directory that nobody serves; return how many arrivals there were. Raises `BadData`."""
    try:
        with ExitStack() as stack:
            return Loader(warehouse, _Inboxes(data, stack), time.time).load()
    except (WarehouseClosed, duckdb.Error, sqlite3.Error) as error:
        raise BadData(f"{str(error).partition(chr(10))[0]}; `headcount doctor` says what is wrong.") from error


class _Inboxes:
    """All inboxes of a directory, those included that another process makes later."""

    def __init__(self, data: DataDirectory, stack: ExitStack, *opened: Inbox) -> None:
        self._data = data
        self._stack = stack
        self._open = {inbox.path: inbox for inbox in opened}

    def __iter__(self) -> Iterator[Inbox]:
        for path in sorted(self._data.inboxes.glob("*.sqlite")):
            if path not in self._open:
                try:
                    inbox = Inbox(path)
                except (ValueError, sqlite3.Error) as error:
                    logger.error("the inbox %s cannot be loaded: %s", path, error)  # noqa: TRY400  # the reason suffices
                    continue
                self._stack.callback(inbox.close)
                self._open[path] = inbox
        return iter(list(self._open.values()))


@contextmanager
def _loading(warehouse: DuckWarehouse, data: DataDirectory, inbox: Inbox, now: Callable[[], float]) -> Iterator[Loader]:
    stop = threading.Event()
    with ExitStack() as stack:
        loader = Loader(warehouse, _Inboxes(data, stack, inbox), now, [lambda: warehouse.keep_time(now())])
        thread = threading.Thread(target=loader.run, args=(stop, _PAUSE), name="loader")
        thread.start()
        try:
            yield loader
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
