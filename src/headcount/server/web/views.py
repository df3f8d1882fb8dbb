"""What pages for maintainers are given to show, beside the answers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from headcount import dashboard
from headcount.server.data.answer_cache import AnswerCache
from headcount.server.data.records import Records
from headcount.server.data.removals import DamagedRemovals, Removals
from headcount.server.web.form_tokens import FormTokens
from headcount.server.web.site_watch import full_state


class Views:
    """Makes views of a site that has these records and removals. Safe in any thread."""

    def __init__(self, answers: AnswerCache, records: Records, removals: Removals, tokens: FormTokens) -> None:
        self._answers = answers
        self._records = records
        self._removals = removals
        self._tokens = tokens

    def of(
        self,
        request: Request,
        who: str,
        parameters: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> dashboard.View:
        """Return the view of the page that ``who`` asks for; ``parameters``: unless they are those of its address.

        ``problems``: what is wrong with a form that they sent. Reads files: raises OSError.
        """
        told = dict(problems or {})
        try:
            removals = self._removals.listed()
        except DamagedRemovals as error:
            removals, told = (), {**told, "file": str(error)}
        return dashboard.View(
            name=request.path_params.get("name", ""),
            parameters=dict(request.query_params) if parameters is None else parameters,
            today=self._answers.today(),
            site=full_state(request),
            records=self._records.listed(),
            removals=removals,
            form_token=self._tokens.of(who),
            problems=told,
        )
