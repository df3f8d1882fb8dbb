"""The pages for maintainers, and what they load."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.server.data.opened import OpenData
from headcount.server.web.sign_in import Guard


def maintainer_routes(data: OpenData, guarded: Guard) -> list[Route]:
    """Return a route for each page of the dashboard, for those who signed in."""
    return [Route(page.path, guarded(partial(_page, data, page))) for page in dashboard.PAGES]


def asset_routes() -> list[Route]:
    """Return the routes that everybody needs who sees a page: how to sign in, and what pages load."""
    return [Route("/sign-in", _sign_in), Route("/static/{name}", _asset)]


async def _page(data: OpenData, page: dashboard.Page, request: Request, who: str) -> Response:
    view = dashboard.View(request.path_params.get("question", ""), {**page.defaults, **request.query_params})
    data.question_log.note(who, page.name.format(**request.path_params), view.parameters)
    rendered = await run_in_threadpool(page.render, data.answers.ask, view)
    return HTMLResponse(rendered.html, 400 if rendered.refused else 200)


async def _sign_in(_: Request) -> Response:
    return HTMLResponse(dashboard.sign_in_page())


async def _asset(request: Request) -> Response:
    asset = await run_in_threadpool(dashboard.asset, request.path_params["name"])
    if asset is None:
        return PlainTextResponse("There is no such file.\n", 404)
    content, media_type = asset
    return Response(content, media_type=media_type, headers={"cache-control": "max-age=3600"})
