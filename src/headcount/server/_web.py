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
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headcount import dashboard
from headcount.ingest import PATHS, Ingest
from headcount.questions import BASES, REGISTRY, BadQuestion
from headcount.server._answers import Answers
from headcount.server._health import Check, health_routes
from headcount.server._keeping import Keeping
from headcount.server._metrics import metrics_endpoint
from headcount.server._openapi import openapi
from headcount.server._portable import portable_routes
from headcount.server._privacy import privacy_page
from headcount.server._rights import Rights
from headcount.server._rights_web import Quota, operator_routes, rights_routes
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

logger = logging.getLogger(__name__)

UNAVAILABLE = (WarehouseClosed, duckdb.IOException, duckdb.FatalException, duckdb.InternalException)
"""What asking raises where the warehouse is closed, damaged, or has no room."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Site(NamedTuple):
    """What the routes need. ``settings`` gives those of now."""

    ingest: Ingest
    answers: Answers
    sign_in: SignIn
    rights: Rights
    checks: Mapping[str, Check]
    registry: CollectorRegistry
    settings: Callable[[], Settings]


def public_app(site: Site) -> ASGIApp:
    """What the network sees.

    Everybody: the endpoints for reports, the installation's rights, whether all works, what is taken and why. Those who
    signed in: the answers, and the metrics, which tell how many reports come.
    """

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def guard(request: Request) -> Response:
            redirect = site.sign_in.exchange(request)
            if redirect is not None:
                return redirect
            return await endpoint(request) if site.sign_in.allows(request) else _turned_away(request)

        return guard

    pages = Starlette(
        routes=[
            Route("/", guarded(partial(_first_page, site.answers))),
            Route("/questions/{question}", guarded(partial(_question_page, site.answers))),
            Route("/api/ask/{question}", guarded(partial(_ask, site.answers))),
            Route("/metrics", guarded(metrics_endpoint(site.registry))),
            Route("/privacy", partial(_privacy, site.settings)),
            Route("/openapi.json", _openapi),
            Route("/static/{name}", _asset),
            *rights_routes(site.rights, Quota()),
            *health_routes(site.checks),
        ],
        middleware=[Middleware(_SafeHeaders)],
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await site.ingest(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


def operator_app(answers: Answers, kept: Keeping, now: Callable[[], float]) -> ASGIApp:
    """What the server's own Unix socket gives to commands on the data directory."""
    routes = [
        Route("/api/ask/{question}", partial(_ask, answers)),
        *operator_routes(kept.rights),
        *upkeep_routes(kept, now),
        *portable_routes(kept),
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
        return JSONResponse({"problem": "send the token that `headcount serve` printed, as a bearer's"}, 401)
    return HTMLResponse(dashboard.sign_in_page(), 401)


async def _first_page(answers: Answers, request: Request) -> Response:
    basis = request.query_params.get("basis", "alive")
    if basis not in BASES:
        return PlainTextResponse(f"There is no basis {basis!r}: it is one of {', '.join(BASES)}.\n", 400)
    try:
        return HTMLResponse(await run_in_threadpool(dashboard.first_page, answers.ask, basis))
    except UNAVAILABLE as error:
        return _unavailable(error)


def _unavailable(error: Exception) -> Response:
    logger.info("a question had no answer: %s", str(error).partition("\n")[0])  # the loader says it too, now and then
    problem = "the warehouse cannot be read now; `headcount doctor` says why; reports are taken in meanwhile"
    return JSONResponse({"problem": problem}, 503, {"retry-after": "60"})


async def _question_page(answers: Answers, request: Request) -> Response:
    name = request.path_params["question"]
    if name not in REGISTRY:
        return PlainTextResponse(f"There is no question {name!r}: it is one of {', '.join(REGISTRY)}.\n", 404)
    parameters = dict(request.query_params)
    page, done = await run_in_threadpool(dashboard.question_page, answers.ask, name, parameters)
    return HTMLResponse(page, 200 if done else 400)


async def _ask(answers: Answers, request: Request) -> Response:
    question = request.path_params["question"]
    try:
        answer = await run_in_threadpool(partial(answers.ask, question, **dict(request.query_params)))
    except BadQuestion as error:
        return JSONResponse({"problem": str(error)}, 400)
    except UNAVAILABLE as error:
        return _unavailable(error)
    return JSONResponse(answer.to_dict())


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
