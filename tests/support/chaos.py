"""A collector of several hosts over a ClickHouse cluster, and what happens to it: servers die, stand still, are cut off."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.clickhouse import NAME, Cluster, Place
from tests.support.networks import Host, Network
from tests.support.serving import Served, ingesting, serving
from tests.support.zygote import of_server

SHARDS, INGESTS = 2, 2
_OPTIONS = ("--quota", "0", "--block-newcomers", "0")
"""All reports come from one address."""


class Running:
    """A process of Headcount on a host, which can be killed and started again over its data directory."""

    def __init__(self, start: Callable[[], contextlib.AbstractContextManager[Served]]) -> None:
        self._start = start
        self._stack = contextlib.ExitStack()
        self.served: Served | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Where it listens."""
        assert self.served is not None
        host, _, port = self.served.url.removeprefix("http://").partition(":")
        return host, int(port)

    def start(self) -> None:
        """Start it."""
        self.served = self._stack.enter_context(self._start())

    def kill(self) -> None:
        """End it with SIGKILL, whether it runs or not."""
        self._stack.close()
        self.served = None

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self.served is not None
        self.served.process.send_signal(number)


class Site:
    """Two shards, two processes that ingest, and a server, each on a host of its own with a data directory of its own.

    The thread that enters it, and those that it starts, are on the server's host. ``options`` are of all processes.
    """

    def __init__(self, directory: Path, *options: str) -> None:
        of_server()  # it is for others too, and stays where they are
        self._directory = directory
        self._stack = contextlib.ExitStack()
        self._options = (*_OPTIONS, *options)
        with contextlib.ExitStack() as stack:
            self.network = stack.enter_context(Network(1 + INGESTS + SHARDS))
            self.office, *others = self.network.hosts
            self.ingest_hosts, self.shards = tuple(others[:INGESTS]), tuple(others[INGESTS:])
            stack.enter_context(self.office.entered())
            places = [Place(host.address, host.entrance) for host in self.shards]
            self.cluster = stack.enter_context(Cluster(directory / "clickhouse", places=places))
            self.server = Running(self._serving)
            self.ingests = tuple(Running(self._ingesting(number)) for number in range(INGESTS))
            for each in (self.server, *self.ingests):
                stack.callback(each.kill)
            self._stack = stack.pop_all()

    @property
    def url(self) -> str:
        """The URL of the warehouse."""
        host, port = self.cluster.addresses[0]
        return f"clickhouse://default@{host}:{port}/headcount?cluster={NAME}"

    @property
    def data(self) -> Path:
        """The data directory of the server."""
        return self._directory / "served"

    @property
    def directories(self) -> tuple[Path, ...]:
        """All data directories."""
        return (self.data, *(self._directory / f"ingest-{number}" for number in range(INGESTS)))

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Where reports are taken now."""
        return tuple(each.place for each in (*self.ingests, self.server) if each.served is not None)

    def start(self) -> None:
        """Start the server, and give its pseudonym key to the others before they start."""
        self.server.start()
        for directory in self.directories[1:]:
            directory.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(self.data / "pseudonym.key", directory / "pseudonym.key")
        for each in self.ingests:
            each.start()

    def errors(self) -> str:
        """What the processes wrote to standard error."""
        return "".join(file.read_text() for file in sorted(self._directory.glob("*.errors")))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _serving(self) -> contextlib.AbstractContextManager[Served]:
        errors = self._errors("served")
        return serving(self.data, errors, "--warehouse", self.url, *self._options, host=self.office)

    def _ingesting(self, number: int) -> Callable[[], contextlib.AbstractContextManager[Served]]:
        def start() -> contextlib.AbstractContextManager[Served]:
            host, data = self.ingest_hosts[number], self.directories[1 + number]
            options = ("--host", host.address, "--warehouse", self.url, "--load-seconds", "0", *self._options)
            return ingesting(data, self._errors(data.name), *options, host=host)

        return start

    def _errors(self, name: str) -> Path:
        """A new file for each start, since a start writes over the file that it is given."""
        return self._directory / f"{name}-{len(list(self._directory.glob('*.errors')))}.errors"


Trouble = Callable[[Site, random.Random], contextlib.AbstractContextManager[str]]
"""Something goes wrong while its context lasts, and is mended at its end; it yields what it is."""


@contextlib.contextmanager
def dead_shard(site: Site, chance: random.Random) -> Iterator[str]:
    """A server of ClickHouse is killed, and comes back."""
    number = chance.randrange(SHARDS)
    site.cluster.kill(number)
    yield f"shard {number + 1} killed"
    site.cluster.restart(number)


@contextlib.contextmanager
def dead_ingest(site: Site, chance: random.Random) -> Iterator[str]:
    """A process that takes reports and loads them is killed, and comes back."""
    number = chance.randrange(INGESTS)
    site.ingests[number].kill()
    yield f"ingest {number + 1} killed"
    site.ingests[number].start()


@contextlib.contextmanager
def cut_off(site: Site, chance: random.Random) -> Iterator[str]:
    """Some hosts do not hear others: a shard nobody, the shards each other, or a process one shard or all."""
    everybody = site.network.hosts
    shard = chance.choice(site.shards)
    process = chance.choice((site.office, *site.ingest_hosts))
    cuts: tuple[tuple[str, tuple[Host, ...], tuple[Host, ...]], ...] = (
        ("a shard from all", (shard,), tuple(host for host in everybody if host is not shard)),
        ("the shards from each other", site.shards[:1], site.shards[1:]),
        ("a process from a shard", (process,), (shard,)),
        ("a process from all shards", (process,), site.shards),
    )
    what, some, others = chance.choice(cuts)
    site.network.cut(some, others)
    yield f"cut off {what}"
    site.network.heal()


@contextlib.contextmanager
def silent_shard(site: Site, chance: random.Random) -> Iterator[str]:
    """A server of ClickHouse stands still: it takes connections, and answers nothing."""
    number = chance.randrange(SHARDS)
    site.cluster.pause(number)
    yield f"shard {number + 1} stood still"
    site.cluster.resume(number)


def standing_still(seconds: float) -> Trouble:
    """A process that loads stands still for so long at least, and goes on with what it was about."""

    @contextlib.contextmanager
    def still(site: Site, chance: random.Random) -> Iterator[str]:
        number = chance.randrange(INGESTS)
        site.ingests[number].send(signal.SIGSTOP)
        yield f"ingest {number + 1} stood still"
        time.sleep(seconds)
        site.ingests[number].send(signal.SIGCONT)

    return still
