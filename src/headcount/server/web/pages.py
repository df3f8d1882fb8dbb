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
from headcount.server.web.answer_tags import AnswerTags
from headcount.server.web.asking import Answering
from headcount.server.web.sign_in.guard import Guard
from headcount.server.web.site_watch import full_state

_IMMUTABLE, _CHANGING = "public, max-age=31536000, immutable", "public, max-age=3600"


def maintainer_routes(answering: Answering, guarded: Guard) -> list[Route]:
    """Return a route for each page of the dashboard, for those who signed in."""
    tags = AnswerTags(answering.answers)
    return [Route(page.path, guarded(partial(_page, answering, tags, page))) for page in dashboard.PAGES]


def asset_routes(drawing: DrawingProcess) -> list[Route]:
    """Return the routes of what pages load."""
    return [Route("/static/{name}", _Assets(drawing).answer)]


async def _page(answering: Answering, tags: AnswerTags, page: dashboard.Page, request: Request, who: str) -> Response:
    answers, drawing, asking = answering
    asking.count(who)
    view = dashboard.View(
        request.path_params.get("name", ""),
        request.query_params,
        today=answers.today(),
        site=await run_in_threadpool(full_state, request),
    )
    made_of = (request.url.path, who, view)
    held = tags.not_modified(request, *made_of)
    if held is not None:  # they look at it again, so that is noted like a question
        asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
        return held
    making = tags.making(*made_of)
    try:
        rendered = await run_in_threadpool(page.render, making.ask, drawing.picture, view)
    except BadQuestion:
        asking.note_refused(who, page.name.format(**request.path_params))
        raise
    if rendered.location:
        return RedirectResponse(rendered.location, 303)
    if rendered.refused:
        asking.note_refused(who, page.name.format(**request.path_params))
        return HTMLResponse(rendered.html, 400)
    asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
    return HTMLResponse(rendered.html, headers=making.headers())


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
        caching = _IMMUTABLE if asset.is_immutable else _CHANGING
        return Response(asset.content, media_type=asset.media_type, headers={"cache-control": caching})

    def _draws(self, _: str) -> dashboard.Asset:
        if self._script is None:
            self._script = self._drawing.script()
        return dashboard.Asset(self._script, "text/javascript", is_immutable=False)
