"""Servers of Debian's ClickHouse that know each other as shards and replicas, on free ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.certificates import Authority
from tests.support.clickhouse.configuration import Node, write
from tests.support.clickhouse.ports import free_ports
from tests.support.clickhouse.servers import PROGRAM, PortTaken, Server

_SHARDS = 2
_PORTS = 4  # of a server


@dataclass(frozen=True)
class Place:
    """A host for a server: its address, and the beginning of a command line that runs the rest there."""

    address: str = "127.0.0.1"
    entrance: tuple[str, ...] = ()


def clickhouse_missing() -> str | None:
    """Why there can be no `Cluster` here, with the line that helps; None where there can be one."""
    if Path(PROGRAM).exists():
        return None
    return "ClickHouse is missing; install with: apt-get install -y clickhouse-server clickhouse-client"


class Cluster:
    """Two shards, each a server or several replicas of it; up once constructed, ended by `stop`, or by leaving its ``with``.

    A server is named by its number: first all replicas of the first shard, then those of the second. Of each,
    ``ports`` has the port of the native protocol, ``secure_ports`` that over TLS, ``addresses`` host and port.
    """

    ports: tuple[int, ...]
    secure_ports: tuple[int, ...]
    addresses: tuple[tuple[str, int], ...]

    def __init__(
        self,
        directory: Path,
        *,
        replicas: int = 1,
        zookeeper: int | None = None,
        authority: Authority | None = None,
        places: Sequence[Place] = (),
    ) -> None:
        """Start the servers; all they write goes under ``directory``.

        ``replicas``: of each shard; more than one need the port of a ``zookeeper``. ``authority``: who gives the
        certificate for TLS, without which there is none. ``places``: the host of each server, else 127.0.0.1.
        Raises RuntimeError, with the end of the log, where a server does not start.
        """
        self._replicas = replicas
        self._zookeeper = zookeeper
        self._authority = authority
        self._places = tuple(places) or (Place(),) * (_SHARDS * replicas)
        self._servers: list[Server] = []
        try:
            self._start(directory / "first")
        except PortTaken:
            self._start(directory / "second")

    def kill(self, number: int) -> None:
        """End a server with SIGKILL."""
        self._servers[number].kill()

    def restart(self, number: int) -> None:
        """Start a server that was killed, with the files that it left and its ports, and wait until it answers."""
        self._servers[number].start()
        self._servers[number].wait()

    def pause(self, number: int) -> None:
        """Stop a server with SIGSTOP: its connections stay, and nothing answers."""
        self._servers[number].pause()

    def resume(self, number: int) -> None:
        """Let a server that was stopped go on."""
        self._servers[number].resume()

    def stop(self) -> None:
        """End all servers, with force where they do not end in time."""
        for server in self._servers:
            server.ask_to_end()
        for server in self._servers:
            server.end()
        self._servers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, directory: Path) -> None:
        nodes = self._nodes()
        self.ports = tuple(node.tcp for node in nodes)
        self.secure_ports = tuple(node.secure for node in nodes)
        self.addresses = tuple((node.host, node.tcp) for node in nodes)
        try:
            for node, place in zip(nodes, self._places, strict=True):
                home = directory / f"{node.shard}-{node.replica}"
                certificate = None if self._authority is None else self._authority.files(home, node.host)
                write(home, node, nodes, certificate, self._zookeeper)
                self._servers.append(Server(home, (node.host, node.tcp), place.entrance))
                self._servers[-1].start()
            for server in self._servers:
                server.wait()
        except BaseException:
            self.stop()
            raise

    def _nodes(self) -> list[Node]:
        free = free_ports(_PORTS * len(self._places))
        nodes = []
        for number, place in enumerate(self._places):
            tcp, http, interserver, secure = free[number * _PORTS : (number + 1) * _PORTS]
            shard, replica = number // self._replicas + 1, number % self._replicas + 1
            nodes.append(Node(place.address, tcp, http, interserver, secure, shard, replica))
        return nodes
