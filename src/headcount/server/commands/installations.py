"""What is held of an installation: looked up and erased, for the operator by id, for the installation by its secret."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headcount.contract import INSTALL_ID
from headcount.server.commands.connection import LONG, connect, exchange, running_server
from headcount.server.data.directory import BadData, open_data
from headcount.server.data.opened import Keeping, at_hand

Held = dict[str, Any] | None
"""What was found, or a receipt; None where nothing is held."""


def lookup(path: Path, install: str) -> Held:
    """What is held under an id, for the operator; None where nothing is. Raises `BadData` or `NoAnswer`."""
    return _do(path, "lookup", install, lambda kept: kept.rights.lookup(kept.rights.of_operator(install)))


def erase(path: Path, install: str) -> Held:
    """Remove what is held under an id, off the disk too; the receipt, or None where nothing is held.

    Raises `BadData` or `NoAnswer`.
    """

    def remove(kept: Keeping) -> Held:
        receipt = kept.rights.erase(kept.rights.of_operator(install))
        if receipt is None:
            return None
        kept.rights.take_off_the_disk(at_once=True)
        return kept.rights.receipt(str(receipt["receipt"]))

    return _do(path, "erase", install, remove)


def rights_at(url: str, right: str, install: str, secret: str) -> Held:
    """``lookup`` or ``erase`` an installation at a server, by its secret; None where nothing is held. Raises `NoAnswer`."""
    connection, prefix = connect(url)
    reply = exchange(connection, "POST", f"{prefix}/v1/installation/{right}", {"id": install, "secret": secret})
    if reply.status == http.client.NOT_FOUND:
        return None
    if reply.status >= http.client.BAD_REQUEST:
        raise reply.refused()
    return reply.body


def _do(path: Path, right: str, install: str, by_itself: Callable[[Keeping], Held]) -> Held:
    data = open_data(path, create=False)
    if not INSTALL_ID.fullmatch(install):
        raise BadData("an install id has 40 hexadecimal digits, in lower case.")
    with running_server(data) as connection:
        if connection is not None:
            reply = exchange(connection, "POST", f"/installation/{right}", {"id": install}, patience=LONG)
            if reply.status >= http.client.INTERNAL_SERVER_ERROR:
                raise reply.refused()
            return reply.body if reply.status == http.client.OK else None
    with at_hand(data) as kept:
        return by_itself(kept)
