"""What is answered when something cannot be asked or read: a page for a browser, and JSON elsewhere."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from headcount import dashboard
from headcount.questions import BadQuestion, NotPublished
from headcount.server._turns import Busy
from headcount.server.web.asking import TooManyQuestions
from headcount.server.web.form_tokens import NotFromHere
from headcount.server.web.sign_in.provider import ProviderTrouble
from headcount.server.web.site_watch import public_state
from headcount.warehouse import WarehouseUnavailable

logger = logging.getLogger(__name__)

_NO_STORE = {"cache-control": "no-store"}
_RETRY = {"retry-after": "60"}
_PROBLEM = "the warehouse cannot be read now; `headcount doctor` says why; reports are taken in meanwhile"
_LATER = "not now: try again later"

Handler = Callable[[Request, Exception], Awaitable[Response]]


async def unavailable(request: Request, error: Exception) -> Response:
    """Answer 503 where the warehouse, an inbox or the disk cannot be used."""
    logger.info("a request had no answer: %s", str(error).partition("\n")[0])  # the loader says it too, now and then
    if request.url.path.startswith("/v1/"):
        return JSONResponse({"problems": [{"where": "", "what": _LATER}]}, 503, _RETRY)
    if _wants_page(request):
        return HTMLResponse(dashboard.unavailable_page(public_state(request)), 503, _RETRY)
    return JSONResponse({"problem": _PROBLEM}, 503, _RETRY)


async def busy(request: Request, error: Exception) -> Response:
    """Answer 503 where too many ask, or a picture cannot be drawn now."""
    if _wants_page(request):
        return _page(request, 503, dashboard.NOT_NOW, error, _RETRY)
    return JSONResponse({"problem": str(error)}, 503, _RETRY)


async def too_many_questions(request: Request, error: Exception) -> Response:
    """Answer 429 where a maintainer asked too much."""
    assert isinstance(error, TooManyQuestions)
    headers = {"retry-after": str(error.seconds)}
    if _wants_page(request):
        return _page(request, 429, dashboard.NOT_NOW, error, headers)
    return JSONResponse({"problem": str(error)}, 429, headers)


async def provider_trouble(request: Request, error: Exception) -> Response:
    """Answer 503 where somebody cannot sign in, since a provider is away or broken; tokens open the pages all the same."""
    why = f"{error}: try again in a minute, or sign in with a token"
    return _page(request, 503, dashboard.NOT_NOW, why, _RETRY)


async def bad_question(request: Request, error: Exception) -> Response:
    """Answer 400 where a question cannot be asked so."""
    if _wants_page(request) and not _is_for_programs(request):
        return _page(request, 400, dashboard.NOT_SO, error)
    if request.url.path.startswith(("/api/", "/public")):
        return JSONResponse({"problem": str(error)}, 400)
    return PlainTextResponse(f"{error}\n", 400)


async def not_published(request: Request, error: Exception) -> Response:
    """Answer 404 where a table or a week is not published."""
    if _wants_page(request) and not _is_for_programs(request):
        return _page(request, 404, dashboard.NOT_FOUND, error, _NO_STORE)
    return JSONResponse({"problem": str(error)}, 404, _NO_STORE)


async def no_such_page(request: Request, error: Exception) -> Response:
    """Answer 404 where an address leads to no page."""
    if _wants_page(request):
        return _page(request, 404, dashboard.NOT_FOUND, error)
    return PlainTextResponse(f"{error}\n", 404)


async def no_such_address(request: Request, error: Exception) -> Response:
    """Answer where there is no route, or not for this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND and _wants_page(request):
        return _page(request, 404, dashboard.NOT_FOUND, "nothing of this collector is at this address")
    return PlainTextResponse(error.detail, error.status_code, error.headers)


async def not_from_here(request: Request, error: Exception) -> Response:
    """Answer 403 to a form that no page of this server sent since it started."""
    if _wants_page(request):
        return _page(request, 403, dashboard.NOT_SO, error)
    return PlainTextResponse(f"{error}\n", 403)


async def gone(_: Request, __: Exception) -> Response:
    """Answer who went away before the body was whole; nobody reads it."""
    return Response(status_code=400)


HANDLERS: Mapping[type[Exception], Handler] = {
    WarehouseUnavailable: unavailable,
    sqlite3.Error: unavailable,
    OSError: unavailable,
    Busy: busy,
    TooManyQuestions: too_many_questions,
    ClientDisconnect: gone,
    ProviderTrouble: provider_trouble,
    BadQuestion: bad_question,
    NotFromHere: not_from_here,
    NotPublished: not_published,
    dashboard.NoSuchPage: no_such_page,
    HTTPException: no_such_address,
}
"""What answers each error that a route raises."""


def _page(
    request: Request, status: int, heading: str, why: Exception | str, headers: Mapping[str, str] | None = None
) -> Response:
    return HTMLResponse(dashboard.message_page(heading, str(why), public_state(request)), status, headers)


def _is_for_programs(request: Request) -> bool:
    """Return whether JSON is wanted whoever asks."""
    return request.url.path.startswith(("/api/", "/public/api"))


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
