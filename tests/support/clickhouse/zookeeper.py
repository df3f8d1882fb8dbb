"""Debian's ZooKeeper, one process of it: what replicas of ClickHouse agree through."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.clickhouse.ports import free_ports

_JAVA = Path("/usr/share/java")
_JARS = (_JAVA / "zookeeper.jar", _JAVA / "slf4j-simple.jar")  # the first names what else it needs
_START_SECONDS = 60.0  # on a busy machine; else 1 to 2

_CONFIG = """dataDir={home}/data
clientPort={port}
clientPortAddress=127.0.0.1
admin.enableServer=false
tickTime=500
4lw.commands.whitelist=isro
"""


def zookeeper_missing() -> str | None:
    """Why there can be no `ZooKeeper` here, with the line that helps; None where there can be one."""
    if shutil.which("java") and all(jar.exists() for jar in _JARS):
        return None
    return "ZooKeeper is missing; install with: apt-get install -y default-jre-headless libzookeeper-java"


class ZooKeeper:
    """One server of it, up once constructed; ended by `stop`, or by leaving its ``with``.

    ``port``: where clients connect, on 127.0.0.1.
    """

    def __init__(self, directory: Path) -> None:
        """Start it; what it writes goes under ``directory``. Raises RuntimeError where it does not start."""
        (self.port,) = free_ports(1)
        directory.mkdir(parents=True, exist_ok=True)
        config = directory / "zoo.cfg"
        config.write_text(_CONFIG.format(home=directory, port=self.port))
        places = ":".join(str(jar) for jar in _JARS)
        self._log = directory / "output.log"
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                ["java", "-Xmx128m", "-cp", places, "org.apache.zookeeper.server.quorum.QuorumPeerMain", str(config)],
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not self._is_well():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"ZooKeeper did not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def _is_well(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"isro")
                return connection.recv(16) == b"rw"
        except OSError:
            return False
