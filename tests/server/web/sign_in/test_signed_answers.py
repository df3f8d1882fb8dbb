"""What a provider signs is believed where it is signed by its keys, for this server, this sign-in and this moment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwk, jwt

from headcount.server.web.sign_in.oidc import OpenIdConnect
from headcount.settings import Settings
from tests.support.entrance import URL, Entrance, Visitor, patient
from tests.support.github import serving_with
from tests.support.openid import parameters

SECRET = "a secret that is long enough for a signature".replace(" ", "-")


class Provider:
    """A provider that signs whatever a test wants, as no good one does.

    ``described``: what it says of itself beside its addresses; ``claims`` changes those of a good answer; ``sign`` signs
    them; ``keys``: what it publishes; ``more``: what it says of the account beside what it signed.
    """

    def __init__(self) -> None:
        self.url = ""
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "1"})
        self.keys = [self.key]
        self.claims: Callable[[dict[str, Any]], object] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.by_key
        self.more: dict[str, Any] = {"sub": "ada"}
        self.described: dict[str, Any] = {}
        self.nonce = ""

    def by_key(self, claims: dict[str, Any]) -> str:
        """Sign as a good provider does."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def answer(self, path: str) -> dict[str, Any]:
        """Return what it answers at a path."""
        if path == "/.well-known/openid-configuration":
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
            return {"issuer": self.url, **self.described, **{name: f"{self.url}/{name}" for name in names}}
        if path == "/jwks_uri":
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/userinfo_endpoint":
            return self.more
        now = int(time.time())
        claims = {"iss": self.url, "aud": "headcount", "sub": "ada", "iat": now, "exp": now + 60, "nonce": self.nonce,
                  "groups": ["team"]}  # fmt: skip
        self.claims(claims)
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """The provider, for all tests of the module."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(provider.answer(self.path)).encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_with(Handler) as provider.url:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, good again."""
    running.claims, running.sign, running.more, running.keys = (
        lambda _: None,
        running.by_key,
        {"sub": "ada"},
        [running.key],
    )
    return running


@pytest.fixture
def visitor(provider: Provider, tmp_path: Path) -> Visitor:
    """Who signs in there."""
    settings = Settings(
        oidc_issuer=provider.url, oidc_client_id="headcount", oidc_client_secret=SECRET, oidc_groups=("team",)
    )
    return Visitor(Entrance(tmp_path, [OpenIdConnect(settings, URL, patient(), lambda: 0.0)]))


def _status(provider: Provider, visitor: Visitor) -> int:
    asked = parameters(visitor.get("/sign-in/oidc").headers["location"])
    provider.nonce = asked["nonce"]
    return visitor.get(f"/sign-in/oidc/callback?code=x&state={asked['state']}").status_code


def test_a_good_answer_is_believed(provider: Provider, visitor: Visitor) -> None:
    """Also where the groups come with the further claims, and where the provider has a new key since."""
    assert _status(provider, visitor) == 303
    provider.claims, provider.more = lambda claims: claims.pop("groups"), {"sub": "ada", "groups": "team"}
    assert _status(provider, visitor) == 303
    provider.claims = lambda claims: claims.update(aud=["other", "headcount"], azp="headcount")
    assert _status(provider, visitor) == 303
    provider.key = jwk.RSAKey.generate_key(2048, {"kid": "2"})
    provider.keys = [provider.key]
    assert _status(provider, visitor) == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example.org"}, {"aud": "other"}, {"aud": "other", "azp": "headcount"},
        {"aud": ["headcount", "other"], "azp": "other"}, {"exp": 1}, {"iat": 4_000_000_000}, {"nonce": "other"},
        {"nonce": None}, {"sub": ""}, {"sub": 5}, {"sub": "a" * 256}, {"sub": "é"}, {"groups": 5}, {"at_hash": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_for_this_sign_in_is_refused(provider: Provider, visitor: Visitor, claims: dict[str, Any]) -> None:
    """503: another issuer, client, moment or nonce; an account without an id; groups that are none."""
    provider.claims = lambda good: good.update(claims)
    assert _status(provider, visitor) == 503
    assert visitor.get("/who").status_code == 303


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce", "sub"])
def test_nothing_that_tells_may_be_missing(provider: Provider, visitor: Visitor, name: str) -> None:
    """503."""
    provider.claims = lambda good: good.pop(name)
    assert _status(provider, visitor) == 503


def test_what_the_provider_did_not_sign_is_refused(provider: Provider, visitor: Visitor) -> None:
    """Nobody's signature, one by the secret that both have, another's key under the same name, and none that is a token."""
    other = jwk.RSAKey.generate_key(2048, {"kid": str(provider.key.kid)})
    secret = jwk.OctKey.import_key(SECRET)

    def by_nobody(claims: dict[str, Any]) -> str:
        _, body, _ = provider.by_key(claims).split(".")
        return f"eyJhbGciOiJub25lIn0.{body}."

    for sign in (
        by_nobody,
        lambda claims: jwt.encode({"alg": "HS256", "kid": "1"}, claims, secret),
        lambda claims: jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, other),
        lambda _: "no token",
    ):
        provider.sign = sign
        assert _status(provider, visitor) == 503
    assert visitor.get("/who").status_code == 303


def test_further_claims_are_of_the_same_account(provider: Provider, visitor: Visitor) -> None:
    """503 where they are another's, who may be in the team."""
    provider.claims = lambda claims: claims.pop("groups")
    provider.more = {"sub": "eve", "groups": ["team"]}
    assert _status(provider, visitor) == 503


@pytest.mark.parametrize(
    ("known", "prompt"),
    [([], "select_account"), (["none", "login", "consent"], "login"), (["login", "select_account"], "select_account")],
)
def test_another_account_is_asked_for_as_the_provider_knows_it(
    provider: Provider, visitor: Visitor, known: list[str], prompt: str
) -> None:
    """With the choice of one, or where it has none with a new sign-in; what it does not know it may refuse."""
    provider.described = {"prompt_values_supported": known}
    assert parameters(visitor.get("/sign-in/oidc?another=1").headers["location"])["prompt"] == prompt
    assert "prompt" not in parameters(visitor.get("/sign-in/oidc").headers["location"])
