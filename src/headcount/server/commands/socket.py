"""The server's own socket, by which commands on the data directory reach it: made as soon as it can be.

It lies in the data directory, since who may write there may command the server. On a disk that is full or read-only it
cannot be made, and that is just when the operator wants to ask the doctor: so it is tried again until it can.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from headcount.server.data.directory import DataDirectory

logger = logging.getLogger(__name__)

_BACKLOG = 64  # commands that may wait to be taken


@contextmanager
def command_socket(data: DataDirectory) -> Iterator[Callable[[], socket.socket | None]]:
    """What gives the socket when it is called, or None where it cannot be made now; it is gone with the context.

    It is there from the beginning where it can be, so that commands wait from then on, and are not refused. Who owns
    the warehouse owns the socket, so one that lies there is a dead server's.
    """
    with data.socket() as address:
        made: list[socket.socket] = []
        failed = False

        def make() -> socket.socket | None:
            nonlocal failed
            if made:
                return made[0]
            try:
                made.append(_bound(address))
            except OSError as error:
                if not failed:
                    logger.error("no socket for commands, which is tried again: %s", error)  # noqa: TRY400  # the reason suffices
                failed = True
                return None
            if failed:
                logger.warning("there is a socket for commands now")
            return made[0]

        try:
            make()
            yield make
        finally:
            for one in made:
                one.close()
                Path(address).unlink(missing_ok=True)


def _bound(address: str) -> socket.socket:
    Path(address).unlink(missing_ok=True)
    commands = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o077)
    try:
        commands.bind(address)
        commands.listen(_BACKLOG)
        commands.setblocking(False)
    except OSError:
        commands.close()
        raise
    finally:
        os.umask(mask)
    return commands
