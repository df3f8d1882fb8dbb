"""The pages of signing in and out, and the way by a provider and back."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.attempts import SECONDS
from headcount.server.web.sign_in.guard import NO_STORE, Endpoint, SignIn
from headcount.server.web.sign_in.provider import Provider, ProviderTrouble, WrongTeam, begin_address, callback_path
from headcount.server.web.sign_in.return_address import local_path
from headcount.server.web.site_watch import public_state

BEGIN, CALLBACK = "/sign-in/{provider}", callback_path("{provider}")

_STALE = "That sign-in was begun elsewhere, or is over, or took more than ten minutes: begin again."
_DENIED = "{} says that you did not let Headcount know who you are."
_OFTEN = "too many sign-ins come from where this one comes from: try again in {} minutes"


def sign_in_routes(sign_in: SignIn, limit: RequestLimit) -> list[Route]:
    """Return the routes. ``limit``: of what has the server ask a provider."""
    pages = _Pages(sign_in, limit)
    return [
        Route("/sign-in", pages.show),
        Route(BEGIN, pages.limited(pages.begin)),
        Route(CALLBACK, pages.limited(pages.end)),
        Route("/sign-out", pages.sign_out, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, sign_in: SignIn, limit: RequestLimit) -> None:
        self._sign_in = sign_in
        self._limit = limit
        self._attempts = sign_in.attempts
        self._providers = {each.key: each for each in sign_in.providers}

    def limited(self, step: Callable[[Provider, Request], Awaitable[Response]]) -> Endpoint:
        """Return the endpoint of a step by a provider, which may be taken so often from one block of addresses."""

        async def within(request: Request) -> Response:
            provider = self._providers.get(request.path_params["provider"])
            if provider is None:
                return PlainTextResponse("Nobody signs in that way.\n", 404)
            wait = self._limit.wait(request.scope)
            if wait:
                page = dashboard.message_page(
                    dashboard.NOT_NOW, _OFTEN.format(math.ceil(wait / 60)), public_state(request)
                )
                return HTMLResponse(page, 429, {"retry-after": str(wait)})
            return await step(provider, request)

        return within

    async def show(self, request: Request) -> Response:
        """Answer with the ways to sign in, and with who is."""
        after = local_path(request.query_params.get("next", "/"))
        return HTMLResponse(self._sign_in.page(request, after))

    async def begin(self, provider: Provider, request: Request) -> Response:
        """Send the browser to a provider. By GET: no policy lets a form of ours be answered with another host's address."""
        after = local_path(request.query_params.get("next", "/"))
        attempt, cookie = self._attempts.begin(provider.key, after)
        address = await provider.address(attempt, another="another" in request.query_params)
        response = RedirectResponse(address, 303, NO_STORE)
        cookies = self._sign_in.cookies
        response.set_cookie(
            cookies.attempt, cookie, SECONDS, path="/sign-in", httponly=True, samesite="lax", secure=cookies.secure
        )
        return response

    async def end(self, provider: Provider, request: Request) -> Response:
        """Begin the session of somebody whom a provider sends back."""
        given = request.query_params
        cookie = request.cookies.get(self._sign_in.cookies.attempt, "")
        attempt = self._attempts.end(provider.key, cookie, given.get("state", ""))
        if given.get("error") == "access_denied":  # some providers leave the state out then, and nothing comes of it
            return self._again(request, _DENIED.format(provider.name), 403, attempt.after if attempt else "/")
        if attempt is None or not ("code" in given or "error" in given):
            return self._again(request, _STALE, 400)
        if "error" in given:
            raise ProviderTrouble(f"{provider.name} says that nobody can sign in now")
        try:
            account = await provider.account(attempt, given["code"])
        except WrongTeam as wrong:
            page = dashboard.wrong_team_page(
                public_state(request),
                provider.name,
                wrong.account,
                str(wrong),
                begin_address(provider.key, attempt.after, another=True),
            )
            return HTMLResponse(page, 403)
        response = self._sign_in.admit(request, account, attempt.after)
        cookies = self._sign_in.cookies
        response.delete_cookie(cookies.attempt, "/sign-in", httponly=True, samesite="lax", secure=cookies.secure)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session. No other site can have a browser do that."""
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return PlainTextResponse("Sign out on a page of this server.\n", 403)
        return self._sign_in.dismiss(request, "/sign-in")

    def _again(self, request: Request, note: str, status: int, after: str = "/") -> Response:
        page = self._sign_in.page(request, after, note=note)
        return HTMLResponse(page, status)
