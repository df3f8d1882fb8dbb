"""Limits of connections: how many there are, what they hold in memory, and how long they take.

For one connection or one byte too many, a connection is ended of the block of addresses that has most of them, so that no
block shuts out another: of that block the one that finished no request for longest, since it came or since the last. A
sender who shares the block with an attacker is served in milliseconds, and so is hardly ever that one. Connections of
trusted proxies, and through a Unix socket, stand for no block and count as one together: `connections` bounds them, and
before that the limits of the proxy itself.
"""

from __future__ import annotations

import asyncio
import resource
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge

FEW = 64
"""Connections that may be open to what only an operator or a monitor uses."""

WINDOW = 15.0
"""Seconds in which a sender must bring, and a reader must take, as much as the slowest rate says."""

_AT_ONCE = 4  # connections that send much and are read in one turn of the event loop
_SPARE = 200  # file descriptors for files, and for connections that are just being refused; of few, three quarters
_HELD = 64 * 1024 * 1024  # bytes that all connections may hold, beside the bodies of reports


class Pace:
    """How fast bytes come or go. A fast beginning buys no time: each window is looked at by itself."""

    def __init__(self, now: float) -> None:
        """``now``: the time of the loop's clock, here as below."""
        self.restart(now)

    def restart(self, now: float) -> None:
        """Begin anew."""
        self.since = self._window = now
        self.moved = 0
        """Bytes in this window."""

    def crawls(self, now: float, slowest: int) -> bool:
        """Return whether a window has ended in which less than ``slowest`` bytes a second came."""
        window = now - self._window
        if window <= WINDOW:
            return False
        if self.moved < slowest * window:
            return True
        self._window, self.moved = now, 0
        return False


class Connection(asyncio.Protocol, ABC):
    """A connection, as its limits see it."""

    transport: asyncio.Transport
    block: bytes | None = None
    """The block of addresses that its peer is in; None for a peer that has none."""

    @abstractmethod
    def overdue(self, now: float) -> tuple[str, int] | None:
        """Return why it is to be ended, and with which status, at a time of the loop's clock; None where it may go on."""

    @abstractmethod
    def refuse(self, status: int) -> None:
        """Close it; before that answer with the status, not 0, where its sender would know which request that is for."""

    @abstractmethod
    def stop(self) -> None:
        """Close it as soon as what was begun is answered."""


@dataclass
class _Block:
    """The connections of a block, the one first that finished no request for longest; and what they hold, in bytes."""

    connections: OrderedDict[Connection, None] = field(default_factory=OrderedDict)
    holders: OrderedDict[Connection, int] = field(default_factory=OrderedDict)
    held: int = 0


class ConnectionLimits:
    """The limits of one server's connections. `set_limits` changes them while it serves."""

    def __init__(
        self, connections: int = 4000, head_seconds: int = 15, body_seconds: int = 300, slowest: int = 2048, *,
        held: int = _HELD,
        block_of: Callable[[str | None], bytes | None] = lambda _: None, registry: CollectorRegistry | None = None,
    ) -> None:  # fmt: skip
        """See the settings of these names.

        ``held``: bytes of memory that all connections may hold, beside the bodies of reports; ``block_of`` returns the
        block of addresses of a connection's peer.
        """
        self.set_limits(connections, head_seconds, body_seconds, slowest)
        self.block_of = block_of
        self._blocks: dict[bytes | None, _Block] = {}
        self._count = 0
        self._most_held = held
        self.held = 0
        """Bytes of heads, of requests to the application and of replies that wait to be taken."""
        self._closing: dict[Connection, float] = {}
        self._resting: deque[Callable[[], None]] = deque()
        self._closed = Counter(
            "headcount_connections_closed", "Connections that were ended for what they did", ["why"], registry=registry
        )
        self._open = Gauge("headcount_connections", "Open connections", registry=registry)

    def set_limits(self, connections: int, head_seconds: int, body_seconds: int, slowest: int) -> None:
        """Replace the limits; open connections are held to the new ones."""
        descriptors = _descriptors()
        self.connections = max(1, min(connections, max(descriptors - _SPARE, descriptors // 4)))
        self.head_seconds = head_seconds
        self.body_seconds = body_seconds
        self.slowest = slowest

    def __len__(self) -> int:
        """Return how many connections are open, without those that are being closed."""
        return self._count

    def admit(self, newest: Connection) -> None:
        """Take a new connection, and end another one where there are too many."""
        self.add(newest)
        while self._count > self.connections:
            fullest = max(self._blocks.values(), key=lambda block: len(block.connections))
            self.end(next(iter(fullest.connections)), "made room", 503)

    def add(self, connection: Connection) -> None:
        """Take a connection, as the newest of its block."""
        self._blocks.setdefault(connection.block, _Block()).connections[connection] = None
        self._count += 1

    def renew(self, connection: Connection) -> None:
        """Note that a connection finished a request: of its block, it is the last to be ended."""
        self._blocks[connection.block].connections.move_to_end(connection)

    def hold(self, connection: Connection, size: int) -> None:
        """Note how many bytes a connection holds in memory; where all hold too many, another one is ended, or this."""
        block = self._blocks.get(connection.block)
        if block is None or connection not in block.connections:
            return
        more = size - block.holders.pop(connection, 0)
        if size:
            block.holders[connection] = size
        block.held += more
        self.held += more
        while self.held > self._most_held and self.held > size:
            fullest = max(self._blocks.values(), key=lambda block: block.held)
            self.end(next(iter(fullest.holders)), "held too much", 503)

    def rest(self, then: Callable[[], None]) -> None:
        """Call ``then`` after others had their turn, so that few who send as fast as they can leave time for the rest."""
        self._resting.append(then)
        if len(self._resting) == 1:
            asyncio.get_running_loop().call_soon(self._end_rest)

    def _end_rest(self) -> None:
        for _ in range(min(_AT_ONCE, len(self._resting))):
            self._resting.popleft()()
        if self._resting:
            asyncio.get_running_loop().call_soon(self._end_rest)

    def forget(self, connection: Connection) -> None:
        """Note that a connection is closed, or goes on as another."""
        self._closing.pop(connection, None)
        block = self._blocks.get(connection.block)
        if block is None or connection not in block.connections:
            return
        size = block.holders.pop(connection, 0)
        block.held -= size
        self.held -= size
        del block.connections[connection]
        self._count -= 1
        if not block.connections:
            del self._blocks[connection.block]

    def sweep(self, now: float) -> None:
        """End the connections that are too slow; ``now`` is the time of the loop's clock."""
        for connection, since in list(self._closing.items()):
            if now - since > WINDOW:  # it does not take what was written to it
                connection.transport.abort()
        for connection in self._all():
            ended = connection.overdue(now)
            if ended is not None:
                self.end(connection, *ended)
        self._open.set(self._count)

    def end(self, connection: Connection, why: str, status: int) -> None:
        """Close a connection, with a status where its sender may still read one. ``why``: empty where it was counted."""
        if why:
            self.count(why)
        self.forget(connection)
        if connection.transport.is_closing():  # it does not take the last that was written to it
            connection.transport.abort()
            return
        connection.refuse(status)
        self._closing[connection] = asyncio.get_running_loop().time()

    def count(self, why: str) -> None:
        """Count a connection that is ended for what it did."""
        self._closed.labels(why).inc()

    def stop(self) -> None:
        """Close each connection as soon as what was begun on it is answered."""
        for connection in self._all():
            connection.stop()

    def abort(self) -> None:
        """Close all connections at once."""
        for connection in [*self._closing, *self._all()]:
            connection.transport.abort()

    def _all(self) -> list[Connection]:
        return [connection for block in self._blocks.values() for connection in block.connections]


def _descriptors() -> int:
    """Ask for as many open files as this process may have; return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_000_000
