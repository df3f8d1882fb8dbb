"""The server's own socket, by which commands on the data directory reach it: made as soon as it can be.

It lies in the data directory, since who may write there may command the server. On a disk that is full or read-only it
cannot be made, and that is just when the operator wants to ask the doctor: so it is tried again until it can.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from headcount.server.data.directory import DataDirectory

logger = logging.getLogger(__name__)

_BACKLOG = 64  # commands that may wait to be accepted


@contextmanager
def command_socket(data: DataDirectory) -> Iterator[Callable[[], socket.socket | None]]:
    """Yield a function that returns the command socket, or None while it cannot be created. It is removed on exit.

    The socket is created at once where that is possible, so that commands wait from then on, and are not refused. Who owns
    the warehouse owns the socket, so a socket that lies there is a dead server's.
    """
    with data.socket_address() as address:
        created: list[socket.socket] = []
        failed = False

        def create() -> socket.socket | None:
            nonlocal failed
            if created:
                return created[0]
            try:
                created.append(_bind_socket(address))
            except OSError as error:
                if not failed:
                    logger.error("no socket for commands, which is tried again: %s", error)  # noqa: TRY400  # the reason suffices
                failed = True
                return None
            if failed:
                logger.warning("there is a socket for commands now")
            return created[0]

        try:
            create()
            yield create
        finally:
            for each in created:
                each.close()
                Path(address).unlink(missing_ok=True)


def _bind_socket(address: str) -> socket.socket:
    Path(address).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
