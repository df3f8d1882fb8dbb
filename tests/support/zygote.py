"""Processes that have imported what others need, and fork them.

The import of Buildbot takes several times as much of a processor as the rest of a short master's life; that of a server
takes nearly all of its start. What is forked is a process of its own, with its own directory, environment, files and
reactor, that runs a function or a module as a script does. Nothing of Headcount is imported before a master is forked.
"""

from __future__ import annotations

import atexit
import faulthandler
import functools
import gc
import importlib
import json
import operator
import os
import runpy
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
DUMPS = signal.SIGUSR2
"""At this signal a fork writes to its standard error what each of its threads does."""

_LARGEST = 1 << 20  # bytes of an order; an environment may be long
_BUILDBOT = (
    "buildbot.config.master", "buildbot.db.connector", "buildbot.master", "buildbot.mq.simple", "buildbot.process.factory",
    "buildbot.scripts.checkconfig", "buildbot.scripts.runner", "buildbot.scripts.upgrade_master", "buildbot.steps.shell",
    "buildbot.steps.source.git", "buildbot.worker.protocols.null", "buildbot.www.service", "buildbot_worker.bot",
    "sqlalchemy.dialects.sqlite.pysqlite", "sqlite3", "twisted.scripts.twistd",
    "buildbot.plugins:schedulers.ForceScheduler", "buildbot.plugins:steps.ShellCommand",
    "buildbot.plugins:util.BuilderConfig", "buildbot.plugins:worker.LocalWorker",
)  # fmt: skip
"""What a small master imports, and the command; of the plugins, what it looks up."""
_SERVER = ("headcount.cli", "headcount.server._serve", "headcount.server._ingest", "httptools", "uvicorn", "uvloop")


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
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, unless it ended."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            self.returncode = int(self._status.readline())
            self._status.close()
        return self.returncode


class Zygote:
    """The process that forks; it ends with the one that made it."""

    def __init__(self, imports: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.support.zygote", str(theirs.fileno()), *imports]
        with theirs:
            self._process = subprocess.Popen(command, cwd=_ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def fork(
        self, entry: str, arguments: Sequence[str], *, cwd: Path, out: IO[bytes], err: IO[bytes],
        environment: Mapping[str, str],
    ) -> Fork:  # fmt: skip
        """Fork a process that calls the function ``module:name``, or runs the module ``module``, as a script does.

        ``arguments``: its ``sys.argv``.
        """
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


def of_buildbot() -> Zygote:
    """Return the one that has imported Buildbot."""
    return _zygote(_BUILDBOT)


def of_server() -> Zygote:
    """Return the one that has imported Headcount's server."""
    return _zygote(_SERVER)


@functools.cache
def _zygote(imports: tuple[str, ...]) -> Zygote:
    """Return one that is started when it is first needed, and ends with this process."""
    made = Zygote(imports)
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
    faulthandler.register(DUMPS, file=2)
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
    if "twisted.internet.reactor" in sys.modules:
        sys.modules["twisted.internet.reactor"].__init__()  # type: ignore[misc]  # each fork gets an epoll and a pipe of its own
    module, _, name = order["entry"].partition(":")
    code: int | str | None
    try:
        if name:
            code = getattr(importlib.import_module(module), name)()
        else:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
            code = None
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
    threading._shutdown()  # type: ignore[attr-defined]  # it ends pools, and waits for threads that are no daemons
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _import(wanted: str) -> None:
    module, _, name = wanted.partition(":")
    imported = importlib.import_module(module)
    if name:
        operator.attrgetter(name)(imported)


def _main() -> None:
    descriptor, *imports = sys.argv[1:]
    for wanted in imports:
        _import(wanted)
    gc.collect()
    gc.freeze()  # the forks share these pages as long as nobody writes to them
    with socket.socket(fileno=int(descriptor)) as control:
        order = _serve(control)
    if order is not None:
        _carry_out(order)


if __name__ == "__main__":
    _main()
