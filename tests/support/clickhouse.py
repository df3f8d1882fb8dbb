"""A real cluster for the tests: two servers of Debian's ClickHouse 18.16, each one shard, on free ports of 127.0.0.1."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

SERVER = shutil.which("clickhouse-server") or "/usr/sbin/clickhouse-server"
NAME = "two"
"""The cluster's name, for ``Distributed(two, …)``."""

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_TAKEN = ("Address already in use", "Cannot bind", "Net Exception")

_CONFIG = """<yandex>
    <logger>
        <level>warning</level><log>{home}/server.log</log><errorlog>{home}/errors.log</errorlog>
    </logger>
    <http_port>{http}</http_port>
    <tcp_port>{tcp}</tcp_port>
    <interserver_http_port>{interserver}</interserver_http_port>
    <interserver_http_host>127.0.0.1</interserver_http_host>
    <listen_host>127.0.0.1</listen_host>
    <max_concurrent_queries>50</max_concurrent_queries>
    <uncompressed_cache_size>0</uncompressed_cache_size>
    <mark_cache_size>16777216</mark_cache_size>
    <path>{home}/data/</path>
    <tmp_path>{home}/tmp/</tmp_path>
    <users_config>users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <timezone>UTC</timezone>
    <remote_servers><{name}>{shards}</{name}></remote_servers>
</yandex>
"""

_SHARD = "<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>"

_USERS = """<yandex>
    <profiles><default>
        <max_threads>2</max_threads>
        <background_pool_size>2</background_pool_size>
        <background_schedule_pool_size>2</background_schedule_pool_size>
    </default></profiles>
    <users><default>
        <password></password>
        <networks><ip>::/0</ip></networks>
        <profile>default</profile>
        <quota>default</quota>
    </default></users>
    <quotas><default/></quotas>
</yandex>
"""


def clickhouse_missing() -> str | None:
    """Why there can be no `Cluster` here, with the line that helps; None where there can be one."""
    if Path(SERVER).exists():
        return None
    return "ClickHouse is missing; install with: apt-get install -y clickhouse-server clickhouse-client"


class PortTaken(Exception):
    """A port that was free a moment ago is not any more."""


class Cluster:
    """Two servers, one cluster; up once constructed, and ended by `stop`, or by leaving its ``with``.

    ``ports`` are those of the native protocol. Raises RuntimeError, with the end of the log, where a server does not start.
    """

    ports: tuple[int, int]

    def __init__(self, directory: Path) -> None:
        """Start the servers; all they write goes under ``directory``."""
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            self._start(directory / "first")
        except PortTaken:
            self._start(directory / "second")

    def stop(self) -> None:
        """End both servers, with force where they do not end in time."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            _end(process)
        self._processes.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, directory: Path) -> None:
        free = _free_ports(6)
        self.ports = (free[0], free[1])
        shards = "".join(_SHARD.format(port=port) for port in self.ports)
        homes = (directory / "one", directory / "two")
        try:
            for home, tcp, http, interserver in zip(homes, self.ports, free[2:4], free[4:6], strict=True):
                for made in (home / "data", home / "tmp"):
                    made.mkdir(parents=True)
                config = _CONFIG.format(
                    home=home, tcp=tcp, http=http, interserver=interserver, name=NAME, shards=shards
                )
                (home / "config.xml").write_text(config)
                (home / "users.xml").write_text(_USERS)
                self._processes.append(_launch(home))
            for home, process, port in zip(homes, self._processes, self.ports, strict=True):
                _wait(home, process, port)
        except BaseException:
            self.stop()
            raise


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _launch(home: Path) -> subprocess.Popen[bytes]:
    with (home / "output.log").open("wb") as output:
        return subprocess.Popen(
            [SERVER, f"--config-file={home / 'config.xml'}"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(home: Path, process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            log = _log(home)
            if any(sign in log for sign in _TAKEN):
                raise PortTaken(log)
            what = "did not answer" if process.poll() is None else f"ended with {process.returncode}"
            raise RuntimeError(f"the ClickHouse server in {home} {what}; the end of its logs:\n{log}")
        time.sleep(0.05)
    if process.poll() is not None:  # what answered is not ours
        raise PortTaken(_log(home))


def _answers(port: int) -> bool:
    from clickhouse_driver import Client
    from clickhouse_driver.errors import Error

    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False  # and the driver has logged nothing
    client = Client("127.0.0.1", port, connect_timeout=1, send_receive_timeout=5)
    try:
        return bool(client.execute("SELECT 1") == [(1,)])
    except (Error, OSError, EOFError):
        return False
    finally:
        client.disconnect()


def _log(home: Path) -> str:
    lines: list[str] = []
    for name in ("output.log", "errors.log"):
        if (home / name).exists():
            lines += (home / name).read_text(errors="replace").splitlines()[-20:]
    return "\n".join(lines)
