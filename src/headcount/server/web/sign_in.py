"""Signing in: with a maintainer's token, as a bearer's or by a link that is exchanged for a cookie, as notebooks do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from headcount import dashboard
from headcount.server.data.tokens import Tokens
from headcount.server.web.site_watch import public_state

_LINK = "link"  # stands for the id of the token in the link
_NO_STORE = {"cache-control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]
PrivateEndpoint = Callable[[Request, str], Awaitable[Response]]
"""An endpoint that is told who asks: the id of a token."""

Guard = Callable[[PrivateEndpoint], Endpoint]
"""Makes of a private endpoint one that only those reach who signed in."""


class SignIn:
    """Knows who may see the answers: who holds one of ``tokens``, or opened the link that the server printed.

    The link's token is made at each start and held in memory alone, as is the key of the cookies. Cookies end with the
    server, or when their token is revoked.
    """

    def __init__(self, tokens: Tokens, port: int, *, secure: bool = False) -> None:
        """``port``: where the server listens. Browsers give a cookie of a host to all its ports, so its name holds it.

        ``secure``: whether browsers reach the server by TLS, and are to send the cookie by nothing else.
        """
        self.token = secrets.token_urlsafe(24)
        self._tokens = tokens
        self._cookie = f"headcount-{port}"
        self._secure = secure
        self._key = secrets.token_bytes(32)

    def who(self, request: Request) -> str | None:
        """Return the id of the token with which the request is signed in; None where it is not."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._holder(token)
        token_id, _, proof = request.cookies.get(self._cookie, "").rpartition(".")
        valid = token_id == _LINK or self._tokens.holds(token_id)
        return token_id if valid and _same(proof, self._proof(token_id)) else None

    def exchange(self, request: Request) -> Response | None:
        """Return, for a request with a right token in its address, a redirect to the same page that sets the cookie."""
        token_id = self._holder(request.query_params.get("token", ""))
        if token_id is None:
            return None
        url = request.url.remove_query_params("token")
        response = RedirectResponse(f"{url.path}?{url.query}" if url.query else url.path, 303, _NO_STORE)
        cookie = f"{token_id}.{self._proof(token_id)}"
        response.set_cookie(self._cookie, cookie, httponly=True, samesite="lax", secure=self._secure)
        return response

    def _holder(self, token: str) -> str | None:
        return _LINK if _same(token, self.token) else self._tokens.holder(token)

    def _proof(self, token_id: str) -> str:
        return hmac.new(self._key, token_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def guard(sign_in: SignIn) -> Guard:
    """Return what lets only those reach an endpoint who signed in."""

    def guarded(endpoint: PrivateEndpoint) -> Endpoint:
        async def check(request: Request) -> Response:
            redirect = sign_in.exchange(request)
            if redirect is not None:
                return redirect
            who = sign_in.who(request)
            return _turned_away(request) if who is None else await endpoint(request, who)

        return check

    return guarded


def _turned_away(request: Request) -> Response:
    if request.url.path.startswith(("/api/", "/metrics")):
        problem = "send a token of `headcount token`, as a bearer's; see /public without one"
        return JSONResponse({"problem": problem}, 401)
    if "token" in request.query_params or "authorization" in request.headers:
        return HTMLResponse(dashboard.sign_in_page(public_state(request)), 401)
    return RedirectResponse("/public", 303)
