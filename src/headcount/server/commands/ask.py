"""``ask``: an answer, a record, or a published table, in one of the formats."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.dashboard import FORMATS
from headcount.questions import Answer, BadQuestion, NotPublished, Query, private_markdown, record_markdown
from headcount.server.data.opened import OpenData
from headcount.server.data.records import asked_for, private_query


def ask(data: OpenData, arguments: Mapping[str, Any]) -> str:
    """Return the answer to ``question`` with ``parameters`` in ``format``, in Base64: no picture. Raises `Refused`."""
    data.catch_up()
    try:
        query = Query.from_text(arguments["question"], arguments["parameters"])
        answer = data.answers.ask(query)
    except BadQuestion as error:
        raise Refused(str(error)) from error
    if data.serving is not None:
        data.question_log.note("operator", query.question, query.to_text())
    return _rendered(answer, arguments["format"])


def record(data: OpenData, arguments: Mapping[str, Any]) -> str:
    """Return what to know before dropping what ``parameters`` ask of, as Markdown. Raises `Refused`.

    It is the record that anybody may see, released now unless it was before; with ``private`` true counts of now, which are
    kept nowhere.
    """
    try:
        query = Query.from_text(arguments["question"], arguments["parameters"])
        if arguments["private"]:
            data.catch_up()
            text = private_markdown(data.answers.ask(private_query(query)))
        else:
            text = record_markdown(data.releases.release(query, data.k))
    except BadQuestion as error:
        raise Refused(str(error)) from error
    if data.serving is not None:
        data.question_log.note("operator", query.question, asked_for(query, private=arguments["private"]))
    return text


def ask_published(data: OpenData, arguments: Mapping[str, Any]) -> str:
    """Return the table of a publication for ``question``, by ``by`` and ``week``, in ``format``, in Base64: no picture.

    It is read from its file, which never changes. Raises `Refused`.
    """
    parameters = arguments["parameters"]
    try:
        publication = data.publications.get(parameters.get("week"))
        return _rendered(publication.table(arguments["question"], parameters.get("by")), arguments["format"])
    except NotPublished as error:
        raise Refused(str(error)) from error


def _rendered(answer: Answer, name: str) -> str:
    return base64.b64encode(FORMATS[name].render(answer)).decode()
