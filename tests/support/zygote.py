"""A process that has imported Buildbot, and forks the processes that need it.

The import takes several times as much of a processor as the rest of a short master's life. What is forked is a process of
its own, with its own directory, environment, files and reactor; nothing of Headcount is imported before the fork.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

_ROOT = Path(__file__).parent.parent.parent
_LARGEST = 1 << 20  # bytes of an order; an environment may be long
_IMPORTED = (
    "buildbot.config.master", "buildbot.db.connector", "buildbot.master", "buildbot.mq.simple", "buildbot.process.factory",
    "buildbot.scripts.checkconfig", "buildbot.scripts.runner", "buildbot.scripts.upgrade_master", "buildbot.steps.shell",
    "buildbot.steps.source.git", "buildbot.worker.protocols.null", "buildbot.www.service", "buildbot_worker.bot",
    "sqlalchemy.dialects.sqlite.pysqlite", "sqlite3", "twisted.scripts.twistd",
)  # fmt: skip
"""What a small master imports, and the command."""


class Fork:
    """A process that was forked, with the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, pid: int, status: IO[bytes]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; return how. Raises `subprocess.TimeoutExpired` after so many seconds."""
        code = self._read(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def terminate(self) -> None:
        """Ask it to end, unless it did."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it, unless it ended."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            self.returncode = int(self._status.readline())
            self._status.close()
        return self.returncode


class Zygote:
    """The process that forks; it ends with the one that made it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.support.zygote", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, cwd=_ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def fork(
        self, entry: str, arguments: Sequence[str], *, cwd: Path, out: IO[bytes], err: IO[bytes],
        environment: Mapping[str, str],
    ) -> Fork:  # fmt: skip
        """Fork a process that calls a function, ``module:name``, as a script does; ``arguments`` are its ``sys.argv``."""
        order = {"entry": entry, "arguments": list(arguments), "cwd": str(cwd), "environment": dict(environment)}
        reading, writing = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._socket, [json.dumps(order).encode()], [out.fileno(), err.fileno(), writing])
        finally:
            os.close(writing)
        status = os.fdopen(reading, "rb", buffering=0)
        return Fork(int(status.readline()), status)

    def close(self) -> None:
        """End it; what it forked runs on."""
        self._socket.close()
        self._process.wait()


@functools.lru_cache(maxsize=1)
def zygote() -> Zygote:
    """Return the zygote of this process, which is started when it is first needed."""
    made = Zygote()
    atexit.register(made.close)
    return made


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork a process for each order. Return the order in the process that carries it out, and None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the system buries the keepers
    while True:
        data, descriptors, *_ = socket.recv_fds(control, _LARGEST, 3)
        if not data:
            return None
        if os.fork() == 0:
            control.close()
            return _keep(data, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _keep(data: bytes, out: int, err: int, status: int) -> dict[str, Any]:
    """Fork once more: this process tells how the other one ended, in which the order is returned."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child:
        os.write(status, b"%d\n" % child)
        _, code = os.waitpid(child, 0)
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(code))
        os._exit(0)
    os.close(status)
    for descriptor, stream in ((out, 1), (err, 2)):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    order: dict[str, Any] = json.loads(data)
    return order


def _carry_out(order: dict[str, Any]) -> NoReturn:
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    sys.argv = order["arguments"]
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = ["", *(place for place in places if place and place not in sys.path)]
    from twisted.internet import reactor

    reactor.__init__()  # its epoll and its pipe are shared with every other fork until it is made anew
    module, _, name = order["entry"].partition(":")
    try:
        code = getattr(importlib.import_module(module), name)()
    except SystemExit as ended:
        code = ended.code
    except Exception:  # noqa: BLE001  # what an interpreter does with what nobody took
        traceback.print_exc()
        code = 1
    _end(code)


def _end(code: int | str | None) -> NoReturn:
    """End as an interpreter does, but for the tearing down of all modules, which takes longer than a master's start."""
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
        code = 1
    gc.collect()  # a Deferred whose failure nobody took says so now
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _main() -> None:
    from buildbot.plugins import schedulers, steps, util, worker

    for name in _IMPORTED:
        importlib.import_module(name)
    for room, plugin in (
        (worker, "LocalWorker"), (steps, "ShellCommand"), (schedulers, "ForceScheduler"), (util, "BuilderConfig"),
    ):  # fmt: skip
        getattr(room, plugin)
    gc.collect()
    gc.freeze()  # the forks share these pages as long as nobody writes to them
    with socket.socket(fileno=int(sys.argv[1])) as control:
        order = _serve(control)
    if order is not None:
        _carry_out(order)


if __name__ == "__main__":
    _main()
