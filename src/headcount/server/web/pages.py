"""The pages for maintainers, and what they load."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion
from headcount.server.web.answer_tags import AnswerTags
from headcount.server.web.asking import Answering
from headcount.server.web.sign_in.guard import Guard
from headcount.server.web.views import Views

_IMMUTABLE, _CHANGING = "public, max-age=31536000, immutable", "public, max-age=3600"


def maintainer_routes(views: Views, answering: Answering, guarded: Guard) -> list[Route]:
    """Return a route for each page of the dashboard, for those who signed in."""
    pages = _Pages(views, answering)
    return [Route(page.path, guarded(partial(pages.answer, page))) for page in dashboard.PAGES]


def asset_routes() -> list[Route]:
    """Return the routes of what pages load."""
    return [Route("/static/{name}", _asset)]


class _Pages:
    """Answers with the pages of the dashboard, and with nothing to who has one as it would be made now."""

    def __init__(self, views: Views, answering: Answering) -> None:
        self._views = views
        self._tags = AnswerTags(answering.answers)
        self._drawing = answering.drawing
        self._asking = answering.asking

    async def answer(self, page: dashboard.Page, request: Request, who: str) -> Response:
        asking = self._asking
        asking.count(who)
        view = await run_in_threadpool(self._views.of, request, who)
        made_of = (request.url.path, who, view)
        held = await run_in_threadpool(self._tags.not_modified, request, *made_of)
        if held is not None:  # they look at it again, so that is noted like a question
            asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
            return held
        making = self._tags.making(*made_of)
        try:
            rendered = await run_in_threadpool(page.render, making.ask, self._drawing.picture, view)
        except BadQuestion as error:
            path = request.url.path
            rendered = await run_in_threadpool(dashboard.refused_page, view, path, page.parameters, str(error))
        if rendered.location:
            return RedirectResponse(rendered.location, 303)
        if rendered.missing:  # what was typed may be anything, and is not noted
            asking.note_refused(who, page.path)
            return HTMLResponse(rendered.html, 404)
        if rendered.refused:
            asking.note_refused(who, page.name.format(**request.path_params))
            return HTMLResponse(rendered.html, 400)
        asking.note(who, page.name.format(**request.path_params), page.asked(view.parameters))
        return HTMLResponse(rendered.html, headers=making.headers())


async def _asset(request: Request) -> Response:
    asset = dashboard.asset(request.path_params["name"])
    if asset is None:
        return PlainTextResponse("There is no such file.\n", 404)
    caching = _IMMUTABLE if asset.is_immutable else _CHANGING
    return Response(asset.content, media_type=asset.media_type, headers={"cache-control": caching})
