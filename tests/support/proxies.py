"""Real proxies, each a process of its own: `proxy.py`, and Debian's tinyproxy."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import wait_until

KINDS = ("proxy.py", "tinyproxy")

_TINY = """
Port {port}
Listen 127.0.0.1
LogFile "{log}"
LogLevel Connect
MaxClients 20
Timeout 60
DisableViaHeader Yes
"""


@dataclass
class Proxy:
    """Where it listens, and its log."""

    port: int
    log: Path

    def url(self, credentials: str = "") -> str:
        """Its URL for ``https_proxy``, with ``user:password`` if they are given."""
        return f"http://{credentials}{'@' if credentials else ''}127.0.0.1:{self.port}"

    def wait_for_tunnel(self, target: str) -> None:
        """Wait until its log says that it was asked for a tunnel to ``host:port``."""
        asked = re.compile(rf"CONNECT {re.escape(target)} ")
        wait_until(lambda: asked.search(self.log.read_text()) is not None, f"the proxy made a tunnel to {target}")


def proxy_missing(kind: str) -> str | None:
    """Why there can be none of this kind here; None where there can."""
    if kind != "tinyproxy" or shutil.which("tinyproxy"):
        return None
    return "tinyproxy is missing; install with: apt-get install -y tinyproxy-bin"


@contextlib.contextmanager
def proxying(kind: str, directory: Path, credentials: str = "") -> Iterator[Proxy]:
    """Keep a proxy running, which wants ``user:password`` if they are given; its files go to ``directory``."""
    start = _python if kind == "proxy.py" else _tiny
    process, proxy = start(directory, credentials)
    try:
        wait_until(lambda: _listens(proxy.port), "the proxy listens")
        assert process.poll() is None, (directory / "proxy.out").read_text()
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)


def _python(directory: Path, credentials: str) -> tuple[subprocess.Popen[bytes], Proxy]:
    log, port = directory / "proxy.log", directory / "proxy.port"
    log.touch()
    arguments = [
        *(sys.executable, "-m", "proxy", "--hostname=127.0.0.1", "--port=0", f"--port-file={port}"),
        *("--num-acceptors=1", "--num-workers=1", "--threaded", f"--log-file={log}", f"--data-dir={directory}"),
        *([f"--basic-auth={credentials}"] if credentials else []),
    ]
    process = _start(directory, arguments)
    wait_until(lambda: process.poll() is not None or (port.exists() and "\n" in port.read_text()), "the proxy listens")
    return process, Proxy(int(port.read_text().split()[0]), log)


def _tiny(directory: Path, credentials: str) -> tuple[subprocess.Popen[bytes], Proxy]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, settings = directory / "proxy.log", directory / "proxy.conf"
    log.touch()
    text = _TINY.format(port=port, log=log)
    if credentials:
        text += "BasicAuth {} {}\n".format(*credentials.split(":"))
    settings.write_text(text)
    return _start(directory, ["tinyproxy", "-d", "-c", str(settings)]), Proxy(port, log)


def _start(directory: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    with (directory / "proxy.out").open("wb") as out:
        environment = {**os.environ, "HOME": str(directory)}
        return subprocess.Popen(arguments, env=environment, stdout=out, stderr=subprocess.STDOUT)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
