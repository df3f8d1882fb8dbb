"""One exchange with a collector, good or bad."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from headcount.client._deliver import Counted, Outcome, post
from headcount.contract import SECRET_HEADER
from tests.support.certificates import Authority, self_signed
from tests.support.hostile import (
    Behaviour,
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
from tests.support.masters import collecting

BODY = b'{"versions":{}}'
SECRET = "5" * 64
SHORT = 0.4  # seconds for the whole exchange, where it is to be cut off
PAUSE = 0.05  # seconds between two bytes: far from being silence


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One whose certificates are trusted through `trust`."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Trust it, as an administrator does."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


def _post(url: str, deadline: float = 30.0) -> Outcome:
    return post(url, BODY, SECRET, {}, deadline)


def test_what_is_posted() -> None:
    """The bytes, gzipped, to the path below that of the URL, with the secret; and nothing that tells of this machine."""
    with collecting() as collector:
        assert _post(f"{collector.url}/below/") == Outcome("accepted")
        request = collector.wait()
    assert request.path == "/below/v1/reports"
    assert gzip.decompress(request.raw) == BODY
    assert request.headers == {
        "host": collector.url.removeprefix("http://"),
        "accept-encoding": "identity",
        "content-length": str(len(request.raw)),
        "content-type": "application/json",
        "content-encoding": "gzip",
        "user-agent": "headcount",
        SECRET_HEADER.lower(): SECRET,
    }


def test_without_a_secret_there_is_no_header() -> None:
    """Where the master's directory cannot be written."""
    with collecting() as collector:
        assert post(collector.url, BODY, environment={}).kind == "accepted"
        assert SECRET_HEADER.lower() not in collector.wait().headers


@pytest.mark.parametrize("status", [400, 413])
def test_what_is_refused_is_not_tried_again(status: int) -> None:
    """It would be refused again; all problems are told."""
    problems = {"problems": [{"where": "db", "what": "is wrong"}, {"where": "mq", "what": "is too"}]}
    with misbehaving(answer(status, body=json.dumps(problems).encode())) as server:
        assert _post(server.url) == Outcome("refused", "db is wrong; mq is too")


@pytest.mark.parametrize(
    "body", [b"", b"no JSON", b'{"problems": 5}', b'{"problems": [5]}', b"[" * 60_000, b"\xff" * 9]
)
def test_a_refusal_in_another_form_is_one(body: bytes) -> None:
    """It is told by its status."""
    with misbehaving(answer(400, body=body)) as server:
        assert _post(server.url) == Outcome("refused", "status 400")


@pytest.mark.parametrize("status", [200, 204, 301, 302, 303, 307, 308, 401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_all_else_may_be_tried_again(status: int) -> None:
    """Only 202 says that a report is kept; somebody else's page may answer 200. No redirect is followed."""
    with (
        collecting() as elsewhere,
        misbehaving(answer(status, {"Location": f"{elsewhere.url}/v1/reports"}, b"")) as server,
    ):
        assert _post(server.url) == Outcome("later", f"the collector answered with status {status}")
        assert len(server.requests) == 1
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120.0), ("999999", 86_400.0), ("9" * 4000, 0.0), ("-5", 0.0), ("1.5", 0.0), ("soon", 0.0),
     ("Fri, 31 Dec 2027 23:59:59 GMT", 0.0)],
)  # fmt: skip
def test_a_collector_may_ask_for_patience(text: str, seconds: float) -> None:
    """In seconds, and for no more than a day; what cannot be read asks for nothing."""
    with misbehaving(answer(503, {"Retry-After": text})) as server:
        assert _post(server.url) == Outcome("later", "the collector answered with status 503", seconds)


HEAD = b"HTTP/1.1 202 Accepted\r\n"
SLOW: dict[str, Callable[[], Behaviour]] = {
    "silence": lambda: hang,
    "silence before TLS": lambda: hang_before_tls,
    "TLS": lambda: trickle_tls(PAUSE),
    "the first line": lambda: trickle(b"HTTP/1.1 ", b"2", PAUSE),
    "a header": lambda: trickle(HEAD + b"X: ", b"y", PAUSE),
}


@pytest.mark.parametrize("slow", SLOW)
def test_an_exchange_ends_at_its_deadline(trust: Authority, slow: str) -> None:
    """However the other side goes on: no single byte is late, the whole is."""
    with misbehaving(SLOW[slow](), trust.good()) as server:
        assert _post(server.url, SHORT) == Outcome(
            "later", f"the collector could not be reached (it took longer than {SHORT} seconds)"
        )


def test_a_refusal_whose_reason_does_not_end_is_one(trust: Authority) -> None:
    """The deadline ends the reading, not what was read before."""
    reason = trickle(b"HTTP/1.1 400 Bad\r\nContent-Length: 5000\r\n\r\n", b" ", PAUSE)
    with misbehaving(reason, trust.good()) as server:
        assert _post(server.url, 2.0) == Outcome("refused", "status 400")


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), "it answers with more than 128 KiB"),
        (endless(HEAD, b"X: y\r\n" * 1000), "got more than 100 headers"),
        (endless(HEAD + b"X: ", b"y" * 10_000), "got more than 65536 bytes when reading header line"),
        (endless(b"", b"y" * 10_000), "got more than 65536 bytes when reading status line"),
    ],
    ids=["interim answers", "headers", "a header", "the first line"],
)  # fmt: skip
def test_an_answer_without_an_end_is_not_read(behave: Behaviour, reason: str) -> None:
    """Long before the deadline it is given up."""
    with misbehaving(behave) as server:
        assert _post(server.url) == Outcome("later", f"the collector could not be reached ({reason})")


def test_of_a_reply_a_little_is_read_and_less_is_shown() -> None:
    """The log is the administrator's, and small."""
    problems = b'{"problems": [{"where": "x", "what": "%s"}]}'
    with misbehaving(answer(400, body=problems % (b"y" * 50_000))) as server:
        assert _post(server.url) == Outcome("refused", "x " + "y" * 498)
    with misbehaving(answer(400, body=problems % (b"y" * 5_000_000))) as server:
        assert _post(server.url) == Outcome("refused", "status 400")


@pytest.mark.parametrize("behave", [close_at_once, close_in_the_middle, answer(99), answer(1000)])
def test_what_is_no_answer_may_be_tried_again(behave: Behaviour) -> None:
    """The report may have been lost."""
    with misbehaving(behave) as server:
        outcome = _post(server.url)
    assert (outcome.kind, outcome.wait) == ("later", 0.0)
    assert outcome.detail.startswith("the collector could not be reached (")


def test_a_port_where_nobody_listens() -> None:
    """It is told as it is."""
    with refusing("http") as server:
        assert _post(server.url) == Outcome("later", "the collector could not be reached (Connection refused)")


def test_a_name_that_nobody_knows() -> None:
    """RFC 6761 keeps it so; a label that is too long is no name either."""
    for host in ("collector.invalid", "x" * 64 + ".invalid"):
        assert _post(f"https://{host}").detail.startswith("the collector could not be reached (")


def test_the_authority_of_ssl_cert_file_is_trusted(trust: Authority) -> None:
    """A house that runs a collector of its own has an authority of its own."""
    with misbehaving(answer(202), trust.good()) as server:
        assert _post(server.url) == Outcome("accepted")


@pytest.mark.parametrize("which", ["unknown authority", "self-signed", "another host", "expired"])
def test_a_bad_certificate_gets_nothing(authority: Authority, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No request, no secret, and no second try without TLS."""
    contexts = {
        "unknown authority": authority.good,
        "self-signed": self_signed,
        "another host": authority.of_another_host,
        "expired": authority.expired,
    }
    if which == "unknown authority":
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    else:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with misbehaving(answer(202), contexts[which]()) as server:
        outcome = _post(server.url)
        assert outcome.kind == "later"
        assert "certificate verify failed" in outcome.detail
    assert server.requests == []
    assert server.plain == []
    assert len(server.greetings) == 1


def test_a_certificate_file_that_is_not_there_trusts_nobody(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is no reason to trust everybody."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with misbehaving(answer(202), authority.good()) as server:
        assert "certificate verify failed" in _post(server.url).detail
    assert server.requests == []


def test_what_answers_without_tls_gets_nothing(trust: Authority) -> None:
    """It is not asked in plain HTTP."""
    with misbehaving(answer(202)) as server:
        assert _post(server.url.replace("http:", "https:")).kind == "later"
        assert server.plain == []
    assert [request for request in server.requests if request.path.startswith("/v1")] == []


def test_an_acceptance_says_how_many_are_counted() -> None:
    """A number and a week are read."""
    with misbehaving(answer(202, body=b'{"counted": 812, "week": "2026-W47", "more": 1}')) as server:
        assert _post(server.url) == Outcome("accepted", counted=Counted(812, "2026-W47"))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"\xff", b"[" * 60_000, b'{"counted": 812}', b'{"counted": "812", "week": "2026-W47"}',
        b'{"counted": true, "week": "2026-W47"}', b'{"counted": -1, "week": "2026-W47"}',
        b'{"counted": 1e3, "week": "2026-W47"}', b'{"counted": 99999999999, "week": "2026-W47"}',
        b'{"counted": 812, "week": "2026-W47\\nforged"}', b'{"counted": 812, "week": 47}', b" " * 5_000_000,
    ],
    ids=lambda body: repr(body[:50]),
)  # fmt: skip
def test_an_acceptance_that_says_anything_else_is_one(body: bytes) -> None:
    """Whatever a collector sends with it, the report is accepted, and nothing of that is believed."""
    with misbehaving(answer(202, body=body)) as server:
        assert _post(server.url) == Outcome("accepted")


def test_an_acceptance_that_does_not_end_is_one() -> None:
    """Nor does it last longer than any other exchange."""
    with misbehaving(trickle(b"HTTP/1.1 202 Accepted\r\n\r\n", b" ", 0.01)) as server:
        assert _post(server.url, SHORT) == Outcome("accepted")
