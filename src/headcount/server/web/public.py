"""What anybody may see: the publications, and nothing else. These routes are given nothing to see more with."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion, Publication, dictionary, publication_parquet
from headcount.server._turns import Turns
from headcount.server.data.publications import Publications
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.site_watch import public_state

_SIZE = 500  # responses that are held; the largest are pictures of some 500 kB
_NEWEST, _WEEK = 300, 86_400  # seconds for which others may keep what is newest, and a week, which never changes
_WAITING = (
    4  # threads that wait to make a response; so anybody takes one turn at drawing, and leaves maintainers theirs
)
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_FORMATS = tuple(name for name in dashboard.FORMATS if name != "table")


def public_routes(publications: Publications, drawing: DrawingProcess) -> list[Route]:
    """Return the routes of the public page, of the tables of the publications in every format, and of the badge."""
    public = _Public(publications, drawing)
    return [
        Route("/public", _answering(public.page)),
        Route("/public/api", _answering(public.index)),
        Route("/public/api/{question}", _answering(public.table)),
        Route("/public/publication.json", _answering(public.whole_json)),
        Route("/public/publication.parquet", _answering(public.whole_parquet)),
        Route("/public/dictionary.json", _answering(public.dictionary)),
        Route("/public/badge.svg", _answering(public.badge)),
        Route("/robots.txt", _robots),
    ]


_ROBOTS = "User-agent: *\nAllow: /public\nAllow: /privacy\nAllow: /static/\nDisallow: /\n"


async def _robots(_: Request) -> Response:
    return PlainTextResponse(_ROBOTS, headers={"cache-control": f"public, max-age={_WEEK}"})


_NO_STORE = {"cache-control": "no-store"}


class _Body(NamedTuple):
    media_type: str
    content: bytes
    published: bool = True


def _answering(make: Callable[[Request], _Body]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers with what ``make`` returns."""

    async def endpoint(request: Request) -> Response:
        body = await run_in_threadpool(make, request)
        age = _WEEK if "week" in request.query_params else _NEWEST
        headers = {"cache-control": f"public, max-age={age}"} if body.published else _NO_STORE
        return Response(body.content, media_type=body.media_type, headers=headers)

    return endpoint


class _Public:
    """Responses made of publications. Safe in any thread."""

    def __init__(self, publications: Publications, drawing: DrawingProcess) -> None:
        self._publications = publications
        self._drawing = drawing
        self._turns = Turns(1, _WAITING, "public pictures and tables")
        self._lock = threading.Lock()
        self._contents: LRUCache[tuple[str, ...], bytes] = LRUCache(_SIZE)

    def page(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        weeks = self._publications.weeks()
        view = dashboard.View(weeks=weeks, site=public_state(request))
        if week is None and not weeks:
            return _Body(_HTML, dashboard.public_page(None, self._drawing.picture, view).encode(), published=False)
        content = self._content(
            week,
            ("page", *weeks, repr(view.site)),
            lambda publication: dashboard.public_page(publication, self._drawing.picture, view).encode(),
        )
        return _Body(_HTML, content)

    def index(self, request: Request) -> _Body:
        _parameters(request)
        tables = [{"question": table.question, "by": table.by} for table in self._publications.get().tables]
        value = {"weeks": self._publications.weeks(), "tables": tables, "formats": _FORMATS}
        return _Body(_JSON, json.dumps(value).encode())

    def table(self, request: Request) -> _Body:
        question: str = request.path_params["question"]
        parameters = _parameters(request, "by", "week", "format")
        by, name = parameters.get("by"), parameters.get("format", "json")
        if name not in _FORMATS:
            raise BadQuestion(f"there is no format {name!r}: it is one of {', '.join(_FORMATS)}")
        content = self._content(
            parameters.get("week"),
            (question, by or "", name),
            lambda publication: self._drawing.render(publication.table(question, by), name),
        )
        return _Body(dashboard.FORMATS[name].media_type, content)

    def whole_json(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        return _Body(_JSON, self._publications.get(week).to_json().encode())

    def whole_parquet(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        return _Body(dashboard.FORMATS["parquet"].media_type, self._content(week, ("parquet",), publication_parquet))

    def dictionary(self, request: Request) -> _Body:
        publication = self._publications.get(_parameters(request, "week").get("week"))
        return _Body(_JSON, json.dumps(dictionary(publication.k)).encode())

    def badge(self, request: Request) -> _Body:
        _parameters(request)
        newest = self._publications.get() if self._publications.weeks() else None
        return _Body(dashboard.FORMATS["svg"].media_type, dashboard.badge(newest), newest is not None)

    def _content(self, week: str | None, what: tuple[str, ...], make: Callable[[Publication], bytes]) -> bytes:
        """Return what ``make`` makes of a publication; it is called once. Raises `NotPublished` and `Busy`."""
        publication = self._publications.get(week)
        key = (publication.week, *what)
        content = self._held(key)
        if content is None:
            with self._turns.turn():
                content = self._held(key)  # another thread may have made it meanwhile
                if content is None:
                    content = make(publication)
                    with self._lock:
                        self._contents[key] = content
        return content

    def _held(self, key: tuple[str, ...]) -> bytes | None:
        with self._lock:
            return self._contents.get(key)


def _parameters(request: Request, *known: str) -> dict[str, str]:
    parameters = dict(request.query_params)
    unknown = parameters.keys() - set(known)
    if unknown:
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise BadQuestion(f"there is no parameter {min(unknown)!r} here: {there}")
    return parameters
