"""Signing in by OpenID Connect, at a real provider on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from headcount.server.web.sign_in.oidc import OpenIdConnect
from headcount.settings import Settings
from tests.support.entrance import URL, Entrance, Visitor, patient
from tests.support.github import serving_with
from tests.support.openid import ADA, EVE, TEAM, authorize, free_port, openid_provider, parameters, with_parameter

BEGIN = "/sign-in/oidc"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider, which knows two accounts."""
    with openid_provider(ADA, EVE) as running:
        yield running


def _provider(issuer: str, **settings: Any) -> OpenIdConnect:
    allowed = settings or {"oidc_groups": (TEAM,)}
    whole = Settings(
        oidc_issuer=issuer, oidc_client_id="headcount", oidc_client_secret="hush", oidc_name="Id", **allowed
    )
    return OpenIdConnect(whole, URL, patient(), lambda: 0.0)


def _visitor(issuer: str, path: Path, **settings: Any) -> Visitor:
    return Visitor(Entrance(path, [_provider(issuer, **settings)]))


def test_a_member_of_a_group_signs_in(issuer: str, tmp_path: Path) -> None:
    """With a state, a nonce and PKCE; what is logged of them is the provider's id of them."""
    visitor = _visitor(issuer, tmp_path)
    address = visitor.get(f"{BEGIN}?next=/who").headers["location"]
    asked = parameters(address)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert asked["redirect_uri"] == f"{URL}/sign-in/oidc/callback"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    answer = visitor.get(authorize(address, "ada"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    assert visitor.get("/who").text == "oidc:ada"


@pytest.mark.parametrize(
    ("subject", "settings", "missing"),
    [
        ("eve", {"oidc_groups": (TEAM, "core")}, "That account is in none of these groups: core, maintainers."),
        ("ada", {"oidc_groups": (TEAM,), "oidc_groups_claim": "roles"}, "is in none of these groups: maintainers."),
        ("ada", {"oidc_emails": ("ada@example.org",)}, None),
        ("ada", {"oidc_emails": ("@example.org",)}, None),
        (
            "ada",
            {"oidc_emails": ("@ample.org", "example.org", "da@example.org")},
            "has no address that Id has confirmed",
        ),
        (
            "eve",
            {"oidc_emails": ("ada@example.org",)},
            "That account has no address that Id has confirmed and that may sign in.",
        ),
        ("eve", {"oidc_groups": (TEAM,), "oidc_emails": ("@example.org",)}, "maintainers, and has no address that Id"),
        ("nobody", {"oidc_groups": (TEAM,)}, "is in none of these groups"),
    ],
)
def test_who_is_not_allowed_is_told_so(
    issuer: str, tmp_path: Path, subject: str, settings: dict[str, Any], missing: str | None
) -> None:
    """403: what the account lacks; an address counts where the provider has confirmed it, and it is the whole of one."""
    visitor = _visitor(issuer, tmp_path, **settings)
    answer = visitor.get(authorize(visitor.get(BEGIN).headers["location"], subject))
    assert answer.status_code == (303 if missing is None else 403)
    assert (missing or "") in answer.text
    assert visitor.get("/who").status_code == (200 if missing is None else 303)


def test_an_answer_is_taken_once(issuer: str, tmp_path: Path) -> None:
    """The same address again begins no session, also with the cookie that it had: 400, and how to begin again."""
    visitor = _visitor(issuer, tmp_path)
    back = authorize(visitor.get(BEGIN).headers["location"], "ada")
    cookies = dict(visitor.cookies)
    assert visitor.get(back).status_code == 303
    visitor.cookies = cookies
    answer = visitor.get(back)
    assert (answer.status_code, "begin again" in answer.text, "set-cookie" in answer.headers) == (400, True, False)
    assert visitor.get("/who").status_code == 303


def test_an_answer_is_taken_from_the_browser_that_asked(issuer: str, tmp_path: Path) -> None:
    """Nobody is signed in to another's account by a link; a state that was changed, or is missing, is none."""
    entrance = Entrance(tmp_path, [_provider(issuer)])
    visitor, victim = Visitor(entrance), Visitor(entrance)
    back = authorize(visitor.get(BEGIN).headers["location"], "ada")
    assert victim.get(back).status_code == 400
    victim.get(BEGIN)
    assert victim.get(back).status_code == 400
    for wrong in (with_parameter(back, "state", "x"), back.partition("&state")[0], f"{URL}/sign-in/oidc/callback"):
        assert visitor.get(wrong).status_code == 400
    assert visitor.get(back).status_code == 303


def test_an_answer_is_taken_for_ten_minutes(issuer: str, tmp_path: Path) -> None:
    """Who comes back later begins again."""
    entrance = Entrance(tmp_path, [_provider(issuer)])
    visitor = Visitor(entrance)
    back = authorize(visitor.get(BEGIN).headers["location"], "ada")
    entrance.now += 600
    assert visitor.get(back).status_code == 400


@pytest.mark.parametrize("name", ["nonce", "client_id"])
def test_what_was_signed_for_another_sign_in_is_refused(issuer: str, tmp_path: Path, name: str) -> None:
    """The provider signs another nonce where the address was changed on the way, and knows another client's code."""
    visitor = _visitor(issuer, tmp_path)
    address = with_parameter(visitor.get(BEGIN).headers["location"], name, "tampered")
    answer = visitor.get(authorize(address, "ada"))
    assert answer.status_code == 503
    assert (
        "Id answers what is not signed for this sign-in" if name == "nonce" else "Id refuses: it says"
    ) in answer.text
    assert visitor.get("/who").status_code == 303


def test_who_declines_may_try_again(issuer: str, tmp_path: Path) -> None:
    """403, with the ways; the page to go to is kept. Any other error is the provider's, and said in a sentence of ours."""
    visitor = _visitor(issuer, tmp_path)
    for error, status, says in (("access_denied", 403, "?next=%2Fwho"), ("<b>", 503, "nobody can sign in now")):
        state = parameters(visitor.get(f"{BEGIN}?next=/who").headers["location"])["state"]
        answer = visitor.get(f"{BEGIN}/callback?error={error}&state={state}&error_description=words")
        assert (answer.status_code, says in answer.text) == (status, True)
        assert "words" not in answer.text


def test_the_cookies_are_for_this_server_alone(issuer: str, tmp_path: Path) -> None:
    """Out of reach of scripts and other sites, and where the server is reached by TLS sent by nothing else."""
    for secure, prefixes in ((False, ("", "")), (True, ("__Secure-", "__Host-"))):
        visitor = Visitor(Entrance(tmp_path, [_provider(issuer)], secure=secure))
        begun = visitor.get(BEGIN)
        (attempt,) = visitor.cookies.values()
        visitor.get(authorize(begun.headers["location"], "ada"))
        (session,) = visitor.cookies.values()
        assert attempt.key == f"{prefixes[0]}headcount-8010-signing-in"
        assert session.key == f"{prefixes[1]}headcount-8010"
        assert (attempt["path"], attempt["max-age"], session["path"], session["max-age"]) == (
            "/sign-in",
            "600",
            "/",
            "",
        )
        for each in (attempt, session):
            assert (bool(each["httponly"]), each["samesite"].lower(), each["domain"]) == (True, "lax", "")
            assert bool(each["secure"]) is secure


def test_one_place_begins_so_many_sign_ins(issuer: str, tmp_path: Path) -> None:
    """429 for more of them, since each asks something of the provider; the page that lists the ways is there."""
    visitor = Visitor(Entrance(tmp_path, [_provider(issuer)], each_hour=2))
    assert [visitor.get(BEGIN).status_code for _ in range(3)] == [303, 303, 429]
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.get("/sign-in/perl").status_code == 404


def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    """503, with one sentence, already when signing in begins."""
    answer = _visitor(f"http://127.0.0.1:{free_port()}", tmp_path).get(BEGIN)
    assert (answer.status_code, "Id cannot be reached: try again in a minute" in answer.text) == (503, True)


def _described(url: str, **other: Any) -> bytes:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return json.dumps({"issuer": url, **{name: f"{url}/{name}" for name in names}, **other}).encode()


@pytest.mark.parametrize(
    "other",
    [
        {"issuer": "https://elsewhere.example.org"},
        {"authorization_endpoint": "http://elsewhere.example.org/"},
        {"token_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 5},
        {"issuer": None},
    ],
)
def test_a_provider_that_says_what_cannot_be_is_told(tmp_path: Path, other: dict[str, Any]) -> None:
    """Another issuer, and addresses to which something secret would go in the clear."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(_described(f"http://{self.headers['host']}", **other))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_with(Handler) as url:
        answer = _visitor(url, tmp_path).get(BEGIN)
    assert (answer.status_code, "Id answers what Headcount cannot use" in answer.text) == (503, True)
