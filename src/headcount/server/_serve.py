"""``headcount serve``: one process that takes reports in, loads them, and answers."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from headcount.ingest import Inbox, Ingest, Writer
from headcount.questions import DEFAULT_K
from headcount.server._answers import Answers
from headcount.server._asked import Asked
from headcount.server._data import BadData, DataDirectory, open_data, open_inbox
from headcount.server._operations import Operations
from headcount.server._publications import Publications, publishing
from headcount.server._sign_in import SignIn
from headcount.server._tokens import open_tokens
from headcount.server._web import operator_app, public_app
from headcount.warehouse import DuckWarehouse, Loader, WarehouseInUse

_PAUSE = 0.5  # seconds between two loads
_PATIENCE = 30.0  # seconds that a publication waits for the loader
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
    k: int = DEFAULT_K,
) -> None:
    """Serve until SIGINT or SIGTERM. ``say`` gets the lines for the person who started it.

    ``k``: counts under it are not published.

    Raises `BadData` or `CannotServe`.
    """
    with ExitStack() as stack:
        data = open_data(path, create=True)
        warehouse = stack.enter_context(owned_warehouse(data))
        listener = stack.enter_context(_listen(host, port))
        inbox, pseudonymizer = open_inbox(data, "serve")
        stack.callback(inbox.close)
        loader = stack.enter_context(_loading(warehouse, data, inbox))
        writer = Writer(inbox)
        stack.callback(writer.stop)
        publications = Publications(data.publications, now)
        settle = partial(loader.settle, _PATIENCE)
        stack.enter_context(publishing(publications, warehouse, k, settle))
        tokens = open_tokens(data, now)
        sign_in = SignIn(tokens)
        asked = Asked(data.asked, now)
        stack.callback(asked.close)
        answers = Answers(warehouse, now)
        public = public_app(Ingest(writer, pseudonymizer, now), answers, sign_in, publications, asked)
        operations = operator_app(answers, asked, Operations(publications, tokens, warehouse, k, settle))
        operator = stack.enter_context(_operator_socket(data))
        _greet(say, host, listener.getsockname()[1], path, sign_in)
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(_run([(public, listener), (operations, operator)]))


@contextmanager
def owned_warehouse(data: DataDirectory) -> Iterator[DuckWarehouse]:
    """The warehouse of a data directory, of which this process is the owner. Raises `BadData`."""
    try:
        warehouse = DuckWarehouse(data.warehouse)
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
    """Load all inboxes of a data directory that nobody serves; return how many arrivals there were."""
    with ExitStack() as stack:
        return Loader(warehouse, _Inboxes(data, stack)).load()


class _Inboxes:
    """All inboxes of a directory, those included that another process makes later."""

    def __init__(self, data: DataDirectory, stack: ExitStack, *opened: Inbox) -> None:
        self._data = data
        self._stack = stack
        self._open = {inbox.name: inbox for inbox in opened}

    def __iter__(self) -> Iterator[Inbox]:
        for path in sorted(self._data.inboxes.glob("*.sqlite")):
            if path.stem not in self._open:
                inbox = Inbox(path)
                self._stack.callback(inbox.close)
                self._open[path.stem] = inbox
        return iter(list(self._open.values()))


@contextmanager
def _loading(warehouse: DuckWarehouse, data: DataDirectory, inbox: Inbox) -> Iterator[Loader]:
    stop = threading.Event()
    with ExitStack() as stack:
        loader = Loader(warehouse, _Inboxes(data, stack, inbox))
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
def _operator_socket(data: DataDirectory) -> Iterator[socket.socket]:
    """The server's own socket. Who owns the warehouse owns it, so one that lies there is a dead server's."""
    with data.socket() as address, socket.socket(socket.AF_UNIX) as operator:
        Path(address).unlink(missing_ok=True)
        mask = os.umask(0o077)
        try:
            operator.bind(address)
        finally:
            os.umask(mask)
        operator.listen(_BACKLOG)
        operator.setblocking(False)
        try:
            yield operator
        finally:
            Path(address).unlink(missing_ok=True)


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
