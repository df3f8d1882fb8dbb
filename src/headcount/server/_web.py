"""The routes: what answers at which address, and who may see it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

import duckdb
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headcount import dashboard
from headcount.ingest import PATHS, Ingest
from headcount.questions import BASES, REGISTRY, BadQuestion, Query
from headcount.server._answers import Answers
from headcount.server._asked import Asked
from headcount.server._backup import backup_routes
from headcount.server._health import Check, health_routes
from headcount.server._keeping import Keeping
from headcount.server._metrics import metrics_endpoint
from headcount.server._openapi import openapi
from headcount.server._operations import Operations, operation_routes
from headcount.server._portable import portable_routes
from headcount.server._privacy import privacy_page
from headcount.server._public import public_routes
from headcount.server._publications import Publications
from headcount.server._rights import Rights
from headcount.server._rights_web import Limit, operator_routes, rights_routes
from headcount.server._sign_in import SignIn
from headcount.server._upkeep import upkeep_routes
from headcount.settings import Settings
from headcount.warehouse import WarehouseClosed

_HEADERS = (
    (b"content-security-policy", (b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip

_OVERVIEW, _QUESTION = dashboard.PAGES

logger = logging.getLogger(__name__)

UNAVAILABLE = (WarehouseClosed, duckdb.IOException, duckdb.FatalException, duckdb.InternalException)
"""What asking raises where the warehouse is closed, damaged, or has no room."""

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Callable[[Request, str], Awaitable[Response]]
"""An endpoint that is told who asks."""


class Site(NamedTuple):
    """What the routes need. ``settings`` gives those of now."""

    ingest: Ingest
    answers: Answers
    sign_in: SignIn
    rights: Rights
    limit: Limit
    checks: Mapping[str, Check]
    registry: CollectorRegistry
    settings: Callable[[], Settings]
    publications: Publications
    asked: Asked


def public_app(site: Site) -> ASGIApp:
    """What the network sees.

    Everybody: the endpoints for reports, the installation's rights, whether all works, what is taken and why. Those who
    signed in: the answers, and the metrics, which tell how many reports come.
    """
    pages = Starlette(routes=page_routes(site), middleware=[Middleware(_SafeHeaders)])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await site.ingest(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


def page_routes(site: Site) -> list[Route]:
    """All routes but those for reports."""

    def guarded(endpoint: Guarded) -> Endpoint:
        async def guard(request: Request) -> Response:
            redirect = site.sign_in.exchange(request)
            if redirect is not None:
                return redirect
            who = site.sign_in.who(request)
            return _turned_away(request) if who is None else await endpoint(request, who)

        return guard

    async def metrics(request: Request, _: str) -> Response:
        return await metrics_endpoint(site.registry)(request)

    return [
        Route("/", guarded(partial(_first_page, site.answers, site.asked))),
        Route("/questions/{question}", guarded(partial(_question_page, site.answers, site.asked))),
        Route("/api/ask/{question}", guarded(partial(_ask, site.answers, site.asked))),
        Route("/metrics", guarded(metrics)),
        *public_routes(site.publications),
        Route("/sign-in", _sign_in_page),
        Route("/privacy", partial(_privacy, site.settings)),
        Route("/openapi.json", _openapi),
        Route("/static/{name}", _asset),
        *rights_routes(site.rights, site.limit),
        *health_routes(site.checks),
    ]


def operator_app(
    answers: Answers, kept: Keeping, now: Callable[[], float], asked: Asked, operations: Operations
) -> ASGIApp:
    """What the server's own Unix socket gives to commands on the data directory."""
    routes = [
        Route("/api/ask/{question}", partial(_ask, answers, asked, who="operator")),
        *operator_routes(kept.rights),
        *backup_routes(kept),
        *upkeep_routes(kept, now),
        *portable_routes(kept),
        *operation_routes(operations),
    ]
    return Starlette(routes=routes)


class _SafeHeaders:
    """Adds headers that keep a page from loading, or being loaded by, anything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with)


def _turned_away(request: Request) -> Response:
    if request.url.path.startswith(("/api/", "/metrics")):
        problem = "send a token of `headcount token`, as a bearer's; see /public without one"
        return JSONResponse({"problem": problem}, 401)
    if "token" in request.query_params or "authorization" in request.headers:
        return HTMLResponse(dashboard.sign_in_page(), 401)
    return RedirectResponse("/public", 303)


async def _first_page(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    basis = request.query_params.get("basis", "alive")
    if basis not in BASES:
        return PlainTextResponse(f"There is no basis {basis!r}: it is one of {', '.join(BASES)}.\n", 400)
    asked.note(who, _OVERVIEW.name, {"basis": basis})
    try:
        rendered = await run_in_threadpool(_OVERVIEW.render, answers.ask, dashboard.View(parameters={"basis": basis}))
        return HTMLResponse(rendered.html)
    except UNAVAILABLE as error:
        return _unavailable(error)


def _unavailable(error: Exception) -> Response:
    logger.info("a question had no answer: %s", str(error).partition("\n")[0])  # the loader says it too, now and then
    problem = "the warehouse cannot be read now; `headcount doctor` says why; reports are taken in meanwhile"
    return JSONResponse({"problem": problem}, 503, {"retry-after": "60"})


async def _question_page(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    name = request.path_params["question"]
    if name not in REGISTRY:
        return PlainTextResponse(f"There is no question {name!r}: it is one of {', '.join(REGISTRY)}.\n", 404)
    parameters = dict(request.query_params)
    asked.note(who, _QUESTION.name.format(question=name), parameters)
    rendered = await run_in_threadpool(_QUESTION.render, answers.ask, dashboard.View(name, parameters))
    return HTMLResponse(rendered.html, 400 if rendered.refused else 200)


async def _ask(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    question, parameters = request.path_params["question"], dict(request.query_params)
    name = parameters.pop("format", "json")
    asked.note(who, question, parameters)
    if name not in dashboard.FORMATS:
        problem = f"there is no format {name!r}: it is one of {', '.join(dashboard.FORMATS)}"
        return JSONResponse({"problem": problem}, 400)
    try:
        answer = await run_in_threadpool(answers.ask, Query.from_text(question, parameters))
    except BadQuestion as error:
        return JSONResponse({"problem": str(error)}, 400)
    except UNAVAILABLE as error:
        return _unavailable(error)
    made = dashboard.FORMATS[name]
    return Response(await run_in_threadpool(made.render, answer), media_type=made.media_type)


async def _sign_in_page(_: Request) -> Response:
    return HTMLResponse(dashboard.sign_in_page())


async def _privacy(settings: Callable[[], Settings], _: Request) -> Response:
    return HTMLResponse(privacy_page(settings().contact, settings().retention))


async def _openapi(_: Request) -> Response:
    return JSONResponse(openapi())


async def _asset(request: Request) -> Response:
    found = await run_in_threadpool(dashboard.asset, request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.\n", 404)
    content, media_type = found
    return Response(content, media_type=media_type, headers={"cache-control": "max-age=3600"})
