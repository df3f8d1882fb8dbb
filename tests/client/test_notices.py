"""What the reporter does with a collector's notices: it asks for nothing of the master, and says what concerns it once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from twisted.internet import task

from headcount.client._exchange import Exchange
from headcount.client._get import NotFetched
from headcount.client._settings import Mistake, choose
from headcount.client.notices._fetch import fetch
from headcount.client.notices._log_lines import line
from headcount.client.notices._reader import NoticeReader
from headcount.client.notices._said import Said
from headcount.contract import REPORTS_PATH, Notice, Profile, write_notices
from tests.support.hostile import (
    Behaviour,
    Visit,
    answer,
    close_at_once,
    close_in_the_middle,
    endless,
    hang,
    misbehaving,
    trickle,
)  # fmt: skip
from tests.support.masters import SMALL, is_quiet, running
from tests.support.reactor import in_reactor
from tests.support.waiting import wait_until

TODAY = date(2026, 11, 30)
NOTICE = Notice(
    "SQLite goes %s {0} %(x)s {__class__}: tell us", "https://github.com/buildbot/buildbot/issues/1", date(2027, 6, 30),
    ("is", "db", "sqlite"), "the maintainers", TODAY,
)  # fmt: skip
OTHER = replace(NOTICE, text="of MySQL", condition=("is", "db", "mysql"))
SQLITE = Profile("headcount", "full", db="sqlite")
OK = "HTTP/1.1 200 OK\r\n"


def given(*notices: Notice) -> Behaviour:
    """Behave as a collector with these notices."""
    return answer(200, body=write_notices(notices))


def test_notices_are_fetched_whole() -> None:
    """What a collector has is read."""
    with misbehaving(given(NOTICE, OTHER)) as server:
        assert fetch(server.url) == (NOTICE, OTHER)


def test_the_request_holds_nothing_of_the_installation() -> None:
    """The bytes of the request are the same for everybody: the path, the host and two headers."""
    requests: list[bytes] = []

    def behave(visit: object) -> None:
        connection = visit.connection  # type: ignore[attr-defined]
        requests.append(connection.recv(65_536))
        body = write_notices([NOTICE])
        connection.sendall(f"{OK}Content-Length: {len(body)}\r\nSet-Cookie: a=b\r\nETag: x\r\n\r\n".encode() + body)

    with misbehaving(behave) as server:
        fetch(server.url + "/under/")
        fetch(server.url + "/under")
        host = server.url.removeprefix("http://")
    expected = (
        f"GET /under/public/notices.json HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n"
        "User-Agent: headcount\r\n\r\n"
    )
    assert requests == [expected.encode()] * 2


FORGED = json.loads(write_notices([NOTICE]))
FORGED["items"][0]["text"] = "one\n2026-11-30 00:00:00+0000 [-] headcount: forged"


@pytest.mark.parametrize(
    "behave",
    [
        answer(404), answer(500), answer(302, {"Location": "/elsewhere"}), answer(304), answer(204), answer(202),
        answer(200), answer(200, body=b""), answer(200, body=b"[" * 16_000), answer(200, body=b"\xff\xfe\0"),
        answer(200, body=b" " * 5_000_000), answer(200, {"Content-Length": "99999999999"}, b"{"),
        answer(200, {"Content-Length": "-1"}), answer(200, body=json.dumps(FORGED).encode()), close_at_once,
        close_in_the_middle, endless(f"{OK}\r\n".encode(), b" " * 65_536), endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(f"{OK}Transfer-Encoding: chunked\r\n\r\n".encode(), b"1\r\n \r\n"),
        endless(f"{OK}X: ".encode(), b"x" * 65_536),
    ],
)  # fmt: skip
def test_a_collector_that_misbehaves_gives_no_notices(behave: Behaviour) -> None:
    """Whatever it answers, that there are no notices is all that comes of it, after a bounded number of bytes."""
    with misbehaving(behave) as server, pytest.raises(NotFetched) as caught:
        fetch(server.url)
    assert "forged" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("behave", [hang, trickle(b"", b"H", 0.01), trickle(f"{OK}X: ".encode(), b" ", 0.01)])
def test_a_slow_collector_is_given_up(behave: Behaviour) -> None:
    """However slowly it answers, the exchange is over at its deadline."""
    with misbehaving(behave) as server, pytest.raises(NotFetched, match=r"longer than 0\.2 seconds"):
        fetch(server.url, deadline=0.2)


def test_a_request_is_broken_off_by_another_thread() -> None:
    """A request that is withdrawn ends at once, and one that is withdrawn before makes no connection."""
    exchange = Exchange()
    with misbehaving(hang) as server:
        timer = threading.Timer(0.1, exchange.withdraw)
        timer.start()
        with pytest.raises(NotFetched):
            fetch(server.url, exchange=exchange)
        timer.join()
        with pytest.raises(NotFetched):
            fetch(server.url, exchange=exchange)
        assert len(server.greetings) == 1


def test_a_proxy_that_is_configured_is_used() -> None:
    """The request for notices goes the way of the report: a proxy that cannot be used is not gone around."""
    with pytest.raises(NotFetched, match="https_proxy must name an HTTP proxy"):
        fetch("https://headcount.example", {"https_proxy": "socks5://127.0.0.1:1"})


def test_the_line_says_first_whose_words_follow() -> None:
    """The line begins with the collector's host, and has the text as it is, with the link and the end."""
    assert line("https://Headcount.Example/x", NOTICE) == (
        "notice from headcount.example: SQLite goes %s {0} %(x)s {__class__}: tell us "
        "(https://github.com/buildbot/buildbot/issues/1, until 2027-06-30)"
    )


def test_a_notice_is_said_once(tmp_path: Path) -> None:
    """What was said is known after a restart, though its condition or its end change, and other words are new."""
    path = tmp_path / "said"
    assert Said(path).add((NOTICE, NOTICE)) == (NOTICE,)
    later = replace(NOTICE, until=date(2027, 6, 1), condition=OTHER.condition)
    assert Said(path).add((later, OTHER)) == (OTHER,)
    assert path.stat().st_mode & 0o777 == 0o600


def test_notices_are_fetched_once_a_day(tmp_path: Path) -> None:
    """A second fetch of a day is not begun, after a restart either; a clock that was wrong stops none for ever."""
    path = tmp_path / "said"
    assert Said(path).begin(date(2029, 1, 1))
    assert Said(path).begin(TODAY)
    assert not Said(path).begin(TODAY)
    assert Said(path).begin(date(2026, 12, 1))


def test_a_directory_that_cannot_be_written_does_as_well_while_the_process_runs(tmp_path: Path) -> None:
    """Where nothing can be kept, a process fetches once a day, and says each notice once."""
    said = Said(tmp_path / "missing" / "said")
    assert said.begin(TODAY)
    assert not said.begin(TODAY)
    assert said.add((NOTICE,)) == (NOTICE,)
    assert said.add((NOTICE,)) == ()


DAMAGED = [b"", b"[]", b"{}", b'{"day": 1, "said": []}', b'{"day": "x", "said": 1}', b"[" * 9999, b"\xff"]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_file_that_is_damaged_counts_as_none(tmp_path: Path, content: bytes) -> None:
    """Whatever the file holds, notices are fetched and said, and it is written anew."""
    path = tmp_path / "said"
    path.write_bytes(content)
    assert Said(path).begin(TODAY)
    assert Said(path).add((NOTICE,)) == (NOTICE,)
    assert not Said(path).begin(TODAY)


class Log:
    """A reader of notices in the running reactor, and what it said."""

    def __init__(self, path: Path, day: date = TODAY) -> None:
        self.lines: list[str] = []
        self.clock = task.Clock()
        self.clock.advance((day - date(1970, 1, 1)).days * 86_400)
        self.reader = NoticeReader(path, self.clock, self.lines.append)

    def read(self, url: str) -> None:
        """Read the notices, and wait until that is done."""
        in_reactor(self.reader.read, url, SQLITE)


def test_what_concerns_a_master_is_said_once_and_until_it_ends(tmp_path: Path) -> None:
    """What is true of its profile, and no other; not again on the next day; and nothing of what has ended."""
    with misbehaving(given(NOTICE, OTHER)) as server:
        log = Log(tmp_path / "said")
        log.read(server.url)
        log.read(server.url)
        assert len(server.requests) == 1
        log.clock.advance(86_400)
        log.read(server.url)
        assert len(server.requests) == 2
        assert log.lines == [line(server.url, NOTICE)]
        late = Log(tmp_path / "other", NOTICE.until + timedelta(days=1))
        late.read(server.url)
        assert late.lines == []


def test_a_collector_without_notices_is_no_trouble(tmp_path: Path) -> None:
    """Of a collector of an earlier version, or one that misbehaves, the log says nothing."""
    with misbehaving(answer(404)) as server:
        log = Log(tmp_path / "said")
        log.read(server.url)
    assert log.lines == []


def test_what_is_withdrawn_says_nothing_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A request that hangs is broken off by the reactor's thread, which does not wait; meanwhile no other is begun."""
    log = Log(tmp_path / "said")
    with misbehaving(hang) as server:
        done = in_reactor(lambda: [log.reader.read(server.url, SQLITE)])
        wait_until(lambda: bool(server.requests), "the request came")
        assert in_reactor(log.reader.read, server.url, SQLITE) is None
        in_reactor(log.reader.withdraw)
        in_reactor(lambda: done[0])
    assert log.lines == []


def configuration(url: str, arguments: str = "") -> str:
    """Return a configuration that reports at the lowest level."""
    return SMALL + f"c['configurators'] = [util.UsageData(url={url!r}, level='basic'{arguments})]\n"


@pytest.mark.ci
def test_a_master_says_what_concerns_it_once(tmp_path: Path) -> None:
    """At the lowest level too, a master's log has the notices that its full report is concerned by, once, and no other."""
    ended = replace(NOTICE, text="is over", since=date(2025, 1, 1), until=date(2025, 12, 31))
    full = replace(NOTICE, text="SQLAlchemy 2", condition=("range", "sqlalchemy", 1, None))
    bodies: list[bytes] = []

    def behave(visit: Visit) -> None:
        request = visit.request()
        is_report = request.path == REPORTS_PATH
        if is_report:
            bodies.append(request.raw)
            body = b'{"counted": 812, "week": "2026-W47"}'
        else:
            body = write_notices([NOTICE, OTHER, ended, full])
        head = f"HTTP/1.1 {202 if is_report else 200} OK\r\nContent-Length: {len(body)}\r\n\r\n"
        visit.send(head.encode() + body)

    deprecated = (
        "from buildbot.process.factory import Distutils\n"
        "c['builders'][0].factory = Distutils(steps.ShellCommand(command=['true']))\n"
    )
    with (
        misbehaving(behave) as server,
        running(tmp_path / "m", configuration(server.url) + deprecated) as master,
    ):
        master.wait_for("SQLAlchemy 2")
        master.reconfigure()
        log = master.stop()
    assert log.count(line(server.url, NOTICE)) == log.count(line(server.url, full)) == 1
    assert "of MySQL" not in log
    assert "is over" not in log
    receipt = (
        "the collector accepted the report; it counted 812 installations in 2026-W47; `headcount advise` has at least "
    )
    assert receipt in log
    assert [each.path for each in server.requests] == [REPORTS_PATH, "/public/notices.json"]
    assert "headcount-secret" not in server.requests[1].headers
    assert is_quiet(log)


@pytest.mark.ci
def test_notices_can_be_switched_off(tmp_path: Path) -> None:
    """With `notices=False` a master reports, and asks for nothing; what is neither true nor false is a mistake."""
    with misbehaving(answer(202)) as server:
        with running(tmp_path / "m", configuration(server.url, ", notices=False")) as master:
            master.wait_for("the collector accepted the report")
            log = master.stop()
        assert [each.path for each in server.requests] == [REPORTS_PATH]
    assert is_quiet(log)
    assert not (tmp_path / "m" / "usage-report.notices").exists()


@pytest.mark.ci
def test_to_switch_off_breaks_off_the_request_for_notices(tmp_path: Path) -> None:
    """A collector that hangs once it has the report: a reconfig resets the connection at once, and the master stops."""

    def behave(visit: Visit) -> None:
        if visit.request().path == REPORTS_PATH:
            visit.send(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")
        else:
            visit.pause(float("inf"))

    with misbehaving(behave) as server, running(tmp_path / "m", configuration(server.url)) as master:
        wait_until(lambda: len(server.requests) == 2, "notices are asked for")
        (master.basedir / "master.cfg").write_text(configuration(server.url).replace("'basic'", "None"))
        master.reconfigure()
        wait_until(lambda: server.abandoned == 1, "the connection is over")
        log = master.stop()
    assert is_quiet(log)


def test_what_switches_notices_is_true_or_false() -> None:
    """Anything else is a mistake."""
    assert choose("https://a.example", (), ()).notices
    assert not choose("https://a.example", (), (), notices=False).notices
    with pytest.raises(Mistake, match="notices of UsageData must be True or False; it is 'no'"):
        choose("https://a.example", (), (), notices="no")
