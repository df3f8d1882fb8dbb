"""The records that anybody may see: their list, each as a page and as Markdown; and their release by a maintainer."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion, NotReleased, Query, private_markdown, record_markdown
from headcount.server.data.opened import OpenData
from headcount.server.data.records import Records, asked_for, private_query
from headcount.server.web.asking import Answering, shown_name
from headcount.server.web.site_watch import public_state

MARKDOWN = "text/markdown; charset=utf-8"
_SUFFIX = ".md"  # of the address of a record as Markdown
_LIST, _RECORD = "public, max-age=300", "public, max-age=86400"  # for others to keep; a record never changes


def record_routes(records: Records) -> list[Route]:
    """Return the routes of the list of records, and of each: a page, or Markdown at the same address with ``.md``."""

    async def listed(request: Request) -> Response:
        _refuse_parameters(request)
        page = await run_in_threadpool(lambda: dashboard.records_page(records.listed(), public_state(request)))
        return HTMLResponse(page, headers={"cache-control": _LIST})

    async def one(request: Request) -> Response:
        _refuse_parameters(request)
        name = request.path_params["record"]
        record = await run_in_threadpool(records.get, name.removesuffix(_SUFFIX))
        headers = {"cache-control": _RECORD}
        if name.endswith(_SUFFIX):
            return Response(record_markdown(record), media_type=MARKDOWN, headers=headers)
        return HTMLResponse(dashboard.record_page(record, public_state(request)), headers=headers)

    return [Route("/public/records", listed), Route("/public/records/{record}", one)]


class Recording:
    """Answers maintainers who ask for Markdown: with a record, which is released, or with true counts."""

    def __init__(self, data: OpenData, answering: Answering) -> None:
        self._data = data
        self._answers, _, self._asking = answering

    async def answer(self, request: Request, who: str) -> Response:
        """Return what is asked for, and note it. Raises `BadQuestion`, `Busy` and `WarehouseUnavailable`."""
        question, parameters = request.path_params["question"], dict(request.query_params)
        del parameters["format"]
        private = parameters.pop("private", "false")
        try:
            work = self._work(private)
            query = Query.from_text(question, parameters)
            text = await run_in_threadpool(work, query, request)
        except BadQuestion:
            self._asking.note_refused(who, shown_name(question))
            raise
        self._asking.note(who, question, asked_for(query, private=private == "true"))
        return Response(text, media_type=MARKDOWN)

    def _work(self, private: str) -> Callable[[Query, Request], str]:
        if private not in ("true", "false"):
            raise BadQuestion(f"private is true or false, not {private!r}")
        return self._private if private == "true" else self._released

    def _private(self, query: Query, _: Request) -> str:
        return private_markdown(self._answers.ask(private_query(query)))

    def _released(self, query: Query, request: Request) -> str:
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise NotReleased("a record is not released by a link on another site: open its address itself")
        return record_markdown(self._data.releases.release(query, self._data.k))


def _refuse_parameters(request: Request) -> None:
    if request.query_params:
        raise BadQuestion(f"there is no parameter {min(request.query_params)!r} here: there is none")
