"""A report is withdrawn while it is on its way: the other side sees a reset, and nothing more."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headcount.client import _connection, _deliver
from headcount.client._deliver import Outcome, post
from headcount.client._exchange import Exchange
from tests.support.certificates import Authority
from tests.support.hostile import Visit, hang, hang_before_tls, misbehaving
from tests.support.waiting import wait_until

WITHDRAWN = Outcome("later", "it was withdrawn")
BODY = b'{"versions":{}}'


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One whose certificates are trusted."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


class Posting:
    """A post in a thread, its exchange, and its outcome once it has ended."""

    def __init__(self, url: str, body: bytes = BODY, environment: dict[str, str] | None = None) -> None:
        self.exchange = Exchange()
        self.outcomes: list[Outcome] = []
        self._thread = threading.Thread(target=self._work, args=(url, body, environment or {}), daemon=True)
        self._thread.start()

    def _work(self, url: str, body: bytes, environment: dict[str, str]) -> None:
        self.outcomes.append(post(url, body, None, environment, exchange=self.exchange))

    def end(self) -> Outcome:
        """Wait until it has ended, long before a silent collector is given up."""
        self._thread.join(20)
        assert self.outcomes, "it goes on"
        return self.outcomes[0]


@pytest.mark.parametrize("secure", [False, True])
def test_a_connection_is_reset(authority: Authority, secure: bool) -> None:
    """Whoever has the request, and does not answer, learns that nobody waits any more."""
    resets: list[Visit] = []

    def behave(visit: Visit) -> None:
        visit.request()
        wait_until(lambda: _is_reset(visit.connection), "the connection is reset")
        resets.append(visit)

    with misbehaving(behave, authority.good() if secure else None) as server:
        posting = Posting(server.url)
        wait_until(lambda: len(server.requests) == 1, "the request came")
        posting.exchange.withdraw()
        assert posting.end() == WITHDRAWN
        wait_until(lambda: len(resets) == 1, "the other side sees the reset")


def _is_reset(connection: socket.socket) -> bool:
    """Whether a reset came; where the other side only closed, this side is in another state until it closes too."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE


_TCP_CLOSE = 7  # of Linux


def test_a_report_that_is_not_taken_is_cut_in_the_middle() -> None:
    """The other side reads nothing, so most of a large report is still here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        posting = Posting(f"http://127.0.0.1:{server.getsockname()[1]}", os.urandom(20_000_000))
        connection, _ = server.accept()
        with connection:
            wait_until(lambda: bool(connection.recv(1, socket.MSG_PEEK)), "the report has begun")
            posting.exchange.withdraw()
            assert posting.end() == WITHDRAWN
            wait_until(lambda: _is_reset(connection), "the connection is reset")


@contextlib.contextmanager
def _full() -> Iterator[tuple[socket.socket, list[socket.socket]]]:
    """A port whose queue is full, so that who connects to it waits; and what fills the queue."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = []
        for _ in range(3):
            filling = stack.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(server.getsockname())
            waiting.append(filling)
        yield server, waiting


def test_a_connection_that_is_not_made_yet_is_never_made() -> None:
    """The other side takes it late: nobody is there."""
    with _full() as (server, filling):
        port = server.getsockname()[1]
        posting = Posting(f"http://127.0.0.1:{port}")
        wait_until(lambda: _is_connecting(port), "it connects")
        posting.exchange.withdraw()
        assert posting.end() == WITHDRAWN
        wait_until(lambda: not _is_connecting(port), "it does not connect any more")
        for each in filling:
            each.close()
        server.settimeout(1.5)  # a connection that is still being made is asked for again after a second
        with contextlib.suppress(TimeoutError):
            while True:
                with server.accept()[0] as accepted:
                    assert accepted.recv(1) == b""


def _is_connecting(port: int) -> bool:
    """Whether there is a connection to a port that is not made yet, besides those that fill its queue."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2] == f"0100007F:{port:04X}" and row[3] == _SYN_SENT for row in rows) > _FILLING


_SYN_SENT = "02"
_FILLING = 2  # of three that fill a queue for none, one is taken by it and two wait


@pytest.mark.parametrize("proxied", [False, True])
def test_nobody_is_connected_to_once_a_name_is_resolved(monkeypatch: pytest.MonkeyPatch, proxied: bool) -> None:
    """A name server took its time, and nothing can break that off."""
    asked, answered = threading.Event(), threading.Event()
    resolve = socket.getaddrinfo

    def slow(*arguments: Any, **named: Any) -> Any:
        asked.set()
        answered.wait(30)
        return resolve(*arguments, **named)

    with misbehaving(hang) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        url, environment = ("https://192.0.2.1", {"https_proxy": server.url}) if proxied else (server.url, {})
        posting = Posting(url, environment=environment)
        assert asked.wait(30)
        posting.exchange.withdraw()
        answered.set()
        assert posting.end() == WITHDRAWN
    assert server.greetings == []


def test_a_tunnel_is_not_used_any_more() -> None:
    """A proxy that hangs is let go as a collector is."""
    with misbehaving(hang) as proxy:
        posting = Posting("https://192.0.2.1", environment={"https_proxy": proxy.url})
        wait_until(lambda: len(proxy.requests) == 1, "a tunnel is asked for")
        posting.exchange.withdraw()
        assert posting.end() == WITHDRAWN
        wait_until(lambda: proxy.abandoned == 1, "the proxy is left")


def test_a_handshake_is_broken_off() -> None:
    """TLS hangs."""
    with misbehaving(hang_before_tls) as server:
        posting = Posting(server.url.replace("http:", "https:"))
        wait_until(lambda: len(server.greetings) == 1, "TLS has begun")
        posting.exchange.withdraw()
        assert posting.end() == WITHDRAWN
        wait_until(lambda: server.abandoned == 1, "the server is left")


@pytest.mark.parametrize("step", ["_tunnel", "connect"])
def test_what_is_withdrawn_between_two_steps_goes_no_further(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Not one byte of TLS after the proxy's answer, and none of the request after the handshake."""
    exchange = Exchange()

    def then_withdraw(*arguments: Any) -> Any:
        done = before(*arguments) if step == "connect" else None
        exchange.withdraw()
        return done

    module = _deliver if step == "connect" else _connection
    before = getattr(module, step)
    monkeypatch.setattr(module, step, then_withdraw)
    with misbehaving(hang, authority.good()) as server:
        environment = {"https_proxy": server.url.replace("https", "http")} if step == "_tunnel" else {}
        url = "https://192.0.2.1" if step == "_tunnel" else server.url
        assert post(url, BODY, None, environment, exchange=exchange) == WITHDRAWN
    assert server.requests == []
    assert server.greetings == [b"" if step == "_tunnel" else b"\x16"]


def test_what_is_withdrawn_before_it_begins_does_not_begin() -> None:
    """And to withdraw it again, or after its end, does nothing."""
    exchange = Exchange()
    exchange.withdraw()
    with misbehaving(hang) as server:
        assert post(server.url, BODY, None, {}, exchange=exchange) == WITHDRAWN
    exchange.withdraw()
    assert server.greetings == []


def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is refused, and the second is this collector's; where all are, the last refusal is told."""
    with misbehaving(hang) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        addresses = [closed.getsockname(), ("127.0.0.1", int(server.url.rpartition(":")[2]))]
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")

        def several(*_: Any, **__: Any) -> Any:
            return [(*kind, address) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", several)
        posting = Posting("http://localhost:1")
        wait_until(lambda: len(server.requests) == 1, "the request came")
        posting.exchange.withdraw()
        assert posting.end() == WITHDRAWN
        del addresses[1]
        refused = Outcome("later", "the collector could not be reached (Connection refused)")
        assert post("http://localhost:1", BODY, None, {}) == refused
