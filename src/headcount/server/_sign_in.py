"""Signing in with a link: it holds a token, which is exchanged for a cookie, as notebooks do."""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_COOKIE = "headcount"


class SignIn:
    """Knows who may see the answers: who opened the link, and who sends the token as a bearer's.

    The token and the cookie's value are made anew at each start, and kept in memory only.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self._session = secrets.token_urlsafe(24)

    def allows(self, request: Request) -> bool:
        """Whether the request is signed in."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(token, self.token):
            return True
        return _same(request.cookies.get(_COOKIE, ""), self._session)

    def exchange(self, request: Request) -> Response | None:
        """For a request with the right token in its address, a redirect to the same page that sets the cookie."""
        if not _same(request.query_params.get("token", ""), self.token):
            return None
        response = RedirectResponse(str(request.url.remove_query_params("token").path) or "/", status_code=303)
        response.set_cookie(_COOKIE, self._session, httponly=True, samesite="lax")
        return response


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
