"""The connection of one exchange, which another thread can break off."""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import ExitStack

_RESET = struct.pack(
    "hh" if os.name == "nt" else "ii", 1, 0
)  # struct linger: what was not sent is dropped, and the other side sees a reset


class BrokenOff(Exception):
    """The exchange was withdrawn, or its time was over."""


class Exchange:
    """One exchange, in a thread of its own: connects, and is broken off at its deadline or by `withdraw`.

    ``withdrawn``: nothing may be sent any more; ``late``: its time was over.
    """

    def __init__(self) -> None:
        self.withdrawn = False
        self.late = False
        self._lock = threading.Lock()  # held for moments: the reactor's thread takes it too
        self._copy: socket.socket | None = None  # it stays valid when TLS takes over the other one

    def withdraw(self) -> None:
        """Reset the connection at once, or make none; for any thread, and without blocking."""
        with self._lock:
            self.withdrawn = True
            if self._copy is not None:
                with suppress(OSError):
                    self._copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self._cut()

    def check(self) -> None:
        """Return while the exchange may go on. Raises `BrokenOff`."""
        if self.withdrawn or self.late:
            raise BrokenOff

    def connect(self, host: str, port: int, *, silence: float, deadline: float, stack: ExitStack) -> socket.socket:
        """Return a connection, which ``stack`` closes; it is broken off after ``deadline`` seconds.

        ``silence``: the seconds without a byte that are endured. A name is resolved before, which nothing
        can break off; nobody is connected to after that if the exchange was withdrawn meanwhile. Raises
        `BrokenOff` and `OSError`.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self.check()
        timer = threading.Timer(deadline, self._expire)
        timer.daemon = True
        timer.start()
        stack.callback(timer.cancel)
        stack.callback(self._let_go)
        failure = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            try:
                tcp = socket.socket(family, kind, protocol)
            except OSError as error:  # a kind of address that this machine does not have
                failure = error
                continue
            try:
                tcp.settimeout(silence)
                self._hold(tcp)
                tcp.connect(address)
                self.check()
            except OSError as error:
                failure = error
                tcp.close()
                self.check()
            except BaseException:
                tcp.close()
                raise
            else:
                stack.callback(tcp.close)
                return tcp
        raise failure

    def _hold(self, tcp: socket.socket) -> None:
        self._let_go()
        with self._lock:
            self.check()
            self._copy = tcp.dup()

    def _let_go(self) -> None:
        with self._lock:
            if self._copy is not None:
                self._copy.close()
                self._copy = None

    def _expire(self) -> None:
        with self._lock:
            self.late = True
            self._cut()

    def _cut(self) -> None:
        """Wake whoever reads, writes or connects; the thread of the exchange then closes the connection."""
        if self._copy is not None:
            with suppress(OSError):
                self._copy.shutdown(socket.SHUT_RDWR)
