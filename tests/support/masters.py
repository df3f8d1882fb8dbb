"""Real Buildbot masters, each a process of its own, and a collector that records what reaches it."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.command import buildbot
from tests.support.waiting import wait_until
from tests.support.zygote import DUMPS, Fork, of_buildbot

STARTED = "BuildMaster is running"
_PATIENCE = 120  # seconds for which a master may take to end on a busy machine
_TWISTD = "from twisted.scripts.twistd import run; run()"

TAC = """
import os
from twisted.application import service
from buildbot.master import BuildMaster

basedir = {basedir!r}
configfile = 'master.cfg'
application = service.Application('buildmaster')
BuildMaster(basedir, configfile, umask=None).setServiceParent(application)
"""

SMALL = """
from buildbot.plugins import schedulers, steps, util, worker
c = BuildmasterConfig = {}
c['workers'] = [worker.LocalWorker('w1')]
c['builders'] = [util.BuilderConfig('b1', workernames=['w1'],
                                    factory=util.BuildFactory([steps.ShellCommand(command=['true'])]))]
c['schedulers'] = [schedulers.ForceScheduler('force', builderNames=['b1'])]
c['protocols'] = {'pb': {'port': 'tcp:0:interface=127.0.0.1'}}
c['db_url'] = 'sqlite://'
"""
"""A small configuration whose database is in memory, so that a master starts in a second."""

REPORTING = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
c['buildbotNetUsageData'] = 'full'
"""
"""What makes stock's reporter report to a collector, at level full."""


@dataclass
class Request:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON value in it."""
        return json.loads(self.text)

    @property
    def text(self) -> bytes:
        """The body, inflated."""
        return gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw


@dataclass
class Collector:
    """Records requests and answers them all alike."""

    url: str
    requests: list[Request] = field(default_factory=list)

    def wait(self, count: int = 1) -> Request:
        """Wait until so many requests came; return the last of them."""
        wait_until(lambda: len(self.requests) >= count, f"{count} requests came")
        return self.requests[count - 1]


@contextlib.contextmanager
def collecting(status: int = 202, reply: bytes = b"{}", *, published: bytes | None = None) -> Iterator[Collector]:
    """Keep a recording collector running on a free port of this machine. ``published``: what it gives whoever gets."""
    collector = Collector("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            collector.requests.append(Request(self.path, headers, raw))  # before its sender knows that it was received
            self.wfile.write(reply)

        def do_GET(self) -> None:
            self.send_response(404 if published is None else 200)
            self.send_header("Content-Length", str(len(published or b"")))
            self.end_headers()
            self.wfile.write(published or b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Master:
    """A master: its directory, the interpreter whose Buildbot it is of and, while it runs, its process."""

    basedir: Path
    process: subprocess.Popen[bytes] | Fork | None = None
    python: Path = Path(sys.executable)

    def log(self) -> str:
        """Its log so far."""
        path = self.basedir / "out.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for(self, text: str, count: int = 1) -> None:
        """Wait until a text stands in the log so many times."""
        try:
            wait_until(lambda: self.log().count(text) >= count, f"the log says {text!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log()[-3000:]}") from error

    def reconfigure(self, says: str = "configuration update complete") -> None:
        """Make it read its configuration again, and wait until its log says so, or that it refuses it."""
        assert self.process is not None
        said = self.log().count(says)
        os.kill(self.process.pid, signal.SIGHUP)
        self.wait_for(says, said + 1)

    def upgrade(self) -> None:
        """Make the tables of its database."""
        done = buildbot("upgrade-master", "--quiet", self.basedir)
        assert done.returncode == 0, done.stderr

    def stop(self) -> str:
        """End it as an operator does; return its log. One that does not end says in it what each of its threads does."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired as error:
                if isinstance(self.process, Fork):
                    self.process.send_signal(DUMPS)
                    time.sleep(1)
                raise AssertionError(f"the master does not end:\n{self.log()[-6000:]}") from error
        return self.log()


def is_quiet(log: str) -> bool:
    """Whether nothing was raised in a master that nobody took."""
    return "Traceback" not in log and "Unhandled" not in log


def make_master(basedir: Path, configuration: str, python: Path = Path(sys.executable)) -> Master:
    """Make a master's directory; ``configuration`` is its ``master.cfg``."""
    basedir.mkdir()
    (basedir / "buildbot.tac").write_text(TAC.format(basedir=str(basedir)))
    (basedir / "master.cfg").write_text(textwrap.dedent(configuration))
    return Master(basedir, python=python)


@contextlib.contextmanager
def running(
    basedir: Path,
    configuration: str,
    environment: dict[str, str] | None = None,
    within: Sequence[str] = (),
    python: Path = Path(sys.executable),
    *,
    fresh: bool = False,
) -> Iterator[Master]:
    """Make a master and keep it running, as `start` does; on entering it has started."""
    with start(make_master(basedir, configuration, python), environment, within, fresh=fresh) as master:
        yield master


@contextlib.contextmanager
def start(
    master: Master, environment: dict[str, str] | None = None, within: Sequence[str] = (), *, fresh: bool = False
) -> Iterator[Master]:
    """Keep a master running whose directory is there; on entering it has started.

    ``within``: the beginning of a command that runs the rest of it. ``fresh``: in an interpreter of its own, as an
    administrator starts it; else it is forked from a process that has imported Buildbot, unless ``within`` or another
    interpreter rules that out.
    """
    process = _process(master, {**os.environ, **(environment or {})}, within, fresh=fresh)
    master.process = process
    try:
        wait_until(lambda: STARTED in master.log() or process.poll() is not None, "the master started or gave up")
        assert STARTED in master.log(), f"the master did not start:\n{master.log()}"
        yield master
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _process(
    master: Master, environment: dict[str, str], within: Sequence[str], *, fresh: bool
) -> subprocess.Popen[bytes] | Fork:
    options = ["--nodaemon", "--pidfile=", "--logfile=-", "--python=buildbot.tac"]
    with (master.basedir / "out.log").open("wb") as out:
        if fresh or within or master.python != Path(sys.executable):
            arguments = [*within, str(master.python), "-c", _TWISTD, *options]
            return subprocess.Popen(
                arguments, cwd=master.basedir, stdout=out, stderr=subprocess.STDOUT, env=environment
            )
        return of_buildbot().fork(
            "twisted.scripts.twistd:run",
            ["twistd", *options],
            cwd=master.basedir,
            out=out,
            err=out,
            environment=environment,
        )
