"""What anybody may see: the publications, and nothing else. These routes are given nothing to see more with."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.contract import NOTICES_PATH
from headcount.questions import BadQuestion, dictionary, publication_parquet
from headcount.server.data.notices import Notices
from headcount.server.data.publications import Publications
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.public_pages import public_page_routes
from headcount.server.web.published import WEEK, Body, Published, answering, parameters
from headcount.settings import Settings

_JSON = "application/json"
_ROBOTS = "User-agent: *\nAllow: /public\nAllow: /privacy\nAllow: /static/\nDisallow: /\n"
_FORMATS = tuple(name for name in dashboard.FORMATS if name != "table")
_OFFERED = tuple(name for name in _FORMATS if name != "sheet")  # which the command alone reads


def public_routes(
    publications: Publications, notices: Notices, drawing: DrawingProcess, settings: Callable[[], Settings]
) -> list[Route]:
    """Return the routes of the public pages, of the tables of the publications in every format, and of the badge.

    ``settings`` returns those of now, of which the pages say the address and the licence.
    """
    published = Published(publications)
    public = _Public(published, drawing)
    return [
        *public_page_routes(published, notices, drawing, settings),
        Route(NOTICES_PATH, _serving(notices)),
        Route("/public/api", answering(public.index)),
        Route("/public/api/{question}", answering(public.table)),
        Route("/public/publication.json", answering(public.whole_json)),
        Route("/public/publication.parquet", answering(public.whole_parquet)),
        Route("/public/dictionary.json", answering(public.dictionary)),
        Route("/public/badge.svg", answering(public.badge)),
        Route("/robots.txt", _robots),
    ]


def _serving(notices: Notices) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of the notices: the same bytes for everybody, and nothing by which who asks is known again."""

    async def endpoint(request: Request) -> Response:
        parameters(request)
        content = await run_in_threadpool(notices.served)
        return Response(content, media_type=_JSON, headers={"cache-control": "no-store"})  # so it has no tag

    return endpoint


async def _robots(_: Request) -> Response:
    return PlainTextResponse(_ROBOTS, headers={"cache-control": f"public, max-age={WEEK}"})


class _Public:
    """Tables of publications. Safe in any thread."""

    def __init__(self, published: Published, drawing: DrawingProcess) -> None:
        self._published = published
        self._publications = published.publications
        self._drawing = drawing

    def index(self, request: Request) -> Body:
        parameters(request)
        tables = [{"question": table.question, "by": table.by} for table in self._publications.get().tables]
        value = {"weeks": self._publications.weeks(), "tables": tables, "formats": _OFFERED}
        return Body(_JSON, json.dumps(value).encode())

    def table(self, request: Request) -> Body:
        question: str = request.path_params["question"]
        given = parameters(request, "by", "week", "format")
        by, name = given.get("by"), given.get("format", "json")
        if name not in _FORMATS:
            raise BadQuestion(f"there is no format {name!r}: it is one of {', '.join(_OFFERED)}")
        content = self._published.content(
            given.get("week"),
            (question, by or "", name),
            lambda publication: self._drawing.render(publication.table(question, by), name),
        )
        return Body(dashboard.FORMATS[name].media_type, content)

    def whole_json(self, request: Request) -> Body:
        week = parameters(request, "week").get("week")
        return Body(_JSON, self._publications.get(week).to_json().encode())

    def whole_parquet(self, request: Request) -> Body:
        week = parameters(request, "week").get("week")
        return Body(
            dashboard.FORMATS["parquet"].media_type, self._published.content(week, ("parquet",), publication_parquet)
        )

    def dictionary(self, request: Request) -> Body:
        publication = self._publications.get(parameters(request, "week").get("week"))
        return Body(_JSON, json.dumps(dictionary(publication.k)).encode())

    def badge(self, request: Request) -> Body:
        parameters(request)
        newest = self._publications.get() if self._publications.weeks() else None
        return Body(dashboard.FORMATS["svg"].media_type, dashboard.badge(newest), newest is not None)
