"""Where an answer comes from: the data directory and the server that runs on it, or a server by its address."""

from __future__ import annotations

import argparse
import base64
import json
import os
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from headcount._refused import Refused
from headcount.cli._common import given

_PICTURES = ("svg", "png")


def answered(options: argparse.Namespace, parameters: Mapping[str, str], form: str) -> bytes:
    """Return the answer to what the options ask, in a format. Raises `Refused`."""
    if options.url is None and form == "markdown":
        return _record(options, parameters)
    if options.url is None:
        return _from_data(options, parameters, form)
    if options.public:
        return _published_by_server(options, parameters, form)
    return _from_server(options, parameters, form)


def page_of(options: argparse.Namespace, parameters: Mapping[str, str]) -> str:
    """Return the address of the page that answers what the options ask. Raises `Refused`."""
    if options.url is None:
        from headcount.server import commands

        root: str = commands.run(options.data, "address", given=given(options))
    else:
        root = options.url.rstrip("/")
    query = urlencode(parameters)
    path = "/public" if options.public else f"/questions/{quote(options.question, safe='')}"
    return f"{root}{path}{'?' if query else ''}{query}"


def _from_data(options: argparse.Namespace, parameters: Mapping[str, str], form: str) -> bytes:
    from headcount.server import commands
    from headcount.server.commands.connection import SHORT

    is_picture = form in _PICTURES
    name = "ask-published" if options.public else "ask"
    encoded = commands.run(
        options.data,
        name,
        given=given(options),
        patience=SHORT,
        question=options.question,
        parameters=dict(parameters),
        format="json" if is_picture else form,
    )
    content = base64.b64decode(encoded)
    return _drawn(content, form) if is_picture else content


def _record(options: argparse.Namespace, parameters: Mapping[str, str]) -> bytes:
    from headcount.server import commands
    from headcount.server.commands.connection import SHORT

    text: str = commands.run(
        options.data,
        "record",
        given=given(options),
        patience=SHORT,
        question=options.question,
        parameters=dict(parameters),
        private=options.private,
    )
    return text.encode()


def _drawn(content: bytes, form: str) -> bytes:
    """Return the picture of an answer in JSON, which is drawn here: a server that runs on the data has reports to take."""
    from headcount.dashboard import FORMATS
    from headcount.questions import Answer, BadQuestion

    try:
        return FORMATS[form].render(Answer.from_dict(json.loads(content)))
    except BadQuestion as error:
        raise Refused(str(error)) from error


def _from_server(options: argparse.Namespace, parameters: Mapping[str, str], form: str) -> bytes:
    from headcount.server.commands.connection import connect, exchange

    connection, prefix = connect(options.url)
    asked = {**parameters, "format": form, **({"private": "true"} if options.private else {})}
    query = urlencode(asked)
    headers = {"Authorization": f"Bearer {os.environ.get('HEADCOUNT_TOKEN', '')}"}
    reply = exchange(connection, "GET", f"{prefix}/api/ask/{quote(options.question)}?{query}", headers=headers)
    return reply.content_or_problem()


def _published_by_server(options: argparse.Namespace, parameters: Mapping[str, str], form: str) -> bytes:
    """Return a published table. The public addresses have no format for a terminal, which is made here."""
    from headcount.server.commands.connection import connect, exchange

    connection, prefix = connect(options.url, public=True)
    is_table = form == "table"
    query = urlencode({**parameters, "format": "json" if is_table else form})
    reply = exchange(connection, "GET", f"{prefix}/public/api/{quote(options.question)}?{query}")
    content = reply.content_or_problem()
    if not is_table:
        return content
    from headcount.questions import Answer

    return Answer.from_dict(reply.body).to_table().encode()
