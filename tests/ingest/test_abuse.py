"""Bad input, in this process, against the real application over a real inbox: no failure, bounded memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headcount.contract import ANONYMOUS, LARGEST_BODY, PHONE_HOME_PATH, REPORTS_PATH
from headcount.contract import REPORT as PLAIN
from headcount.ingest import Gate, Head, Inbox, Ingest, Pseudonymizer, Writer
from tests.support.exchanges import call
from tests.support.reports import REPORT

HONEST = {202, 400, 413}


class Line:
    """Ingest with what it writes to. ``now`` is the clock of its quotas."""

    def __init__(self, path: Path, quota: int = 0, proxies: Iterable[IPv4Network | IPv6Network] = ()) -> None:
        self.now = 5_000.0
        self.gate = gate = Gate(quota, proxies, 16, lambda: self.now)
        self.inbox = Inbox(path)
        self.writer = Writer(self.inbox)
        self.app = Ingest(self.writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, gate)

    def send(self, path: str, *chunks: bytes, **named: Any) -> tuple[int, dict[str, str], bytes]:
        """One request."""
        return asyncio.run(call(self.app, path, chunks, **named))

    def drops(self) -> dict[str, int]:
        """What was noted as thrown away, once all is written."""
        self.writer.stop()
        return dict(
            Counter(one.what for one in self.inbox.waiting(0, 100_000).arrivals if one.what not in (PLAIN, ANONYMOUS))
        )


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """An application without quotas, and 16 MiB for bodies."""
    made = Line(tmp_path / "inbox.sqlite")
    with closing(made.inbox):
        yield made
        made.writer.stop()


NASTY = [
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b"[" * LARGEST_BODY,
    b'{"installid": "\\ud800"}',
    b'{"db": "\xed\xa0\x80"}',
    b'{"plugins": {"x": NaN, "y": Infinity}}',
    b'{"plugins": {"x": 1e999}}',
    b'{"plugins": {"x": ' + b"9" * 5000 + b"}}",
    b'{"headcount": {"schema": 99999999999999999999999999}, "db": 1.7976931348623157e308}',
    b'{"db": "sqlite", "db": "mysql", "db": 7}',
    b'{"plugins": {"' + b">" * 100_000 + b'buildbot.steps.shell.ShellCommand": 1}}',
    b'{"www_plugins": [' + b"[]," * 10_000 + b"[]]}",
    b'{"platform": [], "versions": "x", "plugins": 3, "builders": {}, "www_plugins": null, "headcount": []}',
    b"\x00" * 1000,
    b"\xff\xfe{\x00}\x00",
    b"null",
]


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_nasty_json_is_refused_or_scrubbed(line: Line, body: bytes) -> None:
    """Deep, huge, not Unicode, not numbers, keys given twice: an honest answer, and 200 to stock."""
    assert line.send(REPORTS_PATH, body)[0] in HONEST
    assert line.send(REPORTS_PATH, gzip.compress(body), headers={"Content-Encoding": "gzip"})[0] in HONEST
    assert line.send(PHONE_HOME_PATH, body)[::2] == (200, b"ok")
    assert "dropped: unreadable" not in line.drops()


def test_problems_are_named_up_to_a_bound(line: Line) -> None:
    """The answer to a body with a million problems is no second flood."""
    plugins = {f"a{number}": 0 for number in range(40_000)}
    status, _, body = line.send(REPORTS_PATH, json.dumps({**REPORT, "plugins": plugins}).encode())
    problems = json.loads(body)["problems"]
    assert (status, len(problems)) == (400, 101)
    assert problems[-1]["what"] == "39,900 more like it: must be a whole number from 1 up"


def test_bodies_take_bounded_memory_together(line: Line) -> None:
    """What comes beyond the bound is put off, or dropped and counted; the memory is given back in every case."""

    async def many() -> list[int]:
        replies: list[int] = []
        waiting = [
            line.app.begin(Head("POST", REPORTS_PATH, [], f"192.0.{n}.1"), lambda reply: replies.append(reply.status))
            for n in range(2)
        ]
        for exchange in waiting:
            exchange.feed(b" " * (7 * 1024 * 1024))
        large = [b" " * (8 * 1024 * 1024)]
        over = await call(line.app, REPORTS_PATH, large)
        stock = await call(line.app, PHONE_HOME_PATH, large)
        small = await call(line.app, REPORTS_PATH, [json.dumps(REPORT).encode()])
        assert (over[0], over[1]["retry-after"]) == (503, "60")
        for exchange in waiting:
            exchange.end()
        await line.app.finish(10)
        return [*replies, stock[0], small[0]]

    assert asyncio.run(many()) == [400, 400, 200, 202]
    assert line.gate.memory.held == 0
    assert line.send(REPORTS_PATH, b"x" * 1000, cut_off=True)[0] == 0
    assert line.send(REPORTS_PATH, b" " * (LARGEST_BODY + 1))[0] == 413
    assert line.gate.memory.held == 0
    assert line.drops()["dropped: no memory"] == 1


def test_a_report_that_is_cut_off_is_none(line: Line) -> None:
    """Also where what came so far is a whole report; stock's is counted."""
    body = json.dumps(REPORT).encode()
    assert line.send(REPORTS_PATH, body, cut_off=True)[0] == 0
    line.send(PHONE_HOME_PATH, body, cut_off=True)
    assert line.drops() == {"dropped: cut off": 1}
    assert [one.what for one in line.inbox.waiting(0, 10).arrivals] == ["dropped: cut off"]


def test_bombs_one_after_the_other_take_the_memory_of_one(line: Line) -> None:
    """Twenty bodies that inflate to the largest that is read, sent together: read one at a time."""
    bomb = gzip.compress(b'{"a":"' + b"x" * (LARGEST_BODY - 100) + b'"}', 9)
    headers = {"Content-Encoding": "gzip"}

    async def many() -> list[int]:
        sent = [call(line.app, REPORTS_PATH, [bomb], headers, client=f"192.0.{n // 4}.1") for n in range(20)]
        return [answer[0] for answer in await asyncio.gather(*sent)]

    tracemalloc.start()
    try:
        assert asyncio.run(many()) == [400] * 20
        # the parser alone takes 14 times what it is given; twenty inflated bodies would be 20 more
        assert tracemalloc.get_traced_memory()[1] < 18 * LARGEST_BODY
    finally:
        tracemalloc.stop()


def test_few_large_bodies_of_a_block_wait_to_be_read(line: Line) -> None:
    """Four of them, and 32 in all: what comes beyond is put off, or dropped and counted, and another block's is read."""
    large = json.dumps(REPORT).encode() + b" " * 70_000

    async def many(path: str, blocks: list[int]) -> Counter[int]:
        sent = [call(line.app, path, [large], client=f"192.0.{block}.1") for block in blocks]
        answers = Counter(answer[0] for answer in await asyncio.gather(*sent))
        await line.app.finish(10)
        return answers

    assert asyncio.run(many(REPORTS_PATH, [1] * 9 + [2])) == {202: 5, 503: 5}
    assert asyncio.run(many(REPORTS_PATH, [*range(40)])) == {202: 32, 503: 8}
    assert asyncio.run(many(PHONE_HOME_PATH, [1] * 9)) == {200: 9}
    assert line.gate.memory.held == 0
    assert line.drops() == {"dropped: busy": 1}  # the same body, five times


def test_a_block_over_its_quota_is_told_when_to_come_again(tmp_path: Path) -> None:
    """429 to ours; 200 to stock, and its report is counted as dropped. Another block's are taken."""
    line = Line(tmp_path / "inbox.sqlite", 3, [ip_network("127.0.0.1")])
    body = json.dumps(REPORT).encode()

    def send(path: str, sender: str) -> tuple[int, dict[str, str]]:
        return line.send(path, body, headers={"X-Forwarded-For": sender})[:2]

    with closing(line.inbox):
        assert [send(REPORTS_PATH, f"192.0.2.{n}")[0] for n in range(4)] == [202, 202, 202, 429]
        assert send(REPORTS_PATH, "192.0.2.77")[1]["retry-after"] == "1200"
        assert send(PHONE_HOME_PATH, "192.0.2.5")[0] == 200
        assert send(REPORTS_PATH, "192.0.3.5")[0] == 202
        line.now += 1200
        assert send(PHONE_HOME_PATH, "192.0.2.5")[0] == 200
        assert line.drops() == {"dropped: quota": 1}
        assert sum(one.what == PLAIN for one in line.inbox.waiting(0, 10).arrivals) == 5


def test_newcomers_beyond_the_number_of_a_block_are_marked_and_not_refused(tmp_path: Path) -> None:
    """By both endpoints, counted together; another block has a number of its own."""
    line = Line(tmp_path / "inbox.sqlite", proxies=[ip_network("127.0.0.1")])
    line.app.newcomers.each = 2
    with closing(line.inbox):
        for number in range(4):
            path = PHONE_HOME_PATH if number % 2 else REPORTS_PATH
            body = json.dumps({**REPORT, "installid": f"{number:040x}"}).encode()
            for sender in ("192.0.2.5", "192.0.3.5") if number == 3 else ("192.0.2.5",):
                assert line.send(path, body, headers={"X-Forwarded-For": sender})[0] in (200, 202)
        line.writer.stop()
        assert [one.crowded for one in line.inbox.waiting(0, 10).arrivals] == [False, False, True, True, False]


@pytest.mark.parametrize("path", [REPORTS_PATH, PHONE_HOME_PATH])
@pytest.mark.parametrize(
    "content", [b'{"a":"' + b"x" * 700_000 + b'"}', b"x" * 700_000, b'{"a":1}' + b" " * LARGEST_BODY]
)
def test_a_body_is_charged_as_what_it_is_after_inflation(tmp_path: Path, path: str, content: bytes) -> None:
    """One report more for each 64 KiB, whatever became of it; what inflates to no end counts as the largest."""
    line = Line(tmp_path / "inbox.sqlite", 100)
    bomb = gzip.compress(content, 9)
    assert len(bomb) < 10_000
    with closing(line.inbox):

        async def send() -> None:
            await call(line.app, path, [bomb], {"Content-Encoding": "gzip"}, client="192.0.2.1")
            await line.app.finish(10)

        asyncio.run(send())
        used = 100 - sum(line.send(REPORTS_PATH, b"{", client="192.0.2.9")[0] == 400 for _ in range(101))
        assert used == min(100, 1 + min(len(content), LARGEST_BODY) // 65536)


def test_a_head_is_not_held_while_its_body_comes(line: Line) -> None:
    """4,000 of them, with 60 kB each, would be 240 MB that no bound of bodies counts."""
    tracemalloc.start()
    try:
        begun = []
        for number in range(50):
            headers = [(name, b"%06d" % number * 10_000) for name in (b"content-encoding", b"headcount-secret", b"x")]
            begun.append(line.app.begin(Head("POST", REPORTS_PATH, headers, None), lambda _: None))
        assert tracemalloc.get_traced_memory()[0] < 50 * 5_000
    finally:
        tracemalloc.stop()
        for exchange in begun:
            exchange.end(cut_off=True)


def test_another_method_is_no_way_around_the_quota(tmp_path: Path) -> None:
    """Stock's endpoint answers 200 to every method, and takes a report by none that is over its quota."""
    line = Line(tmp_path / "inbox.sqlite", 3)
    body = json.dumps(REPORT).encode()
    with closing(line.inbox):
        for method in ("PUT", "POST", "GET", "DELETE", "PUT"):
            assert line.send(PHONE_HOME_PATH, body, method=method, client="192.0.2.1")[0] == 200
        assert line.drops() == {"dropped: quota": 1}  # one body, twice
        assert sum(one.what == PLAIN for one in line.inbox.waiting(0, 10).arrivals) == 3


def test_a_body_in_small_chunks_takes_what_is_counted(line: Line) -> None:
    """Two bytes at a time, as a sender may: what the gate counts is what they take."""
    begun = line.app.begin(Head("POST", REPORTS_PATH, [], None), lambda _: None)
    chunks = [b"{ " for _ in range(1000)]
    tracemalloc.start()
    try:
        for _ in range(50):
            for chunk in chunks:
                begun.feed(bytes(bytearray(chunk)))
        assert line.gate.memory.held == 100_000
        assert tracemalloc.get_traced_memory()[0] < 2 * line.gate.memory.held
    finally:
        tracemalloc.stop()
        begun.end(cut_off=True)
    assert line.gate.memory.held == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from([*REPORT, *REPORT["headcount"], "versions", "Buildbot"])
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(KEYS, JSON).map(lambda changes: json.dumps({**REPORT, **changes}).encode()),
    st.dictionaries(KEYS, JSON).map(lambda value: json.dumps(value).encode()),
)


def test_no_input_is_a_failure(line: Line) -> None:
    """Bytes, JSON and changed reports, whole and in pieces, compressed, not, and falsely: never a status of 500 and more."""

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(BODIES, st.sampled_from(["", "gzip", "br", "identity"]), st.booleans(), st.integers(1, 50))
    def check(body: bytes, encoding: str, compressed: bool, cut: int) -> None:
        sent = gzip.compress(body, 1) if compressed else body
        chunks = [sent[:cut], sent[cut:]]
        headers = {"Content-Encoding": encoding} if encoding else {}

        async def both() -> None:
            assert (await call(line.app, REPORTS_PATH, chunks, headers))[0] in HONEST
            assert (await call(line.app, PHONE_HOME_PATH, chunks, headers))[::2] == (200, b"ok")

        loop.run_until_complete(both())

    loop = asyncio.new_event_loop()
    with closing(loop):
        check()
    assert "dropped: unreadable" not in line.drops()
    assert line.gate.memory.held == 0
