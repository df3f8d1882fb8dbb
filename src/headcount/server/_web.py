"""The routes: what answers at which address, and who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headcount import dashboard
from headcount.ingest import PATHS, Ingest
from headcount.questions import BASES, REGISTRY, BadQuestion
from headcount.server._answers import Answers
from headcount.server._asked import Asked
from headcount.server._operations import Operations, operation_routes
from headcount.server._public import public_routes
from headcount.server._publications import Publications
from headcount.server._sign_in import SignIn

_HEADERS = (
    (b"content-security-policy", (b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Callable[[Request, str], Awaitable[Response]]
"""An endpoint that is told who asks."""


def public_app(ingest: Ingest, answers: Answers, sign_in: SignIn, publications: Publications, asked: Asked) -> ASGIApp:
    """What the network sees: the endpoints for reports, and the pages."""
    pages = Starlette(routes=page_routes(answers, sign_in, publications, asked), middleware=[Middleware(_SafeHeaders)])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await ingest(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


def page_routes(answers: Answers, sign_in: SignIn, publications: Publications, asked: Asked) -> list[Route]:
    """All routes but those for reports: the publications for everybody, the answers for those who signed in."""

    def guarded(endpoint: Guarded) -> Endpoint:
        async def guard(request: Request) -> Response:
            redirect = sign_in.exchange(request)
            if redirect is not None:
                return redirect
            who = sign_in.who(request)
            return _turned_away(request) if who is None else await endpoint(request, who)

        return guard

    return [
        Route("/", guarded(partial(_first_page, answers, asked))),
        Route("/questions/{question}", guarded(partial(_question_page, answers, asked))),
        Route("/api/ask/{question}", guarded(partial(_ask, answers, asked))),
        *public_routes(publications),
        Route("/sign-in", _sign_in_page),
        Route("/static/{name}", _asset),
    ]


def operator_app(answers: Answers, asked: Asked, operations: Operations) -> ASGIApp:
    """What the server's own Unix socket gives to commands on the data directory."""
    return Starlette(
        routes=[
            Route("/api/ask/{question}", partial(_ask, answers, asked, who="operator")),
            *operation_routes(operations),
        ]
    )


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
    if request.url.path.startswith("/api/"):
        return JSONResponse(
            {"problem": "send a token of `headcount token`, as a bearer's; see /public without one"}, 401
        )
    if "token" in request.query_params or "authorization" in request.headers:
        return HTMLResponse(dashboard.sign_in_page(), 401)
    return RedirectResponse("/public", 303)


async def _first_page(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    basis = request.query_params.get("basis", "alive")
    if basis not in BASES:
        return PlainTextResponse(f"There is no basis {basis!r}: it is one of {', '.join(BASES)}.\n", 400)
    asked.note(who, "the first page", {"basis": basis})
    return HTMLResponse(await run_in_threadpool(dashboard.first_page, answers.ask, basis))


async def _question_page(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    name = request.path_params["question"]
    if name not in REGISTRY:
        return PlainTextResponse(f"There is no question {name!r}: it is one of {', '.join(REGISTRY)}.\n", 404)
    parameters = dict(request.query_params)
    asked.note(who, f"the page of {name}", parameters)
    page, done = await run_in_threadpool(dashboard.question_page, answers.ask, name, parameters)
    return HTMLResponse(page, 200 if done else 400)


async def _ask(answers: Answers, asked: Asked, request: Request, who: str) -> Response:
    question, parameters = request.path_params["question"], dict(request.query_params)
    name = parameters.pop("format", "json")
    asked.note(who, question, parameters)
    if name not in dashboard.FORMATS:
        return JSONResponse(
            {"problem": f"there is no format {name!r}: it is one of {', '.join(dashboard.FORMATS)}"}, 400
        )
    try:
        answer = await run_in_threadpool(answers.ask, question, **parameters)
    except BadQuestion as error:
        return JSONResponse({"problem": str(error)}, 400)
    made = dashboard.FORMATS[name]
    return Response(await run_in_threadpool(made.render, answer), media_type=made.media_type)


async def _sign_in_page(_: Request) -> Response:
    return HTMLResponse(dashboard.sign_in_page())


async def _asset(request: Request) -> Response:
    found = await run_in_threadpool(dashboard.asset, request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.\n", 404)
    content, media_type = found
    return Response(content, media_type=media_type, headers={"cache-control": "max-age=3600"})
