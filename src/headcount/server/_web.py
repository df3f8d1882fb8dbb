"""The routes: what answers at which address, and who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

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
from headcount.server._sign_in import SignIn

_HEADERS = (
    (b"content-security-policy", (b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip

Endpoint = Callable[[Request], Awaitable[Response]]


def public_app(ingest: Ingest, answers: Answers, sign_in: SignIn) -> ASGIApp:
    """What the network sees: the two endpoints for reports, and the answers for those who signed in."""

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def guard(request: Request) -> Response:
            redirect = sign_in.exchange(request)
            if redirect is not None:
                return redirect
            return await endpoint(request) if sign_in.allows(request) else _turned_away(request)

        return guard

    pages = Starlette(
        routes=[
            Route("/", guarded(partial(_first_page, answers))),
            Route("/questions/{question}", guarded(partial(_question_page, answers))),
            Route("/api/ask/{question}", guarded(partial(_ask, answers))),
            Route("/static/{name}", _asset),
        ],
        middleware=[Middleware(_SafeHeaders)],
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await ingest(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


def operator_app(answers: Answers) -> ASGIApp:
    """What the server's own Unix socket gives to commands on the data directory."""
    return Starlette(routes=[Route("/api/ask/{question}", partial(_ask, answers))])


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
        return JSONResponse({"problem": "send the token that `headcount serve` printed, as a bearer's"}, 401)
    return HTMLResponse(dashboard.sign_in_page(), 401)


async def _first_page(answers: Answers, request: Request) -> Response:
    basis = request.query_params.get("basis", "alive")
    if basis not in BASES:
        return PlainTextResponse(f"There is no basis {basis!r}: it is one of {', '.join(BASES)}.\n", 400)
    return HTMLResponse(await run_in_threadpool(dashboard.first_page, answers.ask, basis))


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
        answer = await run_in_threadpool(answers.ask, question, **dict(request.query_params))
    except BadQuestion as error:
        return JSONResponse({"problem": str(error)}, 400)
    return JSONResponse(answer.to_dict())


async def _asset(request: Request) -> Response:
    found = await run_in_threadpool(dashboard.asset, request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.\n", 404)
    content, media_type = found
    return Response(content, media_type=media_type, headers={"cache-control": "max-age=3600"})
