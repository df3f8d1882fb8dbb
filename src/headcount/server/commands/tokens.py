"""``token``: maintainers' tokens are made, listed and revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.server.data.opened import OpenData
from headcount.server.data.tokens import Token


def make(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Make a token for ``name``; return its ``id``, ``name``, ``made``, and the ``token``. Raises `Refused`."""
    data.own()  # so that nobody else changes the file
    token, text = data.tokens.make(arguments["name"])
    return {**_described(token), "token": text}


def list_all(data: OpenData, _: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return all tokens that are not revoked: ``id``, ``name``, ``made``. Raises `Refused`."""
    return [_described(token) for token in data.tokens.listed()]


def revoke(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Revoke the token ``id``, at once, and return it.

    Raises `Refused` where no token has this id, and where that cannot be written down.
    """
    data.own()
    try:
        token = data.tokens.revoke(arguments["id"])
    except OSError as error:
        if data.serving is None:
            raise
        raise Refused(
            f"the token opens nothing any more, but {data.directory.tokens} cannot be written ({error.strerror}): the "
            "server tries again until it can; started again before, it would take the token."
        ) from error
    if token is None:
        raise Refused(f"there is no token {arguments['id']!r}: `headcount token --list` shows those that there are.")
    return _described(token)


def _described(token: Token) -> dict[str, str]:
    """Return what may be said of a token."""
    return {"id": token.id, "name": token.name, "made": token.made}
