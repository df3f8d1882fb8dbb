"""One ClickHouse server: it starts, ends, is killed, stands still, and comes back."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

PROGRAM = shutil.which("clickhouse-server") or "/usr/sbin/clickhouse-server"

_START_SECONDS = 60.0  # on a busy machine; else 1 to 3
_STOP_SECONDS = 10.0
_TAKEN = ("Address already in use", "Cannot bind", "Net Exception")


class PortTaken(Exception):
    """A port that was free a moment ago is not any more."""


class Server:
    """A server whose files are in ``home``; ``address`` is where it speaks the native protocol.

    ``entrance``: the beginning of its command line, which takes it to another network.
    """

    def __init__(self, home: Path, address: tuple[str, int], entrance: Sequence[str] = ()) -> None:
        self.home = home
        self.address = address
        self._entrance = tuple(entrance)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start it."""
        with (self.home / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._entrance, PROGRAM, f"--config-file={self.home / 'config.xml'}"],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Wait until it answers. Raises RuntimeError, with the end of its logs, where it does not, and PortTaken."""
        process = self._running()
        end = time.monotonic() + _START_SECONDS
        while not answers(self.address):
            if process.poll() is not None or time.monotonic() > end:
                log = self._log()
                if any(sign in log for sign in _TAKEN):
                    raise PortTaken(log)
                what = "did not answer" if process.poll() is None else f"ended with {process.returncode}"
                raise RuntimeError(f"the ClickHouse server in {self.home} {what}; the end of its logs:\n{log}")
            time.sleep(0.05)
        if process.poll() is not None:  # what answered is not ours
            raise PortTaken(self._log())

    def kill(self) -> None:
        """End it at once, as a loss of power does: it writes nothing more."""
        process = self._running()
        process.kill()
        process.wait()

    def pause(self) -> None:
        """Have it stand still: its connections stay, and nothing answers."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._running().send_signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        """Ask it to end, where it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()

    def end(self) -> None:
        """Wait until it ended, and kill it where it does not in time."""
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the ClickHouse server was not started")
        return self._process

    def _log(self) -> str:
        lines: list[str] = []
        for name in ("output.log", "errors.log"):
            if (self.home / name).exists():
                lines += (self.home / name).read_text(errors="replace").splitlines()[-20:]
        return "\n".join(lines)


def answers(address: tuple[str, int]) -> bool:
    """Return whether a ClickHouse server answers there."""
    from clickhouse_driver import Client
    from clickhouse_driver.errors import Error

    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False  # and the driver has logged nothing
    client = Client(*address, connect_timeout=1, send_receive_timeout=5)
    try:
        return bool(client.execute("SELECT 1") == [(1,)])
    except (Error, OSError, EOFError):
        return False
    finally:
        client.disconnect()
