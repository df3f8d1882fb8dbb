"""Reports through real proxies, and none around one.

The collectors are called ``127.1``: every resolver takes that for 127.0.0.1, and the reporter for some other machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount.client._deliver import Outcome, post
from headcount.contract import SECRET_HEADER
from tests.support.certificates import Authority, self_signed
from tests.support.hostile import (
    TLS_HELLO,
    Behaviour,
    Hostile,
    Visit,
    answer,
    close_at_once,
    endless,
    hang,
    misbehaving,
    refusing,
    trickle,
)
from tests.support.masters import SMALL, is_quiet, running
from tests.support.proxies import KINDS, proxy_missing, proxying
from tests.support.requires import require

HOST = "127.1"
BODY = b'{"versions":{}}'
SECRET = "5" * 64
CREDENTIALS = "user-1:pass.word"
ENCODED = "user%2D1:pass%2Eword"
UNREACHABLE = "the collector could not be reached"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whose certificate the collector has."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def collector(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    """A collector with TLS that accepts everything, and that can be reached without a proxy."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with misbehaving(answer(202), authority.good(HOST), HOST) as server:
        yield server


def _post(collector: Hostile, environment: dict[str, str], deadline: float = 30.0) -> Outcome:
    return post(collector.url, BODY, SECRET, environment, deadline)


def test_the_collector_is_reached_without_a_proxy(collector: Hostile) -> None:
    """The control: what does not arrive in the tests below was stopped."""
    assert _post(collector, {}) == Outcome("accepted")
    assert len(collector.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["https_proxy", "http_proxy", "all_proxy", "HTTP_PROXY"])
def test_a_report_goes_through_the_proxy(collector: Hostile, tmp_path: Path, kind: str, name: str) -> None:
    """For https also where `http_proxy` alone is set: the announcement promises that it can prevent sending."""
    require(proxy_missing(kind))
    with proxying(kind, tmp_path) as proxy:
        assert _post(collector, {name: proxy.url()}) == Outcome("accepted")
        proxy.wait_for_tunnel(collector.url.removeprefix("https://"))
    (request,) = collector.requests
    assert request.text == BODY
    assert request.headers[SECRET_HEADER.lower()] == SECRET
    assert collector.plain == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_wants_credentials_gets_them(collector: Hostile, tmp_path: Path, kind: str) -> None:
    """Percent-decoded, and the collector never sees them; with wrong ones, or none, nothing is sent."""
    require(proxy_missing(kind))
    with proxying(kind, tmp_path, CREDENTIALS) as proxy:
        assert _post(collector, {"https_proxy": proxy.url(ENCODED)}) == Outcome("accepted")
        assert not [name for name in collector.requests[0].headers if "auth" in name]
        for wrong in ("user-1:another", ""):
            outcome = _post(collector, {"https_proxy": proxy.url(wrong)})
            assert outcome.kind == "later"
            assert outcome.detail.startswith(f"{UNREACHABLE} (the proxy answered with status 40")
    assert len(collector.greetings) == 1


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy"])
def test_nothing_goes_around_a_dead_proxy(collector: Hostile, name: str) -> None:
    """Nobody even knocks at the collector."""
    with refusing("http") as dead:
        assert _post(collector, {name: dead.url}) == Outcome("later", f"{UNREACHABLE} (Connection refused)")
    assert collector.greetings == []


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "nonsense:port"])
def test_nothing_goes_around_a_proxy_that_cannot_be_used(collector: Hostile, value: str) -> None:
    """The setting is named."""
    outcome = _post(collector, {"https_proxy": value, "all_proxy": "http://127.0.0.1:1"})
    assert outcome == Outcome("later", "https_proxy must name an HTTP proxy, such as http://proxy.example.org:3128")
    assert collector.greetings == []


@pytest.mark.parametrize(("exempt", "kind"), [(HOST, "accepted"), ("*", "accepted"), ("example.org", "later")])
def test_no_proxy_exempts_a_collector(collector: Hostile, exempt: str, kind: str) -> None:
    """That one is reached directly."""
    with refusing("http") as dead:
        assert _post(collector, {"https_proxy": dead.url, "no_proxy": exempt}).kind == kind
    assert len(collector.requests) == (kind == "accepted")


def _tunnel_to_itself(visit: Visit) -> None:
    """A proxy that makes no tunnel, but answers in the collector's place."""
    visit.request()
    visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
    visit.request()
    visit.send(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")


def test_a_proxy_is_not_the_collector(collector: Hostile) -> None:
    """It learns the collector's name and the credentials that are its own; not the secret, and not the report."""
    with misbehaving(_tunnel_to_itself) as proxy:  # in the open
        environment = {"https_proxy": proxy.url.replace("//", f"//{ENCODED}@")}
        assert _post(collector, environment, 2.0).kind == "later"  # each waits for the other to say more
    connect = proxy.requests[0]
    target = collector.url.removeprefix("https://")
    assert (connect.path, connect.raw) == (target, b"")
    assert connect.headers == {
        "host": target,
        "accept-encoding": "identity",
        "proxy-authorization": "Basic dXNlci0xOnBhc3Mud29yZA==",
    }
    assert proxy.greetings == [b"C", TLS_HELLO]
    with misbehaving(_tunnel_to_itself, self_signed(HOST)) as proxy:  # with a certificate of its own
        assert (
            "certificate verify failed" in _post(collector, {"https_proxy": proxy.url.replace("https", "http")}).detail
        )
    assert len(proxy.requests) == 1
    assert collector.greetings == []


@pytest.mark.parametrize(
    ("behave", "deadline", "reason"),
    [
        (hang, 0.4, "it took longer than 0.4 seconds"),
        (trickle(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.05), 0.4, "it took longer than 0.4 seconds"),
        (close_at_once, 30, ""),
        (answer(302, {"Location": "http://127.0.0.1:1"}), 30, "the proxy answered with status 302"),
        (answer(202), 30, "the proxy answered with status 202"),
    ],
    ids=["hangs", "trickles", "closes", "redirects", "accepts"],
)
def test_a_hostile_proxy_is_a_collector_that_is_not_there(
    collector: Hostile, behave: Behaviour, deadline: float, reason: str
) -> None:
    """The exchange ends at its deadline, and no word of a proxy is an acknowledgement."""
    with misbehaving(behave) as proxy:
        outcome = _post(collector, {"https_proxy": proxy.url}, deadline)
    assert outcome.kind == "later"
    assert outcome.detail.startswith(f"{UNREACHABLE} ({reason}")
    assert collector.greetings == []


def test_a_proxy_that_answers_without_an_end_is_given_up(collector: Hostile) -> None:
    """Long before the deadline."""
    with misbehaving(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)) as proxy:
        outcome = _post(collector, {"https_proxy": proxy.url})
    assert outcome == Outcome("later", f"{UNREACHABLE} (it answers with more than 128 KiB)")
    assert collector.greetings == []


@pytest.mark.ci
def test_a_real_master_reports_through_a_proxy(collector: Hostile, tmp_path: Path) -> None:
    """As its environment says; the password is in no log."""
    configuration = SMALL + f"c['configurators'] = [util.UsageData(url={collector.url!r}, level='full')]\n"
    with proxying("proxy.py", tmp_path, CREDENTIALS) as proxy:
        environment = {"https_proxy": proxy.url(ENCODED)}
        with running(tmp_path / "m", configuration, environment) as master:
            master.wait_for("the collector accepted the report")
            log = master.stop()
        proxy.wait_for_tunnel(collector.url.removeprefix("https://"))
    assert collector.requests[0].body["headcount"]["level"] == "full"
    assert is_quiet(log)
    assert "pass" not in log.partition("headcount: sending")[2]


def test_a_real_master_does_not_go_around_a_dead_proxy(collector: Hostile, tmp_path: Path) -> None:
    """What the announcement tells who develops a function: set `http_proxy` to nowhere, and nothing is sent."""
    configuration = SMALL + f"c['configurators'] = [util.UsageData(url={collector.url!r}, level='full')]\n"
    with refusing("http") as dead, running(tmp_path / "m", configuration, {"http_proxy": dead.url}) as master:
        master.wait_for("was not delivered: the collector could not be reached (Connection refused)")
        log = master.stop()
    assert is_quiet(log)
    assert collector.greetings == []
