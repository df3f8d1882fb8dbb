"""The pages of signing in, with one that is private, in this process: with a clock that a test sets, and no reports."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx2
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from headcount.ingest import Gate
from headcount.server.data.tokens import Tokens
from headcount.server.web.app import network_app
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.exchange import Exchange
from headcount.server.web.sign_in.guard import Cookies, SignIn, guard
from headcount.server.web.sign_in.provider import Provider
from headcount.server.web.sign_in.routes import sign_in_routes
from headcount.server.web.sign_in.sessions import Bounds

HOUR = 3600.0
URL = "http://127.0.0.1:8010"


@cache
def patient() -> Exchange:
    """Return what providers are asked with, so that no busy machine is too slow for it."""
    return Exchange(30.0)


class Entrance:
    """A server's pages of signing in, and at ``/who`` the id of who is signed in.

    Sessions last 12 hours, and two without a request. ``now``: seconds of the clock, for a test to set.
    """

    def __init__(
        self, path: Path, providers: Sequence[Provider] = (), *, secure: bool = False, each_hour: int = 120
    ) -> None:
        """``path``: a directory for the file of tokens; ``each_hour``: steps by a provider that one may take."""
        self.now = 1000.0
        self.tokens = Tokens(path / "tokens.json", lambda: 0.0)
        self.sign_in = SignIn(
            self.tokens, Cookies(8010, secure=secure), Bounds(12 * HOUR, 2 * HOUR), providers, self._clock
        )
        limit = RequestLimit(Gate(), each_hour, self._clock)
        self.app = network_app([*sign_in_routes(self.sign_in, limit), Route("/who", guard(self.sign_in)(_who))])

    def _clock(self) -> float:
        return self.now


async def _who(_: Request, who: str) -> Response:
    return PlainTextResponse(who)


class Visitor:
    """A browser, as far as cookies go: it keeps those of one server, and follows no redirect by itself."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self.cookies: dict[str, Morsel[str]] = {}

    def get(self, address: str, **headers: str) -> httpx2.Response:
        """Ask for an address of the server."""
        return asyncio.run(self.request("GET", address, headers))

    def post(self, address: str, **headers: str) -> httpx2.Response:
        """Send an empty form."""
        return asyncio.run(self.request("POST", address, headers))

    async def request(self, method: str, address: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        """Send a request with the cookies that the address gets, and keep those of the answer."""
        path = httpx2.URL(address).path
        sent = [f"{name}={each.value}" for name, each in self.cookies.items() if path.startswith(each["path"])]
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        transport = httpx2.ASGITransport(self._entrance.app)
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            answer = await client.request(method, address, headers={"cookie": "; ".join(sent), **named})
        for line in answer.headers.get_list("set-cookie"):
            for name, each in SimpleCookie(line).items():
                self.cookies[name] = each
                if each["max-age"] == "0":
                    del self.cookies[name]
        return answer
