"""Signing in by GitHub, before a fake that speaks its interface over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from headcount.server.web.sign_in.exchange import Exchange
from headcount.server.web.sign_in.github import GitHub
from headcount.settings import Settings
from tests.support import github as fakes
from tests.support.entrance import URL, Entrance, Visitor, patient
from tests.support.openid import free_port


@pytest.fixture(scope="module")
def running() -> Iterator[fakes.GitHub]:
    """The fake, for all tests of the module."""
    with fakes.github() as fake:
        yield fake


@pytest.fixture
def fake(running: fakes.GitHub) -> Iterator[fakes.GitHub]:
    """The fake, as it is at first."""
    yield running
    running.refuses, running.headers = None, {}


def _github(url: str, team: str = fakes.TEAM, secret: str = fakes.SECRET, exchange: Exchange | None = None) -> GitHub:
    settings = Settings(
        github_client_id=fakes.CLIENT,
        github_client_secret=secret,
        github_organisation=fakes.ORGANISATION,
        github_team=team,
        github_url=url,
    )
    return GitHub(settings, URL, exchange or patient())


def _come_back(fake: fakes.GitHub, visitor: Visitor, login: str, begin: str = "/sign-in/github") -> str:
    return fake.authorize(visitor.get(begin).headers["location"], login)


def test_a_member_of_the_team_signs_in(fake: fakes.GitHub, tmp_path: Path) -> None:
    """With PKCE, and is sent where they wanted to go; what is logged of them is GitHub's number; they sign out."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url)]))
    assert visitor.get("/who?x=1").headers["location"] == "/sign-in?next=%2Fwho%3Fx%3D1"
    page = visitor.get("/sign-in?next=%2Fwho%3Fx%3D1").text
    assert '<a href="/sign-in/github?next=%2Fwho%3Fx%3D1">Sign in with GitHub</a>' in page
    answer = visitor.get(_come_back(fake, visitor, "ada", "/sign-in/github?next=%2Fwho%3Fx%3D1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/who?x=1")
    assert answer.headers["cache-control"] == "no-store"
    assert visitor.get("/who").text == "github:1003"
    assert "You are signed in as <strong>ada</strong>" in visitor.get("/sign-in").text
    assert visitor.post("/sign-out").headers["location"] == "/sign-in"
    assert visitor.get("/who").status_code == 303


@pytest.mark.parametrize(
    ("login", "team", "missing"),
    [
        ("eve", "core", "That account is no member of the team core of example"),
        ("pat", "core", "That account has not accepted its invitation to the team core of example"),
        ("eve", "other", "That account is no member of the team other of example"),
        ("mallory", "", "That account is no member of the organisation example"),
        ("eve", "", None),
    ],
)
def test_who_is_no_member_is_told_so(
    fake: fakes.GitHub, tmp_path: Path, login: str, team: str, missing: str | None
) -> None:
    """403: which account it is, what it lacks, and how to take another one; no session is begun."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url, team)]))
    answer = visitor.get(_come_back(fake, visitor, login, "/sign-in/github?next=/who"))
    if missing is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 403
    assert f"At GitHub you are <strong>{login}</strong>. {missing}." in answer.text
    assert '<a href="/sign-in/github?next=%2Fwho&amp;another=1">' in answer.text
    assert "prompt=select_account" in visitor.get("/sign-in/github?another=1").headers["location"]
    assert visitor.get("/who").status_code == 303


@pytest.mark.parametrize(
    ("refuses", "headers", "status", "says"),
    [
        (403, {}, 403, "GitHub does not say whether that account is a member of the team core of example"),
        (403, {"x-ratelimit-remaining": "0"}, 503, "GitHub has answered this application too often in the last hour"),
        (429, {"retry-after": "60"}, 503, "GitHub has answered this application too often in the last hour"),
        (502, {}, 503, "GitHub answers with status 502"),
    ],
)
def test_what_github_refuses_to_say_is_told(
    fake: fakes.GitHub, tmp_path: Path, refuses: int, headers: dict[str, str], status: int, says: str
) -> None:
    """An organisation that has not approved the application, too many questions, and a failure are told apart."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url)]))
    back = _come_back(fake, visitor, "ada")
    fake.refuses, fake.headers = refuses, headers
    answer = visitor.get(back)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert visitor.get("/who").status_code == 303


def test_a_wrong_secret_is_told(fake: fakes.GitHub, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By what GitHub calls the error, on the page and in the log, and by no word of its own choice."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url, secret="wrong")]))
    answer = visitor.get(_come_back(fake, visitor, "ada"))
    assert answer.status_code == 503
    assert "GitHub refuses: it says incorrect_client_credentials: try again" in answer.text
    assert [record.message for record in caplog.records if record.name.startswith("headcount")] == [
        "nobody can sign in now: GitHub refuses: it says incorrect_client_credentials (OAuthError)"
    ]


def test_a_provider_that_waits_holds_up_nobody(fake: fakes.GitHub, tmp_path: Path) -> None:
    """While one is on the way, others see pages, and sign in by what they have."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url)]))
    back = _come_back(fake, visitor, "ada")

    async def both() -> int:
        fake.open.clear()
        waiting = asyncio.create_task(visitor.request("GET", back))
        while not fake.asked or fake.asked[-1] != "/login/oauth/access_token":
            await asyncio.sleep(0.01)
        assert (await visitor.request("GET", "/sign-in")).status_code == 200
        assert not waiting.done()
        fake.open.set()
        return (await waiting).status_code

    fake.asked.clear()
    assert asyncio.run(both()) == 303


def test_a_provider_that_answers_too_late_is_given_up(fake: fakes.GitHub, tmp_path: Path) -> None:
    """503, with one sentence."""
    visitor = Visitor(Entrance(tmp_path, [_github(fake.url, exchange=Exchange(0.1))]))
    back = _come_back(fake, visitor, "ada")
    fake.open.clear()
    answer = visitor.get(back)
    fake.open.set()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "GitHub takes too long to answer: try again in a minute, or sign in with a token." in answer.text


def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    """503, with one sentence; what goes by tokens goes on."""
    entrance = Entrance(tmp_path, [_github(f"http://127.0.0.1:{free_port()}")])
    visitor = Visitor(entrance)
    state = dict(part.split("=") for part in visitor.get("/sign-in/github").headers["location"].split("&"))["state"]
    answer = visitor.get(f"/sign-in/github/callback?code=x&state={state}")
    assert (answer.status_code, "GitHub cannot be reached: try again" in answer.text) == (503, True)
    _, token = entrance.tokens.make("a script")
    assert visitor.get("/who", authorization=f"Bearer {token}").text == token.partition(".")[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[1]",
        b'{"access_token": 5}',
        b'{"error": "<b>no</b>"}',
        b"\xff\xfe",
        b'"' + b"x" * 2_000_000 + b'"',
    ],
    ids=["nothing", "html", "list", "number", "markup", "bytes", "large"],
)
def test_rubbish_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever a provider answers: 503, with one sentence in which nothing of it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            self.send_response(200)
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with fakes.serving_with(Handler) as url:
        visitor = Visitor(Entrance(tmp_path, [_github(url)]))
        state = dict(part.split("=") for part in visitor.get("/sign-in/github").headers["location"].split("&"))["state"]
        answer = visitor.get(f"/sign-in/github/callback?code=x&state={state}")
    assert (answer.status_code, "GitHub answers what Headcount cannot use: try again" in answer.text) == (503, True)
