"""What the reporter does with a collector's notices: it asks for nothing of the master, and says what concerns it once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from headcount.client._exchange import Exchange
from headcount.client.notices._fetch import NotFetched, fetch
from headcount.client.notices._log_lines import line
from headcount.client.notices._said import Said
from headcount.contract import REPORTS_PATH, Notice, write_notices
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

TODAY = date(2026, 11, 30)
NOTICE = Notice(
    "SQLite goes %s {0} %(x)s {__class__}: tell us", "https://github.com/buildbot/buildbot/issues/1", date(2027, 6, 30),
    ("is", "db", "sqlite"), "the maintainers", TODAY,
)  # fmt: skip
OTHER = replace(NOTICE, text="of MySQL", condition=("is", "db", "mysql"))
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

    with misbehaving(behave) as server, running(tmp_path / "m", configuration(server.url)) as master:
        master.wait_for("SQLAlchemy 2")
        master.reconfigure()
        log = master.stop()
    assert log.count(line(server.url, NOTICE)) == log.count(line(server.url, full)) == 1
    assert "of MySQL" not in log
    assert "is over" not in log
    assert "the collector accepted the report; it counted 812 installations in 2026-W47" in log
    assert [each.path for each in server.requests] == [REPORTS_PATH, "/public/notices.json"]
    assert "headcount-secret" not in server.requests[1].headers
    assert is_quiet(log)
