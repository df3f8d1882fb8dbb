"""Who may see the answers: who shows a token, or has a session that a token, the link or an account began."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from headcount import dashboard
from headcount.server.data.tokens import Tokens
from headcount.server.web.sign_in.attempts import Attempts, same
from headcount.server.web.sign_in.provider import Account, Provider, begin_address
from headcount.server.web.sign_in.sessions import Bounds, Session, Sessions
from headcount.server.web.site_watch import public_state

_WRONG = "That token opens nothing: it is wrong, or was revoked, or is of the link of an earlier start."
_LINK = "link"  # stands for the id of the token in the link
NO_STORE = {"cache-control": "no-store"}
"""The header of an answer with a secret in it, or on a way that has one."""

Endpoint = Callable[[Request], Awaitable[Response]]
PrivateEndpoint = Callable[[Request, str], Awaitable[Response]]
"""An endpoint that is told who asks: the id of a token or of an account."""

Guard = Callable[[PrivateEndpoint], Endpoint]
"""Makes of a private endpoint one that only those reach who signed in."""


class Cookies(NamedTuple):
    """How cookies are set: the ``port`` is in their names, since browsers give a cookie of a host to all its ports.

    ``secure``: browsers reach the server by TLS, and are to send them by nothing else.
    """

    port: int
    secure: bool = False

    @property
    def session(self) -> str:
        """The name of the one that holds a session; with the prefix no other host and no plain HTTP can set it."""
        return f"{'__Host-' if self.secure else ''}headcount-{self.port}"

    @property
    def attempt(self) -> str:
        """The name of the one that holds a sign-in under way."""
        return f"{'__Secure-' if self.secure else ''}headcount-{self.port}-signing-in"


class SignIn:
    """Knows who may see the answers: who holds one of ``tokens``, opened the server's link, or has an account.

    The link's token is made at each start and held in memory alone, as sessions are. A session ends with the server, by
    its own bounds, at a sign-out, or when the token is revoked that began it.
    """

    def __init__(
        self,
        tokens: Tokens,
        cookies: Cookies,
        bounds: Bounds,
        providers: Sequence[Provider] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``bounds``: of sessions; ``providers``: by which accounts can sign in; ``clock`` gives seconds that only pass."""
        self.token = secrets.token_urlsafe(24)
        self.cookies = cookies
        self.providers = providers
        self._tokens = tokens
        self.attempts = Attempts(clock)
        self._sessions = Sessions(bounds, clock)

    def who(self, request: Request) -> str | None:
        """Return the id of the token or account with which the request is signed in; None where it is not."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._holder(token)
        session = self.session(request)
        return None if session is None else session.who

    def session(self, request: Request) -> Session | None:
        """Return the session of a request; None where it has none that holds."""
        session = self._sessions.use(request.cookies.get(self.cookies.session, ""))
        if session is None or not (
            session.account is not None or session.who == _LINK or self._tokens.holds(session.who)
        ):
            return None
        return session

    def exchange(self, request: Request) -> Response | None:
        """Return, for a request with a right token in its address, a redirect to the same page that begins a session."""
        token_id = self._holder(request.query_params.get("token", ""))
        if token_id is None:
            return None
        url = request.url.remove_query_params("token")
        response = RedirectResponse(f"{url.path}?{url.query}" if url.query else url.path, 303, NO_STORE)
        return self._begun(request, response, token_id, None)

    def admit(self, request: Request, account: Account, path: str) -> Response:
        """Return a redirect to a path of ours that begins a session of an account, in place of that of the request."""
        return self._begun(request, RedirectResponse(path, 303, NO_STORE), account.id, account.name)

    def dismiss(self, request: Request, path: str) -> Response:
        """End the session of a request; return a redirect to a path of ours, at which a browser forgets the pages it has."""
        response = RedirectResponse(path, 303, {**NO_STORE, "clear-site-data": '"cache"'})
        if self.cookies.session in request.cookies:
            self._sessions.end(request.cookies[self.cookies.session])
            response.delete_cookie(self.cookies.session, httponly=True, samesite="lax", secure=self.cookies.secure)
        return response

    def page(self, request: Request, after: str = "/", *, note: str = "") -> str:
        """Return the page that says how to sign in, who is signed in already, and come back to the path ``after``.

        ``note``: a sentence on what went wrong.
        """
        ways = [dashboard.Way(each.name, begin_address(each.key, after)) for each in self.providers]
        session = self.session(request)
        account = None if session is None else session.account or ""
        return dashboard.sign_in_page(public_state(request), ways, after, account, note)

    def _begun(self, request: Request, response: Response, who: str, account: str | None) -> Response:
        self._sessions.end(request.cookies.get(self.cookies.session, ""))
        session = self._sessions.begin(who, account)
        response.set_cookie(self.cookies.session, session, httponly=True, samesite="lax", secure=self.cookies.secure)
        return response

    def _holder(self, token: str) -> str | None:
        return _LINK if same(token, self.token) else self._tokens.holder(token)


def guard(sign_in: SignIn) -> Guard:
    """Return what lets only those reach an endpoint who signed in."""

    def guarded(endpoint: PrivateEndpoint) -> Endpoint:
        async def check(request: Request) -> Response:
            redirect = sign_in.exchange(request)
            if redirect is not None:
                return redirect
            who = sign_in.who(request)
            return _turned_away(request, sign_in) if who is None else await endpoint(request, who)

        return check

    return guarded


def _turned_away(request: Request, sign_in: SignIn) -> Response:
    if request.url.path.startswith(("/api/", "/metrics")):
        problem = "send a token of `headcount token`, as a bearer's; see /public without one"
        return JSONResponse({"problem": problem}, 401)
    if "token" in request.query_params or "authorization" in request.headers:
        return HTMLResponse(sign_in.page(request, note=_WRONG), 401)
    if sign_in.providers and request.url.path != "/":  # somebody sent the address to a maintainer, or a session ended
        path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(f"/sign-in?{urlencode({'next': path})}", 303)
    return RedirectResponse("/public", 303)
