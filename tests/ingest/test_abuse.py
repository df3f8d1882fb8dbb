"""Bad input, in this process, against the real application over a real inbox: no failure, bounded memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headcount.contract import ANONYMOUS, LARGEST_BODY, PHONE_HOME_PATH, REPORTS_PATH
from headcount.contract import REPORT as PLAIN
from headcount.ingest import Gate, Head, Inbox, Ingest, Pseudonymizer, Writer
from tests.support.asgi import call
from tests.support.reports import REPORT

HONEST = {202, 400, 413}


class Line:
    """The application with what it writes to. ``now`` is its clock."""

    def __init__(self, path: Path, gate: Gate) -> None:
        self.now = 1_790_000_000.0
        self.gate = gate
        self.inbox = Inbox(path)
        self.writer = Writer(self.inbox)
        self.app = Ingest(self.writer, Pseudonymizer(b"k" * 32), lambda: self.now, gate)

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
    made = Line(tmp_path / "inbox.sqlite", Gate(0, (), 16))
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
    plugins = {f"a{number}": 0 for number in range(100_000)}
    status, _, body = line.send(REPORTS_PATH, json.dumps({**REPORT, "plugins": plugins}).encode())
    problems = json.loads(body)["problems"]
    assert (status, len(problems)) == (400, 101)
    assert problems[-1]["what"] == "99,900 more like it: must be a whole number from 1 up"


def test_bodies_take_bounded_memory_together(line: Line) -> None:
    """What comes beyond the bound is put off, or dropped and counted; the memory is given back in every case."""

    async def many() -> list[int]:
        held = asyncio.Event()

        async def slow() -> int:
            async def chunks() -> Any:
                yield b" " * (7 * 1024 * 1024)
                await held.wait()

            source = chunks()

            async def receive() -> dict[str, Any]:
                async for part in source:
                    return {"type": "http.request", "body": part, "more_body": True}
                return {"type": "http.request", "body": b"", "more_body": False}

            statuses: list[int] = []

            async def send(message: Any) -> None:
                statuses.append(message.get("status", 0))

            scope: dict[str, Any] = {"path": REPORTS_PATH, "method": "POST", "headers": [], "client": None}
            await line.app(scope, receive, send)
            return statuses[0]

        waiting = [asyncio.create_task(slow()) for _ in range(2)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        over = await call(line.app, REPORTS_PATH, [b" " * (3 * 1024 * 1024)])
        stock = await call(line.app, PHONE_HOME_PATH, [b" " * (3 * 1024 * 1024)])
        small = await call(line.app, REPORTS_PATH, [json.dumps(REPORT).encode()])
        assert (over[0], over[1]["retry-after"]) == (503, "60")
        held.set()
        return [*[await task for task in waiting], stock[0], small[0]]

    assert asyncio.run(many()) == [400, 400, 200, 202]
    assert line.gate.in_flight == 0
    assert line.send(REPORTS_PATH, b"x" * 1000, cut_off=True)[0] == 0
    assert line.send(REPORTS_PATH, b" " * (LARGEST_BODY + 1))[0] == 413
    assert line.gate.in_flight == 0
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
        sent = [call(line.app, REPORTS_PATH, [bomb], headers) for _ in range(20)]
        return [answer[0] for answer in await asyncio.gather(*sent)]

    tracemalloc.start()
    try:
        assert asyncio.run(many()) == [400] * 20
        # the parser alone takes 14 times what it is given; twenty inflated bodies would be 20 more
        assert tracemalloc.get_traced_memory()[1] < 18 * LARGEST_BODY
    finally:
        tracemalloc.stop()


def test_a_block_over_its_quota_is_told_when_to_come_again(tmp_path: Path) -> None:
    """429 to ours; 200 to stock, and its report is counted as dropped. Another block's are taken."""
    line = Line(tmp_path / "inbox.sqlite", Gate(3, [ip_network("127.0.0.1")], 16))
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
    line = Line(tmp_path / "inbox.sqlite", Gate(0, [ip_network("127.0.0.1")], 16))
    line.app.newcomers.each = 2
    with closing(line.inbox):
        for number in range(4):
            path = PHONE_HOME_PATH if number % 2 else REPORTS_PATH
            body = json.dumps({**REPORT, "installid": f"{number:040x}"}).encode()
            for sender in ("192.0.2.5", "192.0.3.5") if number == 3 else ("192.0.2.5",):
                assert line.send(path, body, headers={"X-Forwarded-For": sender})[0] in (200, 202)
        line.writer.stop()
        assert [one.crowded for one in line.inbox.waiting(0, 10).arrivals] == [False, False, True, True, False]


def test_another_method_is_no_way_around_the_quota(tmp_path: Path) -> None:
    """Stock's endpoint answers 200 to every method, and takes a report by none that is over its quota."""
    line = Line(tmp_path / "inbox.sqlite", Gate(3, (), 16))
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
        assert line.gate.in_flight == 100_000
        assert tracemalloc.get_traced_memory()[0] < 2 * line.gate.in_flight
    finally:
        tracemalloc.stop()
        begun.end(cut_off=True)
    assert line.gate.in_flight == 0


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
    assert line.gate.in_flight == 0
