"""Where a token may not be: in a log, a redirect, a cache, a file or an answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount.contract import PATHS
from headcount.settings import BadSettings, is_plain_loopback, read_settings
from tests.support.command import headcount
from tests.support.reports import REPORT
from tests.support.routes import address_of, all_routes
from tests.support.serving import Answered, Served, _running, ingesting, serving

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that logs all that it can, over an empty data directory; it is stopped by the last test of it."""
    path = tmp_path_factory.mktemp("secrecy")
    with serving(path / "data", path / "stderr", "--log-level=debug", "--question-quota=0") as served:
        yield served


def _paths(tmp_path: Path) -> list[str]:
    return [address_of(path) for path, _ in all_routes(tmp_path / "routes")] + list(PATHS)


def test_no_address_leads_to_another(server: Served, tmp_path: Path) -> None:
    """With a slash more or less it is no address: a redirect would name the scheme that the server is reached by."""
    paths = _paths(tmp_path)
    with ingesting(tmp_path / "data", tmp_path / "stderr") as other:
        for served in (server, other):
            for path in paths:
                changed = path.rstrip("/") if path != "/" and path.endswith("/") else f"{path.rstrip('/')}/"
                for wrong in {changed, f"/{path}", f"{path}/?token={server.token}"} - {"/", f"//?token={server.token}"}:
                    answered = served.request("GET", wrong, headers={"Authorization": f"Bearer {server.token}"})
                    assert (answered.status, answered.headers.get("location")) == (404, None), wrong


def test_what_is_private_is_asked_for_again_by_every_cache(server: Served) -> None:
    """Answers, metrics, documents, errors and the way to the sign-in are for who asks alone; the sign-in is kept nowhere."""
    bearer = {"Authorization": f"Bearer {server.token}"}
    for path in ("/api/ask/versions", "/metrics", "/openapi.json", "/privacy", "/readyz", "/nonsense"):
        assert server.request("GET", path, headers=bearer).headers["cache-control"] == "private, no-cache"
    for path in ("/", "/questions/nonsense", "/metrics", "/api/ask/versions"):
        assert server.request("GET", path).headers["cache-control"] == "private, no-cache"
    assert server.request("GET", f"/?token={server.token}").headers["cache-control"] == "no-store"


@pytest.mark.ci
def test_nothing_but_what_is_public_lies_in_a_cache(server: Served, tmp_path: Path) -> None:
    """Of all routes, pages too: what everybody may see says so."""
    bearer = {"Authorization": f"Bearer {server.token}"}
    for path in _paths(tmp_path):
        if path in PATHS:
            continue
        kept = server.request("GET", path, headers=bearer).headers["cache-control"]
        assert path.startswith(("/public", "/static", "/robots.txt")) or kept == "private, no-cache", path


def test_the_redirect_of_a_sign_in_stays_on_the_page(server: Served) -> None:
    """It is relative, and has the rest of the query without the token; only what is asked for is followed."""
    answered = server.request("GET", f"/questions/versions?by=python&token={server.token}&basis=seen")
    assert (answered.status, answered.headers["location"]) == (303, "/questions/versions?by=python&basis=seen")


def test_on_loopback_the_cookie_goes_by_plain_http(server: Served) -> None:
    """Or nobody could sign in to the server that they just started."""
    assert "Secure" not in server.request("GET", f"/?token={server.token}").headers["set-cookie"]
    assert "servers" not in server.request("GET", "/openapi.json").json()


@pytest.mark.ci
def test_a_token_stays_nowhere(server: Served, tmp_path: Path) -> None:
    """Tokens that hold, are revoked or were made up, in the address of every route, its headers and a cookie.

    None is in an answer's headers or body, in the log or on standard output, or in a file of the data directory.
    """
    made = [headcount("token", f"--data={server.data}").stdout.strip() for _ in range(2)]
    assert headcount("token", f"--revoke={made[1].partition('.')[0]}", f"--data={server.data}").returncode == 0
    tokens = [server.token, *made, f"{made[0].partition('.')[0]}.{'x7Q' * 14}9"]
    secrets = [token.rpartition(".")[2] for token in tokens]
    for path in _paths(tmp_path):
        for token in tokens:
            headers = {"Referer": f"http://127.0.0.1/?token={token}", "Accept": BROWSER, "User-Agent": token}
            for shown in ({}, {"Authorization": f"Bearer {token}"}, {"Cookie": f"token={token}"}):
                for where in (f"{path}?token={token}", f"{path}/{token}?basis=seen&where={token}"):
                    _assert_silent(server.request("GET", where, headers={**headers, **shown}), secrets, where)
            _assert_silent(server.post(path, {"token": token, "id": token}, headers), secrets, path)
    signed = server.request("GET", f"/?token={made[0]}").headers["set-cookie"].partition(";")[0]
    for where in (f"/questions/versions?token={made[1]}", f"/api/ask/versions?token={made[1]}", f"/?token={made[1]}"):
        _assert_silent(server.request("GET", where, headers={"Cookie": signed}), secrets, where)
    metrics = server.request("GET", "/metrics", headers={"Authorization": f"Bearer {made[0]}"})
    assert metrics.status == 200
    asked = b"".join(path.read_bytes() for path in (server.data / "asked").iterdir())
    assert json.loads(asked.splitlines()[-1])["asked"] == "the first page"
    log = server.stop()
    for secret in secrets:
        assert secret not in log + server.output.read()
        for file in server.data.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def _assert_silent(answered: Answered, secrets: list[str], where: str) -> None:
    text = f"{answered.headers}"
    assert not any(secret in text for secret in secrets), (where, text)
    if b"there is no" not in answered.body.lower():  # who is told what is wrong reads what they typed
        assert not any(secret.encode() in answered.body for secret in secrets), (where, answered.body)
    assert answered.headers.get("location", "/").startswith("/")
    assert answered.headers.get("referrer-policy", "no-referrer") == "no-referrer"


def test_the_cookie_goes_by_tls_alone_where_others_reach_the_server_by_it(tmp_path: Path) -> None:
    """By the public address; no link with a token is printed then, and the documents name that address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path / "data"
    options = (f"--port={port}", "--public-url=https://headcount.example.org/")
    with _running("serve", data, tmp_path / "stderr", options) as (process, out):
        lines = [out.readline() for _ in range(3)]
        assert lines[0].endswith(f"at http://127.0.0.1:{port}, for others at https://headcount.example.org.\n")
        assert lines[1] == "For the answers, make a token with `headcount token`.\n"
        served = Served(data, f"http://127.0.0.1:{port}", "", process, tmp_path / "stderr", out)
        token = headcount("token", f"--data={data}").stdout.strip()
        assert "; Secure" in served.request("GET", f"/?token={token}").headers["set-cookie"]
        document = served.request("GET", "/openapi.json").json()
        assert document["servers"] == [{"url": "https://headcount.example.org"}]
        assert served.post("/v1/reports", REPORT).status == 202


@pytest.mark.parametrize(
    ("url", "is_plain"),
    [
        ("http://127.0.0.1:8010", True), ("http://[::1]:8010", True), ("http://localhost", True),
        ("https://localhost", False), ("http://0.0.0.0:80", False), ("https://headcount.example.org", False),
    ],
)  # fmt: skip
def test_which_address_is_plain_http_to_this_machine(url: str, is_plain: bool) -> None:
    """Anything else is reached over a network."""
    assert is_plain_loopback(url) is is_plain


@pytest.mark.parametrize(
    "url", ["http://headcount.example.org", "headcount.example.org", "https://x.org/path", "https://a@x.org", "https://",
            "https://x.org?a", "https://x.org:port", "ftp://x.org"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Also one by which tokens would go over a network in the clear."""
    with pytest.raises(BadSettings, match="PUBLIC_URL in the environment: must be an address such as"):
        read_settings({}, {"HEADCOUNT_PUBLIC_URL": url}, None)


def test_in_the_journal_there_is_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a unit of systemd prints is kept there, and read by others."""
    from headcount.server._logs import is_journal

    with (tmp_path / "out").open("w") as out:
        status = (tmp_path / "out").stat()
        assert not is_journal(out)
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        assert is_journal(out)
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino + 1}")
        assert not is_journal(out)


def test_who_asks_too_much_is_told_to_wait(tmp_path: Path) -> None:
    """429 with when to ask again, as JSON and as a page, each maintainer by themselves; reports are taken meanwhile."""
    with serving(tmp_path / "data", tmp_path / "stderr", "--question-quota=3") as served:
        bearer = {"Authorization": f"Bearer {served.token}"}
        wrong = f"/api/ask/{'x' * 5000}?where={'y' * 5000}"
        assert [served.request("GET", wrong, headers=bearer).status for _ in range(3)] == [400] * 3
        told = served.request("GET", "/api/ask/installs", headers=bearer)
        assert told.status == 429
        assert 1190 <= int(told.headers["retry-after"]) <= 1200
        assert told.json()["problem"].startswith("you asked too much in the last hour")
        page = served.request("GET", "/", headers={**bearer, "Accept": BROWSER})
        assert (page.status, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        other = headcount("token", f"--data={served.data}").stdout.strip()
        assert served.request("GET", "/api/ask/installs", headers={"Authorization": f"Bearer {other}"}).status == 200
        assert served.post("/v1/reports", REPORT).status == 202
        (log,) = (served.data / "asked").iterdir()
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert [(line["asked"], line.get("refused")) for line in lines] == [("no question", True)] * 3 + [
            ("installs", None)
        ]
        assert log.stat().st_size < 1000
