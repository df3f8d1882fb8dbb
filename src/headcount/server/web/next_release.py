"""The form of the page about the next release: it keeps and removes conditions."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import BadRemoval, Removal
from headcount.server.data.removals import DamagedRemovals, Removals
from headcount.server.web.asking import Answering
from headcount.server.web.form_tokens import FormTokens
from headcount.server.web.sign_in.guard import Guard
from headcount.server.web.views import Views

_PATH = "/next"
_NAME = "the removals of the next release"  # in the log of questions


def next_release_route(
    removals: Removals, tokens: FormTokens, views: Views, answering: Answering, guarded: Guard
) -> Route:
    """Return the route that takes the form, for those who signed in.

    ``do`` is ``keep``, with the condition ``where``, the line ``why``, and ``was``, the condition that it takes the place
    of, or empty; or ``remove``, with ``where``. The log of questions has the condition, and not the line.
    """
    answers, drawing, asking = answering

    async def change(request: Request, who: str) -> Response:
        asking.count(who)
        form = await tokens.read(request, who)
        try:
            noted = await run_in_threadpool(_change, removals, form)
        except BadRemoval as error:
            problems = error.problems
        except DamagedRemovals:
            problems = {}  # which the page says itself
        else:
            asking.note(who, _NAME, noted)
            return RedirectResponse(_PATH, 303)
        asking.note_refused(who, _NAME)
        parameters = {"keep": form.get("where", ""), "why": form.get("why", ""), "change": form.get("was", "")}
        view = await run_in_threadpool(views.of, request, who, parameters, problems)
        rendered = await run_in_threadpool(dashboard.next_release_page, answers.ask, drawing.picture, view)
        return HTMLResponse(rendered.html, 400)

    return Route(_PATH, guarded(change), methods=["POST"])


def _change(removals: Removals, form: dict[str, str]) -> dict[str, str]:
    """Do what a form says; return it for the log."""
    if form.get("do") == "remove":
        where = form.get("where", "")
        known = {removal.where for removal in removals.listed()}
        removals.remove(where)
        return {"remove": where} if where in known else {}
    removal = Removal.from_text(form.get("where", ""), form.get("why", ""))
    removals.keep(removal, form.get("was", ""))
    return {"keep": removal.where}
