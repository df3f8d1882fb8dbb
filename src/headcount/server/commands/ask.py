"""Asking: the data in a directory, or a server by its address; what is live, and what was published."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from headcount.questions import Answer, BadQuestion, NotPublished, Query
from headcount.server.commands.connection import Reply, connect, exchange, running_server
from headcount.server.data.answer_cache import Answers
from headcount.server.data.directory import open_data
from headcount.server.data.opened import at_hand
from headcount.server.data.publications import Publications


def ask_data(path: Path, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask the data in a directory. Raises `BadData`, `BadQuestion` or `NoAnswer`."""
    data = open_data(path, create=False)
    with running_server(data) as connection:
        if connection is not None:
            return _answer(exchange(connection, "GET", _path("/api/ask", question, parameters)))
    with at_hand(data) as kept:
        return Answers(kept.warehouse, time.time).ask(Query.from_text(question, parameters))


def ask_url(url: str, token: str, question: str, parameters: Mapping[str, str]) -> Answer:
    """Ask a server by its address, with a maintainer's token. Raises `BadQuestion` or `NoAnswer`."""
    connection, prefix = connect(url)
    headers = {"Authorization": f"Bearer {token}"}
    return _answer(exchange(connection, "GET", prefix + _path("/api/ask", question, parameters), headers=headers))


def ask_published(path: Path, question: str, parameters: Mapping[str, str]) -> Answer:
    """A table of a publication, by ``by`` and ``week``. Raises `BadData` or `NotPublished`.

    It is read from its file, which is never changed, whether a server runs or not.
    """
    data = open_data(path, create=False)
    published = Publications(data.publications, time.time).get(parameters.get("week"))
    return published.table(question, parameters.get("by"))


def ask_published_url(url: str, question: str, parameters: Mapping[str, str]) -> Answer:
    """A table of a publication from a server by its address. Raises `BadQuestion`, `NotPublished` or `NoAnswer`."""
    connection, prefix = connect(url)
    reply = exchange(connection, "GET", prefix + _path("/public/api", question, parameters))
    if reply.status == http.client.NOT_FOUND and "problem" in reply.body:
        raise NotPublished(reply.body["problem"])
    return _answer(reply)


def _path(root: str, question: str, parameters: Mapping[str, str]) -> str:
    return f"{root}/{quote(question)}?{urlencode(parameters)}"


def _answer(reply: Reply) -> Answer:
    if reply.status == http.client.BAD_REQUEST and "problem" in reply.body:
        raise BadQuestion(reply.body["problem"])
    if reply.status != http.client.OK:
        raise reply.refused()
    return Answer.from_dict(reply.body)
