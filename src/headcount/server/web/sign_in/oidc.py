"""Signing in by any provider of OpenID Connect, as OpenID Connect Core 1.0 has it for the authorization code flow.

With PKCE (RFC 7636) and a nonce. What comes back has an address of its own, so that no other provider's answer is taken for
this one's. An account may sign in by a group, or by an e-mail address that the provider has confirmed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from headcount.server.web.sign_in.exchange import Exchange, Registration, fetch, mapping
from headcount.server.web.sign_in.provider import Account, Attempt, WrongTeam, callback_path
from headcount.settings import Settings, is_plain_loopback

_SIGNED = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LEEWAY = 120  # seconds by which the provider's clock may differ
_KEPT = 3600.0  # seconds for which the provider's own description is believed


class _Description:
    """What the provider says of itself, when that was asked for, and the keys by which it signs, once they were."""

    def __init__(self, document: dict[str, Any], since: float) -> None:
        self.document = document
        self.since = since
        self.keys: KeySet | None = None

    def at(self, name: str) -> str:
        """Return the address of an endpoint. Raises KeyError where there is none."""
        return str(self.document[name])


class OpenIdConnect:
    """The provider of the settings ``oidc_…``."""

    key = "oidc"

    def __init__(self, settings: Settings, own_url: str, exchange: Exchange, clock: Callable[[], float]) -> None:
        """``own_url``: the address by which browsers reach this server; ``clock`` gives seconds that only pass."""
        self.name = settings.oidc_name or str(urlsplit(settings.oidc_issuer).hostname)
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client = settings.oidc_client_id, settings.oidc_client_secret
        self._redirect_uri = own_url + callback_path(self.key)
        self._groups = frozenset(settings.oidc_groups)
        self._emails = tuple(each.casefold() for each in settings.oidc_emails)
        self._claim = settings.oidc_groups_claim
        self._scope = " ".join(dict.fromkeys(["openid", *(["email"] if self._emails else []), *settings.oidc_scopes]))
        self._exchange = exchange
        self._clock = clock
        self._described: _Description | None = None

    async def address(self, attempt: Attempt, *, another: bool) -> str:
        """Return the provider's authorization endpoint, with what it is to send back."""
        async with self._exchange.step(self._registration()) as client:
            described = await self._description(client)
            extra = {"prompt": _prompt(described)} if another else {}
            url, _ = client.create_authorization_url(
                described.at("authorization_endpoint"), attempt.state, attempt.verifier, nonce=attempt.nonce, **extra
            )
            return str(url)

    async def account(self, attempt: Attempt, code: str) -> Account:
        """Return the account that the provider signed for, if it may sign in."""
        async with self._exchange.step(self._registration()) as client:
            described = await self._description(client)
            token = await client.fetch_token(described.at("token_endpoint"), code=code, code_verifier=attempt.verifier)
            claims = await self._claims(client, described, token, attempt.nonce)
            if self._asks_more(claims) and "userinfo_endpoint" in described.document:
                more = mapping(await client.get(described.at("userinfo_endpoint")))
                if more.get("sub") != claims["sub"]:
                    raise ValueError("the further claims are of another account")
                claims = {**more, **claims}
            return self._let_in(claims)

    def _registration(self) -> Registration:
        document = self._described.document if self._described else {}
        known = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        how = "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
        return Registration(self.name, *self._client, how, self._redirect_uri, self._scope)

    async def _description(self, client: Any) -> _Description:
        """Return what the provider says of itself; asked for anew where that is an hour old."""
        now = self._clock()
        if self._described is None or now - self._described.since > _KEPT:
            document = mapping(await fetch(client, f"{self._issuer}/.well-known/openid-configuration"))
            if str(document["issuer"]).rstrip("/") != self._issuer:
                raise ValueError("it is another issuer")
            for name in [*_ENDPOINTS, *({"userinfo_endpoint"} & document.keys())]:
                _check_private(document[name])
            self._described = _Description(document, now)
        return self._described

    async def _claims(self, client: Any, described: _Description, token: Any, nonce: str) -> dict[str, Any]:
        """Return what the provider's signed answer says, once it is known to be that, for this client and this attempt."""
        algorithms = _SIGNED & set(described.document.get("id_token_signing_alg_values_supported") or ["RS256"])
        registry = JWSRegistry(algorithms=sorted(algorithms), strict_check_header=False)
        keys = described.keys or await _fetch_keys(client, described)
        try:
            signed = jwt.decode(token["id_token"], keys, registry=registry)
        except InvalidKeyIdError:  # the provider has new ones
            signed = jwt.decode(token["id_token"], await _fetch_keys(client, described), registry=registry)
        values = {"iss": described.document["issuer"], "aud": self._client[0], "nonce": nonce}
        expected = {name: {"essential": True, "value": value} for name, value in values.items()}
        for_code = {"nonce": nonce, "client_id": self._client[0], "access_token": token["access_token"]}
        claims = CodeIDToken(signed.claims, signed.header, expected, for_code)
        claims.validate(now=int(time.time()), leeway=_LEEWAY)
        return dict(claims)

    def _asks_more(self, claims: Mapping[str, Any]) -> bool:
        wanted = {self._claim} if self._groups else set()
        return bool((wanted | ({"email", "email_verified"} if self._emails else set())) - claims.keys())

    def _let_in(self, claims: Mapping[str, Any]) -> Account:
        subject = claims["sub"]
        if not (isinstance(subject, str) and subject.isascii() and subject.isprintable() and 0 < len(subject) <= 255):
            raise ValueError("an account has no id")
        listed = claims.get(self._claim, [])
        groups = {listed} if isinstance(listed, str) else {each for each in listed if isinstance(each, str)}
        email = claims.get("email")
        address = email.casefold() if isinstance(email, str) and claims.get("email_verified") in (True, "true") else ""
        name = next((claims[each] for each in ("preferred_username", "email", "name") if each in claims), subject)
        if groups & self._groups or any(_covers(each, address) for each in self._emails):
            return Account(f"{self.key}:{subject}", str(name))
        raise WrongTeam(str(name), self._missing())

    def _missing(self) -> str:
        groups = f"is in none of these groups: {', '.join(sorted(self._groups))}"
        email = f"has no address that {self.name} has confirmed and that may sign in"
        return "That account " + ", and ".join([groups] * bool(self._groups) + [email] * bool(self._emails))


def _prompt(described: _Description) -> str:
    """Return what has a provider ask for an account, though one is signed in there."""
    known = described.document.get("prompt_values_supported") or ["select_account"]
    return "select_account" if "select_account" in known else "login"


async def _fetch_keys(client: Any, described: _Description) -> KeySet:
    keys = mapping(await fetch(client, described.at("jwks_uri")))
    described.keys = KeySet.import_key_set({"keys": keys["keys"]})
    return described.keys


def _check_private(url: object) -> None:
    """Raise ValueError where what is sent to an address could be read on the way."""
    if not (isinstance(url, str) and (urlsplit(url).scheme == "https" or is_plain_loopback(url))):
        raise ValueError("an address of it is not https")


def _covers(allowed: str, address: str) -> bool:
    return bool(address) and (address.endswith(allowed) if allowed.startswith("@") else address == allowed)
