"""What leaves a real master of a canary's configuration, and which of its secrets are in it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.canary import Canary, whole_canary
from tests.support.hosts import disguise
from tests.support.markers import found, where
from tests.support.masters import SMALL, Collector, Master, Request, collecting, make_master, start

_LEVEL = """
with open(os.path.join(basedir, 'level')) as _file:
    c['buildbotNetUsageData'] = {{'basic': 'basic', 'full': 'full', 'function': lambda report: report}}[_file.read()]
"""
_OURS = _LEVEL + "c['configurators'].append(util.UsageData(url={url!r}))\n"
_STOCK = (
    _LEVEL + "from buildbot import buildbot_net_usage_data\n"
    "buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'\n"
)
_SEEN = """
import json, platform, pwd, socket
with open(os.path.join(basedir, 'seen.json'), 'w') as _file:
    json.dump([
        os.uname().release, os.uname().version, socket.gethostname(), socket.getfqdn(), pwd.getpwuid(os.getuid()).pw_name,
        open('/etc/os-release').read(), buildbot.version, dict(os.environ), basedir, c['db_url'], list(c['www']['plugins']),
    ], _file)
"""


@dataclass
class Sent:
    """What left a master at one level: the request, what the reporter logged, and what it kept."""

    request: Request
    log: str
    kept: bytes = b""

    def leaks(self, canary: Canary) -> dict[str, set[str]]:
        """The kinds of secrets of which something left, and where it was found: fields of the report, or another place."""
        head = "\n".join([self.request.path, *(f"{key}: {text}" for key, text in self.request.headers.items())])
        places = where(canary.kinds, self.request.body)
        others = {
            "raw": self.request.raw,
            "body": self.request.text,
            "headers": head.encode(),
            "log": self.log.encode(),
            "usage-report.json": self.kept,
        }
        for name, data in others.items():
            for kind in found(canary.kinds, data):
                places.setdefault(kind, set()).add(name)
        return places


@dataclass
class Observed:
    """What left the masters of one canary: of ours by level, and of stock's at ``full``; ``seen`` is what a master saw."""

    canary: Canary
    install: str
    seen: str
    stock: Sent
    ours: dict[str, Sent] = field(default_factory=dict)


def observe(canary: Canary) -> Observed:
    """Start a real master with our reporter and one with stock's, and record what leaves them at each level."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        ours, stock = pool.submit(_ours, canary, Path(name) / "ours"), pool.submit(_stock, canary, Path(name) / "stock")
        sent, install, seen = ours.result()
        return Observed(canary, install, seen, stock.result(), sent)


def _ours(canary: Canary, directory: Path) -> tuple[dict[str, Sent], str, str]:
    sent: dict[str, Sent] = {}
    with _master(canary, directory, _OURS, canary.levels[0]) as (collector, master):
        logged = 0
        for count, level in enumerate(canary.levels, 1):
            if count > 1:
                (master.basedir / "level").write_text(level)
                master.reconfigure()
            request = collector.wait(count)
            master.wait_for("headcount: the collector accepted the report", count)
            lines = [line for line in master.log().splitlines() if "headcount: " in line]
            sent[level] = Sent(request, "\n".join(lines[logged:]), (master.basedir / "usage-report.json").read_bytes())
            logged = len(lines)
        text = master.stop()
        assert "Traceback" not in text, text
        assert len(collector.requests) == len(canary.levels)
        host = f"{canary.host.name}:{master.basedir}{canary.host.name}.{canary.host.domain}"
        return sent, hashlib.sha1(host.encode()).hexdigest(), (master.basedir / "seen.json").read_text()


def _stock(canary: Canary, directory: Path) -> Sent:
    with _master(canary, directory, _STOCK, "full") as (collector, master):
        request = collector.wait()
        master.wait_for("buildbotNetUsageData: buildbot.net said")
        lines = [line for line in master.stop().splitlines() if "buildbotNetUsageData: " in line]
        return Sent(request, "\n".join(lines))


@contextlib.contextmanager
def _master(canary: Canary, directory: Path, reporter: str, level: str) -> Iterator[tuple[Collector, Master]]:
    site, host = directory / "site", directory / "host"
    for path in (site, host):
        path.mkdir(parents=True)
    canary.write_modules(site)
    with collecting() as collector:
        text = canary.configuration(site) + _SEEN + reporter.format(url=collector.url)
        master = make_master(directory / canary.basedir, text)
        (master.basedir / "level").write_text(level)
        shutil.copy(_database(), master.basedir / canary.database)
        environment = {**canary.environment, "PYTHONPATH": str(site)}
        with start(master, environment, within=disguise(canary.host, host, site)):
            yield collector, master


@functools.lru_cache(maxsize=1)
def _database() -> Path:
    """An empty database with its tables, made once."""
    directory = tempfile.TemporaryDirectory()
    _KEPT.append(directory)
    master = make_master(Path(directory.name) / "m", SMALL.replace("sqlite://", "sqlite:///state.sqlite"))
    master.upgrade()
    return master.basedir / "state.sqlite"


_KEPT: list[Any] = []  # directories that are removed when the process ends


@functools.lru_cache(maxsize=1)
def of_the_whole() -> Observed:
    """What left the masters of the whole canary, observed once."""
    return observe(whole_canary())
