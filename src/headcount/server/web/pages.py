"""The pages for maintainers, and what they load."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.asking import Answering
from headcount.server.web.sign_in.guard import Guard


def maintainer_routes(answering: Answering, guarded: Guard) -> list[Route]:
    """Return a route for each page of the dashboard, for those who signed in."""
    return [Route(page.path, guarded(partial(_page, answering, page))) for page in dashboard.PAGES]


def asset_routes(drawing: DrawingProcess) -> list[Route]:
    """Return the routes of what pages load."""
    return [Route("/static/{name}", _Assets(drawing).answer)]


async def _page(answering: Answering, page: dashboard.Page, request: Request, who: str) -> Response:
    answers, drawing, asking = answering
    asking.count(who)
    view = dashboard.View(request.path_params.get("question", ""), {**page.defaults, **request.query_params})
    try:
        rendered = await run_in_threadpool(page.render, answers.ask, drawing.spec, view)
    except BadQuestion:
        asking.note_refused(who, page.name.format(**request.path_params))
        raise
    if rendered.refused:
        asking.note_refused(who, page.name.format(**request.path_params))
        return HTMLResponse(rendered.html, 400)
    asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
    return HTMLResponse(rendered.html)


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
