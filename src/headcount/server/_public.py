"""What anybody may see: the publications, and nothing else. These routes are given nothing to see more with."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion, NotPublished, Publication, dictionary, publication_parquet
from headcount.server._publications import Publications

_KEPT = 500  # responses; the largest are pictures of some 500 kB
_NEWEST, _WEEK = 300, 86_400  # seconds for which others may keep what is newest, and a week, which never changes
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_FORMATS = tuple(name for name in dashboard.FORMATS if name != "table")


def public_routes(publications: Publications) -> list[Route]:
    """The public page, the tables of the publications in every format, and the badge."""
    public = _Public(publications)
    return [
        Route("/public", _answering(public.page)),
        Route("/public/api", _answering(public.index)),
        Route("/public/api/{question}", _answering(public.table)),
        Route("/public/publication.json", _answering(public.whole_json)),
        Route("/public/publication.parquet", _answering(public.whole_parquet)),
        Route("/public/dictionary.json", _answering(public.dictionary)),
        Route("/public/badge.svg", _answering(public.badge)),
    ]


_NOT_KEPT = {"cache-control": "no-store"}


class _Body(NamedTuple):
    media_type: str
    content: bytes
    published: bool = True


def _answering(make: Callable[[Request], _Body]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that answers with what is made, or says why nothing is."""

    async def endpoint(request: Request) -> Response:
        try:
            made = await run_in_threadpool(make, request)
        except BadQuestion as error:
            return JSONResponse({"problem": str(error)}, 400)
        except NotPublished as error:
            return JSONResponse({"problem": str(error)}, 404, _NOT_KEPT)
        age = _WEEK if "week" in request.query_params else _NEWEST
        headers = {"cache-control": f"public, max-age={age}"} if made.published else _NOT_KEPT
        return Response(made.content, media_type=made.media_type, headers=headers)

    return endpoint


class _Public:
    """What is made of publications. Safe in any thread."""

    def __init__(self, publications: Publications) -> None:
        self._publications = publications
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], bytes] = {}

    def page(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        weeks = self._publications.weeks()
        if week is None and not weeks:
            return _Body(_HTML, dashboard.public_page(None, dashboard.View()).encode(), published=False)
        view = dashboard.View(weeks=weeks)
        made = self._made(week, ("page", *weeks), lambda found: dashboard.public_page(found, view).encode())
        return _Body(_HTML, made)

    def index(self, request: Request) -> _Body:
        _parameters(request)
        tables = [{"question": table.question, "by": table.by} for table in self._publications.get().tables]
        value = {"weeks": self._publications.weeks(), "tables": tables, "formats": _FORMATS}
        return _Body(_JSON, json.dumps(value).encode())

    def table(self, request: Request) -> _Body:
        question: str = request.path_params["question"]
        given = _parameters(request, "by", "week", "format")
        by, name = given.get("by"), given.get("format", "json")
        if name not in _FORMATS:
            raise BadQuestion(f"there is no format {name!r}: it is one of {', '.join(_FORMATS)}")
        made = dashboard.FORMATS[name]
        content = self._made(
            given.get("week"), (question, by or "", name), lambda found: made.render(found.table(question, by))
        )
        return _Body(made.media_type, content)

    def whole_json(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        return _Body(_JSON, self._publications.get(week).to_json().encode())

    def whole_parquet(self, request: Request) -> _Body:
        week = _parameters(request, "week").get("week")
        return _Body(dashboard.FORMATS["parquet"].media_type, self._made(week, ("parquet",), publication_parquet))

    def dictionary(self, request: Request) -> _Body:
        publication = self._publications.get(_parameters(request, "week").get("week"))
        return _Body(_JSON, json.dumps(dictionary(publication.k)).encode())

    def badge(self, request: Request) -> _Body:
        _parameters(request)
        newest = self._publications.get() if self._publications.weeks() else None
        return _Body(dashboard.FORMATS["svg"].media_type, dashboard.badge(newest), newest is not None)

    def _made(self, week: str | None, what: tuple[str, ...], make: Callable[[Publication], bytes]) -> bytes:
        """What is made of a publication, made once. Raises `NotPublished`."""
        publication = self._publications.get(week)
        key = (publication.week, *what)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = make(publication)
        with self._lock:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = made
        return made


def _parameters(request: Request, *known: str) -> dict[str, str]:
    given = dict(request.query_params)
    unknown = given.keys() - set(known)
    if unknown:
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise BadQuestion(f"there is no parameter {min(unknown)!r} here: {there}")
    return given
