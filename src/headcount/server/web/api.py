"""Answers for programs: ``/api/ask/QUESTION``, in every format."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion, Query
from headcount.server.data.opened import OpenData
from headcount.server.web.sign_in import Guard


def api_routes(data: OpenData, guarded: Guard) -> list[Route]:
    """Return the routes of the answers, for those who signed in."""
    return [Route("/api/ask/{question}", guarded(partial(_ask, data)))]


async def _ask(data: OpenData, request: Request, who: str) -> Response:
    question, parameters = request.path_params["question"], dict(request.query_params)
    name = parameters.pop("format", "json")
    data.question_log.note(who, question, parameters)
    if name not in dashboard.FORMATS:
        raise BadQuestion(f"there is no format {name!r}: it is one of {', '.join(dashboard.FORMATS)}")
    answer = await run_in_threadpool(lambda: data.answers.ask(Query.from_text(question, parameters)))
    form = dashboard.FORMATS[name]
    return Response(await run_in_threadpool(form.render, answer), media_type=form.media_type)
