"""The pages for maintainers, and what they load."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.asking import Answering
from headcount.server.web.sign_in import Guard
from headcount.server.web.views import Views


def maintainer_routes(views: Views, answering: Answering, guarded: Guard) -> list[Route]:
    """Return a route for each page of the dashboard, for those who signed in."""
    return [Route(page.path, guarded(partial(_page, views, answering, page))) for page in dashboard.PAGES]


def asset_routes(drawing: DrawingProcess) -> list[Route]:
    """Return the routes that everybody needs who sees a page: how to sign in, and what pages load."""
    return [Route("/sign-in", _sign_in), Route("/static/{name}", _Assets(drawing).answer)]


async def _page(views: Views, answering: Answering, page: dashboard.Page, request: Request, who: str) -> Response:
    answers, drawing, asking = answering
    asking.count(who)
    view = await run_in_threadpool(views.of, request, who)
    try:
        rendered = await run_in_threadpool(page.render, answers.ask, drawing.picture, view)
    except BadQuestion:
        asking.note_refused(who, page.name.format(**request.path_params))
        raise
    if rendered.location:
        return RedirectResponse(rendered.location, 303)
    if rendered.refused:
        asking.note_refused(who, page.name.format(**request.path_params))
        return HTMLResponse(rendered.html, 400)
    asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
    return HTMLResponse(rendered.html)


async def _sign_in(_: Request) -> Response:
    return HTMLResponse(dashboard.sign_in_page())


class _Assets:
    """What pages load. The process that draws has the script that draws in a browser; it is held once it was asked for."""

    def __init__(self, drawing: DrawingProcess) -> None:
        self._drawing = drawing
        self._script: bytes | None = None

    async def answer(self, request: Request) -> Response:
        name = request.path_params["name"]
        asset = await run_in_threadpool(self._draws if name == "vega.js" else dashboard.asset, name)
        if asset is None:
            return PlainTextResponse("There is no such file.\n", 404)
        content, media_type = asset
        return Response(content, media_type=media_type, headers={"cache-control": "public, max-age=3600"})

    def _draws(self, _: str) -> tuple[bytes, str]:
        if self._script is None:
            self._script = self._drawing.script()
        return self._script, "text/javascript"
