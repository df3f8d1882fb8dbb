"""Answers for programs: ``/api/ask/QUESTION``, in every format."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadQuestion, Query
from headcount.server.web.answer_tags import AnswerTags
from headcount.server.web.asking import Answering, shown_name
from headcount.server.web.records import Recording
from headcount.server.web.sign_in.guard import Guard


def api_routes(answering: Answering, recording: Recording, guarded: Guard) -> list[Route]:
    """Return the routes of the answers, for those who signed in."""
    return [Route("/api/ask/{question}", guarded(partial(_ask, answering, AnswerTags(answering.answers), recording)))]


async def _ask(answering: Answering, tags: AnswerTags, recording: Recording, request: Request, who: str) -> Response:
    _, drawing, asking = answering
    asking.count(who)
    if request.query_params.get("format") == "markdown":
        return await recording.answer(request, who)
    question, parameters = request.path_params["question"], dict(request.query_params)
    name = parameters.pop("format", "json")
    try:
        form = _format(name)
        query = Query.from_text(question, parameters)
        held = await run_in_threadpool(tags.not_modified, request, query, name)
        making = tags.making(query, name)
        if held is None:
            answer = await run_in_threadpool(making.ask, query)
    except BadQuestion:
        asking.note_refused(who, shown_name(question))
        raise
    asking.note(who, question, query.to_text())
    if held is not None:  # they look at it again, so that is noted all the same
        return held
    content = await run_in_threadpool(drawing.render, answer, name)
    return Response(content, media_type=form.media_type, headers=making.headers())


def _format(name: str) -> dashboard.Format:
    if name not in dashboard.FORMATS:
        offered = [name for name in dashboard.FORMATS if name != "sheet"]  # which the command alone reads
        raise BadQuestion(f"there is no format {name!r}: it is one of {', '.join(offered)}, markdown")
    return dashboard.FORMATS[name]
