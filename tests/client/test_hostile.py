"""Real masters whose collector is hostile, or not there, start, run and stop as if it were nobody's business."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.certificates import Authority, self_signed
from tests.support.hostile import (
    Behaviour,
    Hostile,
    answer,
    close_at_once,
    close_in_the_middle,
    endless,
    hang,
    hang_before_tls,
    misbehaving,
    refusing,
    trickle,
    trickle_tls,
)
from tests.support.masters import SMALL, STARTED, Master, Request, collecting, is_quiet, running
from tests.support.reporter_calls import WATCH, Call, calls
from tests.support.waiting import wait_until

AT_ONCE = 3  # masters: starting one needs a processor, waiting for it to stop does not
STOPPED = 25.0  # seconds, in which none of ours would have ended: a silent collector is given up after 30
LINES = 20  # of the log that may be ours

UNREACHABLE = "was not delivered: the collector could not be reached"
ACCEPTED_HEAD = b"HTTP/1.1 202 Accepted\r\n"
FORGED = "x\n2026-11-25T00:00:00+0000 [-] forged\r\n\x1b[2J\x85\u2028forged\v\f\x1cforged"
PROBLEMS = json.dumps({"problems": [{"where": "db", "what": FORGED}]}, ensure_ascii=False).encode()
LONG = json.dumps({"problems": [{"where": "db", "what": "y" * 5_000_000}]}).encode()

UNDER_WAY: dict[str, Behaviour] = {
    "hangs": hang,
    "hangs before TLS": hang_before_tls,
    "trickles the first line": trickle(b"HTTP/1.1 ", b"2"),
    "trickles a header": trickle(ACCEPTED_HEAD + b"X: ", b"y"),
    "trickles TLS": trickle_tls(),
}
ANSWERED: dict[str, tuple[Behaviour, str]] = {
    "closes at once": (close_at_once, UNREACHABLE),
    "closes in the middle": (close_in_the_middle, f"{UNREACHABLE} (its answer breaks off)"),
    "500": (answer(500, {"Retry-After": "1"}), "answered with status 500"),
    "503": (answer(503, {"Retry-After": "600"}), "answered with status 503"),
    "sends 5 MB": (answer(400, body=LONG), "refused the report, it is not sent again: status 400"),
    "sends headers without an end": (endless(ACCEPTED_HEAD, b"X: y\r\n" * 1000), f"{UNREACHABLE} (got more than 100"),
    "forges log lines": (answer(400, body=PROBLEMS), "refused the report, it is not sent again: db x"),
    "forges its first line": (endless(b"HTTP/1.1 2 \x1b[2J\x85 forged\r\n", FORGED.encode()), UNREACHABLE),
}
REDIRECTS = (301, 302, 303, 307, 308)
CERTIFICATES = ("self-signed", "of another host", "expired")

CASES = (
    "refuses",
    *UNDER_WAY,
    *ANSWERED,
    *(f"redirects with {status}" for status in REDIRECTS),
    *(f"has a certificate that is {what}" for what in CERTIFICATES),
)

SOAK = {
    "503", "redirects with 301", "redirects with 303", "redirects with 308", "has a certificate that is of another host",
}  # fmt: skip
"""Left to `make soak`: another of the same kind is in the other tiers, and the exchange itself has a test for each."""


@dataclass
class Ran:
    """What was seen of a master and of its collector."""

    log: str
    calls: list[Call]
    server: Hostile
    elsewhere: list[Request]
    """Requests that came to where a redirect points, in plain HTTP."""


@contextlib.contextmanager
def _collector(case: str, authority: Authority, elsewhere: str) -> Iterator[tuple[Hostile, str]]:
    """A collector that misbehaves so, and what the log says of it, if anything."""
    good = authority.good()
    if case == "refuses":
        with refusing() as server:
            yield server, f"{UNREACHABLE} (Connection refused)"
    elif case.startswith("redirects"):
        status = int(case.rpartition(" ")[2])
        with misbehaving(answer(status, {"Location": elsewhere}), good) as server:
            yield server, f"answered with status {status}"
    elif case.startswith("has a certificate"):
        kind = case.partition(" that is ")[2]
        made = {"self-signed": self_signed, "of another host": authority.of_another_host, "expired": authority.expired}
        with misbehaving(answer(202), made[kind]()) as server:
            yield server, "certificate verify failed"
    else:
        behave, says = ANSWERED.get(case) or (UNDER_WAY[case], "")
        with misbehaving(behave, good) as server:
            yield server, says


def _run(case: str, directory: Path, authority: Authority) -> Ran:
    with collecting() as elsewhere, _collector(case, authority, f"{elsewhere.url}/v1/reports") as (server, says):
        configuration = SMALL + WATCH + f"c['configurators'] = [util.UsageData(url={server.url!r}, level='full')]\n"
        with running(directory, configuration, {"SSL_CERT_FILE": str(authority.file)}) as master:
            if says:
                master.wait_for(says)
            else:
                wait_until(lambda: _is_under_way(case, server), "the exchange is under way")
            log = _stop(master)
        if not says:
            wait_until(lambda: server.abandoned > 0, "the exchange ended with the master")
        return Ran(log, calls(directory), server, elsewhere.requests)


def _is_under_way(case: str, server: Hostile) -> bool:
    return bool(server.greetings if "TLS" in case else server.requests)


def _stop(master: Master) -> str:
    assert master.process is not None
    master.process.terminate()
    master.process.wait(STOPPED)
    return master.log()


Runs = Callable[[str], Ran]


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Gives what was seen in a case; those that tests ask for run a few at a time."""
    directory = tmp_path_factory.mktemp("masters")
    authority = Authority(directory)
    names = " ".join(item.name for item in request.session.items)
    pool = ThreadPoolExecutor(AT_ONCE)
    futures: dict[str, Future[Ran]] = {
        case: pool.submit(_run, case, directory / str(number), authority)
        for number, case in enumerate(CASES)
        if f"[{case}]" in names
    }
    yield lambda case: futures[case].result()
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("case", [pytest.param(case, marks=[pytest.mark.soak] * (case in SOAK)) for case in CASES])
def test_a_master_does_not_mind_a_collector_that(case: str, run: Runs) -> None:
    """It runs before anything is reported, nothing is raised, nothing goes anywhere else, and the log stays short."""
    ran = run(case)
    assert ran.log.index(STARTED) < ran.log.index("headcount: sending")
    assert "Main loop terminated" in ran.log
    assert is_quiet(ran.log)
    assert _is_short(ran.log)
    assert {call.detail for call in ran.calls if call.what == "connect"} == {ran.server.url.removeprefix("https://")}
    assert ran.server.plain == []
    assert ran.elsewhere == []
    assert [call for call in ran.calls if call.thread == "reactor"] == []


@pytest.mark.parametrize("case", UNDER_WAY)
def test_a_master_stops_while_a_report_is_under_way(case: str, run: Runs) -> None:
    """Nobody waits for the exchange: it ends because the process does, and nobody says that it failed."""
    ran = run(case)
    assert ran.server.abandoned == 1
    assert "was not delivered" not in ran.log


@pytest.mark.parametrize("case", ["forges log lines", "forges its first line"])
def test_no_line_of_the_log_is_the_collectors(case: str, run: Runs) -> None:
    """What it says stands within a line of ours, without anything that moves a terminal's cursor."""
    log = run(case).log
    telling = [line for line in log.split("\n") if "forged" in line]
    assert telling
    assert all(line.isprintable() for line in telling)
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000 \[-\] headcount: the ", line) for line in telling)


@pytest.mark.parametrize("case", ["hangs"])
def test_what_may_block_runs_beside_the_reactor(case: str, run: Runs) -> None:
    """All of it was seen, so that it can be said in which thread it ran."""
    ran = run(case)
    seen = {call.what for call in ran.calls}
    assert {"getfqdn", "system", "machine", "release", "python_implementation", "getaddrinfo", "connect"} <= seen
    assert {call.thread for call in ran.calls} == {"other"}


def _is_short(log: str) -> bool:
    """Whether the reporter's part of it is bounded."""
    ours = [line for line in log.splitlines() if "headcount" in line]
    return len(ours) < LINES and len(log) < 20_000
