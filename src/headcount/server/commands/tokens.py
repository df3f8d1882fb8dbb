"""The operator's commands on publications and tokens: through the server that runs, or by themselves where none does."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from headcount.server.commands.connection import exchange, running_server
from headcount.server.commands.publish import Operations, described, publish_due
from headcount.server.data.directory import open_data
from headcount.server.data.opened import at_hand
from headcount.server.data.publications import Publications
from headcount.server.data.tokens import open_tokens


class CannotOperate(Exception):
    """What was asked of the operator's commands cannot be done; the message is one sentence."""


def publish_data(path: Path, k: int) -> dict[str, Any]:
    """Publish the week that is due: its name, its ``k``, and whether it is ``new``.

    A server that runs publishes with its own k. Raises `BadData`, `CannotOperate` or `NoAnswer`.
    """
    data = open_data(path, create=False)
    with running_server(data) as connection:
        if connection is not None:
            reply = exchange(connection, "POST", "/operator/publish")
            if reply.status == http.client.CONFLICT:
                raise CannotOperate(f"{reply.body['problem']}.")
            if reply.status != http.client.OK:
                raise reply.refused()
            return reply.body
    with at_hand(data) as kept:
        publications = Publications(data.publications, time.time)
        tokens = open_tokens(data, time.time)
        try:
            return publish_due(Operations(publications, tokens, kept.warehouse, k, lambda: None))
        except ValueError as error:
            raise CannotOperate(f"{error}.") from error


def make_token(path: Path, name: str) -> dict[str, str]:
    """Make a token for somebody: its ``id``, ``name``, ``made``, and the ``token``. Raises `BadData` or `NoAnswer`."""
    data = open_data(path, create=True)
    with running_server(data) as connection:
        if connection is not None:
            reply = exchange(connection, "POST", "/operator/tokens", {"name": name})
            if reply.status != http.client.OK:
                raise reply.refused()
            return reply.body
    with data.claimed():  # so that nobody else changes the file
        token, text = open_tokens(data, time.time).make(name)
    return {**described(token), "token": text}


def list_tokens(path: Path) -> list[dict[str, str]]:
    """All tokens that are not revoked: ``id``, ``name``, ``made``. Raises `BadData`."""
    return [described(token) for token in open_tokens(open_data(path, create=False), time.time).listed()]


def revoke_token(path: Path, token_id: str) -> dict[str, str]:
    """Revoke a token, at once. Raises `BadData`, `CannotOperate` where there is none of this id, or `NoAnswer`."""
    data = open_data(path, create=False)
    with running_server(data) as connection:
        if connection is not None:
            reply = exchange(connection, "DELETE", f"/operator/tokens/{quote(token_id, safe='')}")
            if reply.status == http.client.OK:
                return reply.body
            if reply.status == http.client.NOT_FOUND:
                raise _no_token(token_id)
            raise reply.refused()
    with data.claimed():
        token = open_tokens(data, time.time).revoke(token_id)
    if token is None:
        raise _no_token(token_id)
    return described(token)


def _no_token(token_id: str) -> CannotOperate:
    return CannotOperate(f"there is no token {token_id!r}: `headcount token --list` shows those that there are.")
