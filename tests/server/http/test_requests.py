"""The stream of requests: the same requests come out however it is cut, and nothing without an end is held."""

from __future__ import annotations

import weakref

import pytest

from headcount.server.http.messages import MalformedRequest
from headcount.server.http.requests import LargeRequest, Phase, Request, RequestStream

FIRST = (
    b"POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world",
    (Request(b"POST", b"/v1/reports", "1.1", [(b"host", b"x"), (b"content-length", b"11")], True), b"hello world"),
)
CHUNKED_HEAD = b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
CHUNKED = (
    CHUNKED_HEAD + b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\ncookie: z\r\n\r\n",
    (
        Request(b"PUT", b"/", "1.1", [(b"transfer-encoding", b"chunked"), (b"connection", b"close")], False),
        b"hello world",
    ),
)
OLD = (
    b"GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
    (Request(b"GET", b"/", "1.0", [(b"connection", b"keep-alive")], False), b""),
)
UPGRADING = (
    b"POST /c HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 3\r\n\r\nabc",
    (Request(b"POST", b"/c", "1.1", [(b"content-length", b"3")], True), b"abc"),
)


class Noted:
    """A recipient that notes the requests which it was told, and what it was told when."""

    def __init__(self) -> None:
        self.requests: list[tuple[Request, bytes]] = []
        self.ended = 0
        self._request: Request | None = None

    def request_began(self) -> None:
        assert self.ended == len(self.requests)

    def head_came(self, request: Request) -> None:
        assert self.ended == len(self.requests)
        self.requests.append((request, b""))

    def body_came(self, chunk: bytes) -> None:
        assert chunk
        request, body = self.requests[-1]
        self.requests[-1] = (request, body + chunk)

    def request_ended(self) -> None:
        self.ended += 1
        assert self.ended == len(self.requests)

    def is_held_up(self) -> bool:
        return False


def _fed(*pieces: bytes) -> tuple[Noted, RequestStream]:
    noted = Noted()
    stream = RequestStream(noted)
    for piece in pieces:
        stream.feed(piece)
        while stream.left:
            stream.feed()
    return noted, stream


def test_every_cut_makes_the_same_requests() -> None:
    """Four requests in a row, cut in two at every byte, and into pieces of every small size."""
    kinds = [FIRST, UPGRADING, OLD, CHUNKED]
    text = b"\r\n".join(sent for sent, _ in kinds)
    expected = [parsed for _, parsed in kinds]
    cuts = [[text[:at], text[at:]] for at in range(len(text))]
    cuts += [[text[at : at + size] for at in range(0, len(text), size)] for size in range(1, 30)]
    for pieces in cuts:
        noted, stream = _fed(*pieces)
        assert noted.requests == expected
        assert (noted.ended, stream.phase) == (4, Phase.BETWEEN)
        stream.close()


@pytest.mark.parametrize("size", [700, 16_384, 1_000_000])
def test_what_is_no_step_forward_is_bounded(size: int) -> None:
    """In pieces of every size; what steps forward is not, however small its steps are."""
    head = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    for endless in (
        b"GET /" + b"x" * 100_000,
        b"GET / HTTP/1.1\r\n" + b"x" * 100_000,
        b"GET / HTTP/1.1\r\nx: " + b"x" * 100_000,
        head + b"5\r\nhello\r\n0\r\nx: " + b"x" * 100_000,
        head + b"5\r\nhello\r\n0\r\n" + b"x: y\r\n" * 20_000,
        head + b"5\r\nhello\r\n5;x=" + b"x" * 100_000,
    ):
        with pytest.raises(LargeRequest):
            _fed(*[endless[at : at + size] for at in range(0, len(endless), size)])
    small = head + b"1;x=y\r\nz\r\n" * 20_000 + b"0\r\n" + b"x: y\r\n" * 1000 + b"\r\n"
    noted, stream = _fed(*[small[at : at + size] for at in range(0, len(small), size)])
    assert (len(noted.requests[0][1]), noted.ended) == (20_000, 1)
    stream.close()


def test_a_head_tells_its_size() -> None:
    """Of what came, with what its headers take beside their text; nothing once it is whole."""
    _, stream = _fed(b"POST /abc HTTP/1.1\r\n" + b"a: b\r\n" * 100)
    assert 16_000 < stream.size < 20_000
    stream.feed(b"\r\n")
    assert (stream.size, stream.phase) == (0, Phase.BETWEEN)
    stream.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\0",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding : chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: x\r\nfolded: a\r\n b\r\ncontent-length: 1\r\n\r\n1",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
    ],
)
def test_what_two_readers_may_read_differently_is_refused(sent: bytes) -> None:
    """And what is no HTTP; no body of it was told."""
    noted = Noted()
    stream = RequestStream(noted)
    with pytest.raises(MalformedRequest):
        stream.feed(sent)
    assert not any(body for _, body in noted.requests)
    stream.close()


def test_a_closed_stream_is_deaf() -> None:
    """Also in the middle of a piece: what comes behind the request at which it was closed is not told."""

    class Closing(Noted):
        def request_ended(self) -> None:
            super().request_ended()
            stream.close()

    noted = Closing()
    stream = RequestStream(noted)
    stream.feed(FIRST[0] + CHUNKED[0] + b"\0\0\0")
    stream.feed(FIRST[0])
    assert noted.requests == [FIRST[1]]


def test_a_closed_stream_holds_nothing() -> None:
    """Its recipient and what came of a head are free at once, and need no collector of garbage."""
    noted, stream = _fed(b"POST /abc HTTP/1.1\r\n" + b"a: b\r\n" * 100)
    there = weakref.ref(noted)
    stream.close()
    stream.close()
    del noted
    assert there() is None
    assert stream.size < 7000
