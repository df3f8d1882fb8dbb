"""The edge: what is taken, in which order it is answered, and what ends a connection; over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.ingest import Inbox
from headcount.server.http.edge import Edge
from tests.support.collector import BODY, GET, HEAD, LARGE, Collector, run
from tests.support.reports import REPORT
from tests.support.serving import serving
from tests.support.waiting import wait_until

STOCK = HEAD.replace(b"/v1/reports", b"/events/phone_home")
OTHER = HEAD.replace(b"/v1/reports", b"/elsewhere")
CHUNKED = HEAD.replace(b"content-length: %d" % len(BODY), b"transfer-encoding: chunked")
CHUNKS = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)
UPGRADE = b"connection: upgrade\r\nupgrade: websocket"


def test_a_report_in_pieces_is_taken(tmp_path: Path) -> None:
    """Slow is not too slow: what comes within the bounds is answered, twice on one connection."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(HEAD[:30])
        collector.pass_time(9)
        for _ in range(2):
            await peer.send(HEAD[30:] + BODY[:200])
            collector.pass_time(14)
            await peer.send(BODY[200:])
            assert (await peer.answer()).status == 202
            collector.pass_time(9)
            await peer.send(HEAD[:30])
        assert collector.ended() == 0

    run(tmp_path, test)


@pytest.mark.parametrize("sent", [HEAD + BODY, CHUNKED + CHUNKS + b"\r\n"], ids=["with a length", "in chunks"])
def test_a_report_comes_byte_by_byte(tmp_path: Path, sent: bytes) -> None:
    """And is whole; so is the one behind it, whose head comes with its last byte."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect()
        for at in range(len(sent) - 1):
            peer.writer.write(sent[at : at + 1])
            await asyncio.sleep(0)
        await peer.send(sent[-1:] + sent)
        assert [(await peer.answer()).status for _ in range(2)] == [202, 202]
        assert collector.taken() == 2

    run(tmp_path, test)


@pytest.mark.parametrize(
    ("sent", "seconds", "why", "answer"),
    [
        ([], 11, "idle", b""),
        ([b"\r\n\r\n"], 11, "idle", b""),
        ([b"POST /v1/rep"], 11, "slow head", b"HTTP/1.1 408 "),
        ([HEAD[:-2], b"a: b\r\n"], 11, "slow head", b"HTTP/1.1 408 "),
        ([STOCK[:-2]], 11, "slow head", b"HTTP/1.1 200 "),
        ([HEAD, BODY[:100]], 16, "slow body", b"HTTP/1.1 408 "),
        ([STOCK, BODY[:100]], 16, "slow body", b"HTTP/1.1 200 "),
        ([OTHER, BODY[:100]], 16, "slow body", b"HTTP/1.1 408 "),
        ([CHUNKED + CHUNKS, b"a: b\r\n"], 16, "slow body", b"HTTP/1.1 408 "),
        ([HEAD + BODY, HEAD[:20]], 11, "slow head", b"HTTP/1.1 202 "),
    ],
    ids=["silent", "only newlines", "half a line", "no end of the head", "stock's head", "half a body", "stock's",
         "another path", "no end of the trailers", "a second request"],
)  # fmt: skip
def test_who_is_too_slow_is_ended(tmp_path: Path, sent: list[bytes], seconds: float, why: str, answer: bytes) -> None:
    """Told why where that can still be told; stock hears 200, or it would send again in plain HTTP."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(*sent)
        taken = answer.startswith(b"HTTP/1.1 202")  # the request before: it is durable at its own time
        begun = await asyncio.wait_for(peer.reader.readexactly(len(answer)), 10) if taken else b""
        collector.pass_time(9 if seconds < 15 else 14)
        assert collector.ended() == 0
        collector.pass_time(seconds)
        assert (begun + await peer.rest()).startswith(answer)
        assert collector.closed(why) == collector.ended() == 1

    run(tmp_path, test)


@pytest.mark.parametrize("head", [HEAD, STOCK], ids=["ours", "stock's"])
def test_a_fast_start_buys_no_time(tmp_path: Path, head: bytes) -> None:
    """All but the last byte of a megabyte at once, and then silence: ended in the next window, and its memory is free."""
    size = 1_000_000

    async def test(collector: Collector) -> None:
        peer = await collector.connect(head.replace(b"%d" % len(BODY), b"%d" % size), b" " * (size - 1))
        await collector.until(lambda: collector.gate.memory.held == size - 1)
        collector.pass_time(16)
        assert collector.ended() == 0
        collector.pass_time(32)
        assert (collector.closed("slow body"), collector.gate.memory.held) == (1, 0)
        assert (await peer.rest()).startswith(b"HTTP/1.1 408 " if head is HEAD else b"HTTP/1.1 200 ")

    run(tmp_path, test)


def test_a_body_has_a_deadline(tmp_path: Path) -> None:
    """As a whole, however well it comes."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(HEAD.replace(b"%d" % len(BODY), b"1000000"))
        for seconds in (16, 32, 48):
            await peer.send(b" " * 20_000)
            collector.pass_time(seconds)
            assert collector.ended() == 0
        await peer.send(b" " * 20_000)
        collector.pass_time(61)
        assert (collector.closed("slow body"), collector.gate.memory.held) == (1, 0)

    run(tmp_path, test)


@pytest.mark.parametrize("target", [b"/v1/reports", b"/elsewhere", b"/events/phone_home"])
def test_a_head_is_bounded(tmp_path: Path, target: bytes) -> None:
    """In one line, in many, in their number and in the address; one within the bounds is served. Stock hears 200."""
    first = b"POST " + target

    async def test(collector: Collector) -> None:
        endless = [
            first + b" HTTP/1.1\r\na: " + b"x" * 90_000,
            first + b" HTTP/1.1\r\n" + b"a: bcdefghijk\r\n" * 130 + b"\r\n",
            first + b" HTTP/1.1\r\n" + b"a: bcdefghijk\r\n" * 10_000,
            first + b"?" + b"x" * 90_000,
        ]
        for number, head in enumerate(endless, 1):
            peer = await collector.connect(*[head[at : at + 8000] for at in range(0, len(head), 8000)])
            status = 200 if b"phone" in target else 431
            assert (await peer.rest()).startswith(b"HTTP/1.1 %d " % status)
            assert collector.closed("large head") == number
        for filler in (b"a: " + b"x" * 60_000 + b"\r\n", b"a: bcdefghijk\r\n" * 125):
            peer = await collector.connect(HEAD.replace(b"/v1/reports", target).replace(b"host: x\r\n", filler), BODY)
            assert (await peer.answer()).status in (200, 202)
        assert collector.ended() == 4

    run(tmp_path, test)


@pytest.mark.parametrize("target", [b"/v1/reports", b"/elsewhere", b"/events/phone_home"])
@pytest.mark.parametrize(
    "endless",
    [
        b"0\r\n" + b"a: b\r\n" * 20_000,
        b"0\r\na: " + b"x" * 100_000,
        b"0\r\n" + b"x" * 100_000,
        b"1;a=" + b"x" * 100_000,
    ],
    ids=["lines", "a value", "a name", "an extension"],
)
def test_trailers_are_bounded(tmp_path: Path, target: bytes, endless: bytes) -> None:
    """And whatever else is no body; before the end the body has come, and buys neither room nor time."""

    async def test(collector: Collector) -> None:
        body = b"%x\r\n%b\r\n" % (100_000, b" " * 100_000)
        peer = await collector.connect(CHUNKED.replace(b"/v1/reports", target), body + endless)
        status = 200 if b"phone" in target else 431
        assert (await peer.rest()).startswith(b"HTTP/1.1 %d " % status)
        assert (collector.closed("large trailers"), collector.gate.memory.held) == (1, 0)

    run(tmp_path, test)


def test_trailers_are_dropped(tmp_path: Path) -> None:
    """A secret among them is none, and does not stand beside the one of the head."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(CHUNKED + CHUNKS + b"headcount-secret: no\r\n" * 100 + b"\r\n")
        assert (await peer.answer()).status == 202
        other = CHUNKED.replace(b"/v1/reports", b"/elsewhere")
        peer = await collector.connect(other + CHUNKS + b"cookie: no\r\n\r\n")
        assert (await peer.answer()).status == 200
        assert dict(collector.seen[0]["headers"]) == {
            b"host": b"x", b"content-length": b"%d" % len(BODY), b"connection": b"close",
        }  # fmt: skip
        assert collector.seen[0]["body"] == BODY

    run(tmp_path, test)


def test_requests_in_a_row_are_answered_in_a_row(tmp_path: Path) -> None:
    """Sent before the first is answered, good and bad, to both endpoints and in other spellings: each in its turn."""

    async def test(collector: Collector) -> None:
        wrong = HEAD.replace(b"%d" % len(BODY), b"1")
        get = b"GET /v1/reports HTTP/1.1\r\nhost: x\r\n\r\n"
        spelled = [
            HEAD.replace(b"/v1/reports", path)
            for path in (b"/v1/reports?a=b", b"/%761/reports", b"http://a.example/v1/reports", b"/v1/reports#c")
        ]
        sent = [HEAD + BODY, STOCK + BODY, wrong + b"{", get, *(head + BODY for head in spelled), HEAD + BODY]
        peer = await collector.connect(b"".join(sent))
        for status in (202, 200, 400, 405, *[202] * 4, 202):
            assert (await peer.answer()).status == status
        assert (len(collector.limits), collector.seen) == (1, [])

    run(tmp_path, test)


def test_three_hundred_requests_in_a_row_are_answered(tmp_path: Path) -> None:
    """Of which each is longer than the one before it, so that reads end in every part of them."""

    async def test(collector: Collector) -> None:
        padded = [BODY + b" " * number for number in range(300)]
        peer = await collector.connect(b"".join(HEAD.replace(b"%d" % len(BODY), b"%d" % len(b)) + b for b in padded))
        assert {(await peer.answer()).status for _ in padded} == {202}
        assert (collector.taken(), collector.ended()) == (300, 0)

    run(tmp_path, test)


def test_both_kinds_of_path_are_served_on_one_connection(tmp_path: Path) -> None:
    """A page is the last of it, after all that came before; what came after is nobody's, and is not taken."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(HEAD + BODY + STOCK + BODY + GET + HEAD + BODY + GET)
        assert [(await peer.answer()).status for _ in range(2)] == [202, 200]
        page = await peer.answer()
        assert (page.status, page.body, page.headers["connection"]) == (200, b"pppp", "close")
        assert "date" in page.headers
        assert await peer.rest() == b""
        await collector.until(lambda: collector.taken() == 2)
        assert len(collector.seen) == 1

    run(tmp_path, test)


SCENARIOS = {
    "half a head": HEAD[:30],
    "half a body": HEAD + BODY[:100],
    "a report": HEAD + BODY,
    "reports": (HEAD + BODY + STOCK + BODY) * 30,
    "a large body": HEAD.replace(b"%d" % len(BODY), b"9000000") + b" " * 30_000,
    "a large head": HEAD[:-2] + b"a: b\r\n" * 4_000,
    "endless trailers": CHUNKED + CHUNKS + b"a: b\r\n" * 4_000,
    "an upgrade": HEAD.replace(b"host: x", UPGRADE) + BODY,
    "a page": GET,
    "no HTTP": b"\0" * 1000,
}


@pytest.mark.parametrize("sent", SCENARIOS.values(), ids=SCENARIOS)
def test_behind_a_page_nothing_is_read(tmp_path: Path, sent: bytes) -> None:
    """Whatever comes behind a GET takes no memory and is not taken, and the connection ends with the page."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(GET + sent)
        page = await peer.answer()
        assert (page.status, page.headers["connection"]) == (200, "close")
        assert await peer.rest() == b""
        await collector.until(lambda: len(collector.limits) == 0)
        assert (collector.taken(), len(collector.seen), collector.ended()) == (0, 1, 0)
        assert (collector.gate.memory.held, collector.limits.held) == (0, 0)

    run(tmp_path, test)


def test_a_connection_is_kept_as_its_sender_asks(tmp_path: Path) -> None:
    """HTTP/1.0 and ``close`` end it after the answer, whatever is behind."""

    async def test(collector: Collector) -> None:
        for head in (HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"), HEAD.replace(b"host: x", b"connection: close")):
            peer = await collector.connect(head + BODY + HEAD + BODY)
            answer = await peer.answer()
            assert (answer.status, answer.headers["connection"]) == (202, "close")
            assert await peer.rest() == b""
        assert collector.taken() == 2

    run(tmp_path, test)


@pytest.mark.parametrize("path", [b"/v1/reports", b"/elsewhere"])
def test_who_expects_to_be_told_to_send_is_told(tmp_path: Path, path: bytes) -> None:
    """Before the body and in its turn: not before the answer to the request in front."""

    async def test(collector: Collector) -> None:
        expecting = HEAD.replace(b"host: x", b"Expect: 100-Continue").replace(b"/v1/reports", path)
        peer = await collector.connect(HEAD + BODY + expecting)
        assert [(await peer.answer()).status for _ in range(2)] == [202, 100]
        await peer.send(BODY)
        assert (await peer.answer()).status in (200, 202)

    run(tmp_path, test)


@pytest.mark.parametrize("path", [b"/v1/reports", b"/elsewhere"])
def test_a_sender_of_http_1_0_is_told_nothing_before_its_answer(tmp_path: Path, path: bytes) -> None:
    """It would take an interim answer for the answer; its expectation is ignored."""

    async def test(collector: Collector) -> None:
        old = HEAD.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"host: x", b"expect: 100-continue")
        peer = await collector.connect(old.replace(b"/v1/reports", path), BODY)
        assert (await peer.answer()).status in (200, 202)

    run(tmp_path, test)


def test_who_is_refused_late_has_time_to_read_why(tmp_path: Path) -> None:
    """The wait for its end begins with the refusal, however long its head took."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(HEAD[:-2])
        (edge,) = collector.limits._all()
        assert isinstance(edge, Edge)
        edge._pace.restart(asyncio.get_running_loop().time() - 9)
        await peer.send(b"x y: z\r\n\r\n")
        assert (await peer.answer()).status == 400
        collector.pass_time(1)
        assert len(collector.limits) == 1
        collector.pass_time(3)
        await collector.until(lambda: len(collector.limits) == 0)

    run(tmp_path, test)


def test_a_refused_sender_is_not_told_to_send(tmp_path: Path) -> None:
    """What it sends all the same is thrown away, and the next request is heard."""

    async def test(collector: Collector) -> None:
        expecting = HEAD.replace(b"host: x", b"expect: 100-continue")
        peer = await collector.connect(HEAD + BODY)
        assert (await peer.answer()).status == 202
        await peer.send(expecting)
        assert (await peer.answer()).status == 429
        await peer.send(BODY[:100])
        assert collector.gate.memory.held == 0
        await peer.send(BODY[100:] + STOCK + BODY)
        assert (await peer.answer()).status == 200

    run(tmp_path, test, quota=1)


def test_a_head_has_no_body(tmp_path: Path) -> None:
    """Of an answer to HEAD only the head comes, so that what comes next on the connection is not misread."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect()
        for path, status in (("/v1/reports", 405), ("/events/phone_home", 200), ("/page", 200)):
            await peer.send(f"HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert (await peer.answer(bare=True)).status == status
        assert await peer.rest() == b""

    run(tmp_path, test)


@pytest.mark.parametrize(
    "asks",
    [UPGRADE, b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAAA"],
    ids=["websocket", "h2c"],
)
def test_an_upgrade_is_not_heard(tmp_path: Path, asks: bytes) -> None:
    """The request is served as if it asked for none, in pieces too; a ``close`` beside it is heard."""

    async def test(collector: Collector) -> None:
        head = HEAD.replace(b"host: x", asks)
        peer = await collector.connect(
            head[:60], head[60:] + BODY[:10], BODY[10:] + STOCK.replace(b"host: x", asks) + BODY
        )
        assert [(await peer.answer()).status for _ in range(2)] == [202, 200]
        closing = head.replace(b"connection: ", b"connection: close, ")
        await peer.send(closing + BODY)
        assert (await peer.answer()).headers["connection"] == "close"
        peer = await collector.connect(OTHER.replace(b"host: x", asks) + BODY)
        assert (await peer.answer()).status == 200
        assert not {b"upgrade", b"http2-settings"} & dict(collector.seen[0]["headers"]).keys()
        assert (collector.seen[0]["body"], collector.ended()) == (BODY, 0)

    run(tmp_path, test)


def test_a_request_to_the_application_is_bounded(tmp_path: Path) -> None:
    """Its body has at most 64 KiB: one that is larger is read to its end, held nowhere, and answered 413."""

    async def test(collector: Collector) -> None:
        size = b"content-length: %d" % len(BODY)
        for length, status in ((65_536, 200), (65_537, 413), (500_000, 413)):
            chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (length, b"x" * length)
            for head, body in ((OTHER.replace(size, b"content-length: %d" % length), b"x" * length),
                               (OTHER.replace(size, b"transfer-encoding: chunked"), chunks)):  # fmt: skip
                peer = await collector.connect(head, body[:60_000])
                assert 60_000 <= collector.limits.held < 61_000
                await peer.send(body[60_000:-1])
                assert collector.limits.held < 67_000
                await peer.send(body[-1:])
                answer = await peer.answer()
                assert (answer.status, answer.headers["connection"]) == (status, "close")
        assert [len(each["body"]) for each in collector.seen] == [65_536] * 2

    run(tmp_path, test)


def test_who_takes_no_reply_is_ended(tmp_path: Path) -> None:
    """What waits for them counts as held; who takes it, however late in a window, gets it whole."""

    async def test(collector: Collector) -> None:
        ask = GET.replace(b"/page", b"/large")
        slow, late = [await collector.connect() for _ in range(2)]
        for peer in (slow, late):
            peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
            await peer.send(ask)
        await collector.until(lambda: collector.limits.held > LARGE)
        collector.pass_time(1)
        late.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert len((await late.answer()).body) == LARGE
        await collector.until(lambda: len(collector.limits) == 1)
        collector.pass_time(17)
        await collector.until(lambda: len(collector.limits) == 0)
        assert (collector.closed("slow reader"), collector.ended()) == (1, 1)

    run(tmp_path, test)


def test_who_goes_away_during_the_commit_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with a request behind theirs; the sender who shares the commit hears of it, and all of it is kept."""

    async def test(collector: Collector) -> None:
        free = threading.Event()
        append = collector.inbox.append

        def slow(arrivals: Sequence[Arrival]) -> None:
            free.wait(10)
            append(arrivals)

        monkeypatch.setattr(collector.inbox, "append", slow)
        gone = [await collector.connect(STOCK + BODY + HEAD + BODY + GET) for _ in range(2)]
        stays = await collector.connect(HEAD + BODY)
        gone[0].writer.transport.abort()
        gone[1].close()
        for peer in gone:
            with contextlib.suppress(ConnectionError):
                await peer.writer.wait_closed()
        free.set()
        assert (await stays.answer()).status == 202
        await collector.until(lambda: collector.taken() == 5)
        assert len(collector.limits) == 1

    run(tmp_path, test)


def test_who_sends_no_more_still_hears(tmp_path: Path) -> None:
    """A sender that ends its side after the last byte gets all answers; half a request behind them is none."""

    async def test(collector: Collector) -> None:
        for behind, statuses in ((b"", [202, 200]), (HEAD + BODY[:9], [202, 200]), (GET, [202, 200, 200])):
            peer = await collector.connect()
            peer.writer.write(HEAD + BODY + STOCK + BODY + behind)
            peer.writer.write_eof()
            assert [(await peer.answer()).status for _ in statuses] == statuses
            assert await peer.rest() == b""
        assert collector.gate.memory.held == 0

    run(tmp_path, test)


@pytest.mark.parametrize("head", [HEAD, STOCK, OTHER], ids=["ours", "stock's", "another"])
def test_half_a_request_is_none(tmp_path: Path, head: bytes) -> None:
    """Whose sender goes away in the middle: nothing of it is kept, and what it took of memory is free again."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(head, BODY[:100])
        assert collector.gate.memory.held + (collector.limits.held > 100) * 100 == 100
        peer.close()
        await collector.until(lambda: len(collector.limits) == 0)
        assert (collector.gate.memory.held, collector.limits.held, collector.seen) == (0, 0, [])
        assert [one.what for one in collector.inbox.waiting(0, 10).arrivals if not one.what.startswith("dropped")] == []

    run(tmp_path, test)


LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        b"GET / HTTP/1.1", b"POST /v1/reports HTTP/1.1", b"POST /events/phone_home HTTP/1.0", b"GET * HTTP/1.1",
        b"CONNECT a:1 HTTP/1.1", b"OPTIONS * HTTP/1.1", b"PRI * HTTP/2.0", b"GET http://x/ HTTP/1.1", b"GET / HTTP/2.0",
        b"GET /%ff%00 HTTP/1.1", b"host: x", b"content-length: 5", b"content-length: -1", b"content-length: 5x",
        b"content-length: 99999999999999999999", b"transfer-encoding: chunked", b"transfer-encoding: gzip, chunked",
        b"connection: upgrade", b"upgrade: websocket", b"upgrade: h2c", b"expect: 100-continue", b"content-encoding: gzip",
        b" folded: x", b": empty", b"x\x00y: z", b"", b"5\r\nhello", b"ffffffffffffffff\r\n", b"0", b"{}",
        b"x-forwarded-for: " + b"1," * 50,
    ]),
)  # fmt: skip


def test_malformed_http_is_refused(tmp_path: Path) -> None:
    """Lines of HTTP in any order, and bytes: an answer under 500 or a closed connection, and the next request is served."""

    async def test(collector: Collector) -> None:
        async def one(data: bytes) -> None:
            peer = await collector.connect(data)
            peer.writer.write_eof()
            collector.pass_time(60)
            answered = await peer.rest()
            for line in answered.split(b"\r\n"):
                assert not line.startswith(b"HTTP/1.1 5"), answered
            peer.close()

        loop = asyncio.get_running_loop()

        @settings(max_examples=60)
        @given(st.lists(LINES, max_size=8), st.sampled_from([b"\r\n", b"\n", b"\r"]))
        def check(lines: list[bytes], end: bytes) -> None:
            asyncio.run_coroutine_threadsafe(one(end.join(lines) + end * 2), loop).result(20)

        await asyncio.to_thread(check)
        assert (await (await collector.connect(HEAD + BODY)).answer()).status == 202

    run(tmp_path, test)


@pytest.mark.parametrize(
    "sent",
    [b"\0", b"GET\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", HEAD[:-2] + b"x y: z\r\n\r\n"],
)
def test_what_is_no_request_is_refused_and_counted(tmp_path: Path, sent: bytes) -> None:
    """Behind a request that waits for its answer nothing is said, since it would be taken for that answer."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect(sent)
        assert (await peer.rest()).startswith(b"HTTP/1.1 400 ")
        assert collector.closed("malformed") == collector.ended() == 1
        peer = await collector.connect(STOCK[:-2] + b"x y: z\r\n\r\n")
        assert (await peer.rest()).startswith(b"HTTP/1.1 200 ")
        peer = await collector.connect(HEAD + BODY + sent)
        assert (await peer.answer()).status == 202
        assert await peer.rest() == b""
        assert collector.closed("malformed") == collector.ended() == 3

    run(tmp_path, test)


def test_a_thousand_idle_connections_keep_nobody_out(tmp_path: Path) -> None:
    """A real server that has room for 300: a report is taken among them, and nothing is logged for each."""
    with (
        serving(tmp_path / "data", tmp_path / "stderr", "--connections", "300") as served,
        contextlib.ExitStack() as stack,
    ):
        port = int(served.url.rpartition(":")[2])
        for _ in range(1000):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        assert served.post("/v1/reports", REPORT).status == 202

        def closed() -> float:
            page = served.request("GET", "/metrics", headers={"Authorization": f"Bearer {served.token}"}).body.decode()
            found = [
                line for line in page.splitlines() if line.startswith('headcount_connections_closed_total{why="made')
            ]
            return float(found[0].rpartition(" ")[2]) if found else 0

        wait_until(lambda: closed() >= 700, "700 connections made room")
        assert served.stop() == ""


def test_many_requests_in_one_read_leave_others_their_turn(tmp_path: Path) -> None:
    """Some are parsed at a time, until all are answered; another's report is taken between."""

    async def test(collector: Collector) -> None:
        turns: list[int] = []
        answered = asyncio.Event()

        async def count() -> None:
            while not answered.is_set():
                turns.append(0)
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        peer = await collector.connect()
        peer.writer.write(b"GET /events/phone_home HTTP/1.1\r\n\r\n" * 1_500)
        await collector.until(lambda: collector.limits.held > 20_000)
        assert (await (await collector.connect(HEAD + BODY)).answer()).status == 202
        before = len(turns)
        for _ in range(1_500):
            assert (await peer.answer()).status == 200
        answered.set()
        await counting
        assert len(turns) - before > 5
        assert (len(collector.limits), collector.ended()) == (2, 0)

    run(tmp_path, test)


@pytest.mark.parametrize("path", [b"/v1/reports", b"/events/phone_home"])
def test_who_is_refused_again_and_again_is_not_heard_on(tmp_path: Path, path: bytes) -> None:
    """A hundred requests beyond the quota in a row are four refusals, and the connection ends."""

    async def test(collector: Collector) -> None:
        assert (await (await collector.connect(HEAD + BODY)).answer()).status == 202
        peer = await collector.connect((b"POST " + path + b" HTTP/1.1\r\n\r\n") * 100)
        answers = [await peer.answer() for _ in range(4)]
        assert {answer.status for answer in answers} == {429 if path == b"/v1/reports" else 200}
        assert answers[-1].headers["connection"] == "close"
        assert await peer.rest() == b""

    run(tmp_path, test, quota=1)


def test_replies_that_are_not_taken_are_bounded(tmp_path: Path) -> None:
    """Half a MB of requests whose answers nobody reads: no more are parsed, and what waits counts as held."""

    async def test(collector: Collector) -> None:
        peer = await collector.connect()
        (edge,) = collector.limits._all()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        edge.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        peer.writer.write(b"GET /events/phone_home HTTP/1.1\r\n\r\n" * 15_000)
        await collector.until(lambda: edge.transport.get_write_buffer_size() > 16_384)
        assert edge.transport.get_write_buffer_size() < 100_000
        assert collector.limits.held > edge.transport.get_write_buffer_size()
        collector.pass_time(16)
        assert (len(collector.limits), collector.limits.held, collector.closed("slow reader")) == (0, 0, 1)

    run(tmp_path, test)


def test_replies_that_wait_for_their_turn_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a report that is not durable yet, fifty kB of requests: few are parsed, and all counts as held."""
    durable, append = threading.Event(), Inbox.append

    def wait(inbox: Inbox, arrivals: Sequence[Arrival]) -> None:
        assert durable.wait(10)
        append(inbox, arrivals)

    async def test(collector: Collector) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(durable.set)
            peer = await collector.connect()
            peer.writer.write(HEAD + BODY + b"GET /events/phone_home HTTP/1.1\r\n\r\n" * 1_500)
            await collector.until(lambda: collector.limits.held > 20_000)
            (edge,) = collector.limits._all()
            assert isinstance(edge, Edge)
            replies = [turn.reply for turn in edge._turns if turn.reply is not None]
            assert 0 < len(replies) < 300
            assert collector.limits.held >= len(edge._stream.left) + sum(map(len, replies))
        assert (await peer.answer()).status == 202
        for _ in range(1_500):
            assert (await peer.answer()).status == 200

    monkeypatch.setattr(Inbox, "append", wait)
    run(tmp_path, test)
