"""One wheel on real masters of several releases of Buildbot and Python: the newest, and what HEADCOUNT_MATRIX names."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from headcount.contract import CATALOG, read_report, read_stock, vocabulary
from tests.support.command import headcount
from tests.support.environments import NEWEST, chosen, missing, prepared
from tests.support.masters import Master, Request, collecting, running
from tests.support.profiles import answered
from tests.support.requires import require

pytestmark = [pytest.mark.matrix, pytest.mark.ci]

SITE = """
import gc
import os
from datetime import timedelta

from buildbot import buildbot_net_usage_data
from buildbot.machine.base import Machine
from buildbot.plugins import changes, reporters, schedulers, secrets, steps, util, worker
from buildbot.process.buildstep import BuildStep
from twisted.internet import reactor


class OurWorker(worker.Worker):
    pass


class Deploy(steps.ShellCommand):
    pass


class Announce(BuildStep):
    pass


class DeployTwice(Deploy):
    pass


class OurFactory(util.BuildFactory):
    pass


compiled = OurFactory([
    steps.Git(repourl='https://git.internal.example/x.git', mode='incremental'),
    steps.ShellCommand(command=['make']),
    Deploy(command=['./deploy']),
    DeployTwice(command=['./deploy']),
    steps.Trigger(schedulerNames=['jobs'], waitForFinish=True),
    Announce(),
])
os.makedirs('secrets', mode=0o700, exist_ok=True)
c = {{}}
c['workers'] = [worker.Worker('w1', 'pass'), OurWorker('w2', 'pass')]
c['builders'] = [util.BuilderConfig('b1', workernames=['w1', 'w2'], factory=compiled),
                 util.BuilderConfig('b2', workernames=['w1'], factory=util.BuildFactory([steps.ShellCommand(command='x')]))]
c['schedulers'] = [schedulers.AnyBranchScheduler('any', builderNames=['b1']),
                   schedulers.ForceScheduler('force', builderNames=['b1', 'b2']),
                   schedulers.Triggerable('jobs', builderNames=['b2'])]
c['change_source'] = [changes.PBChangeSource()]
c['services'] = [reporters.MailNotifier(fromaddr='ci@internal.example', generators=[reporters.BuildStatusGenerator()])]
c['secretsProviders'] = [secrets.SecretInAFile(dirname=os.path.abspath('secrets'))]
c['machines'] = [Machine('rack')]
c['www'] = {{'port': None, 'plugins': {{'waterfall_view': {{}}, 'acme_view': {{}}}},
            'change_hook_dialects': {{'github': {{}}, 'acme_hook': {{}}}}}}
c['protocols'] = {{'pb': {{'port': 'tcp:0:interface=127.0.0.1'}}}}
c['db_url'] = 'sqlite://'
c['buildbotNetUsageData'] = 'full'
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
reactor.addSystemEventTrigger('after', 'shutdown', gc.collect)  # what nobody handled is in the log
"""
OURS = "c.setdefault('configurators', []).append(util.UsageData(url={url!r}))\n"
LATER = """
from buildbot.interfaces import IConfigurator
from zope.interface import implementer

@implementer(IConfigurator)
class Policy(object):
    def configure(self, config_dict):
        config_dict['buildbotNetUsageData'] = LEVEL

c['configurators'].append(Policy())
BuildmasterConfig = c
"""
JANITOR = "c['configurators'] = [util.JanitorConfigurator(logHorizon=timedelta(weeks=4), hour=3)]\n"
PLAIN = SITE + JANITOR + OURS + "BuildmasterConfig = c\n"
ONE_MORE = PLAIN + "c['workers'].append(worker.Worker('w3', 'pass'))\n"
OFF = ONE_MORE + "c['buildbotNetUsageData'] = None\n"
ON = ONE_MORE + "c['buildbotNetUsageData'] = 'basic'\n"
WRONG = ONE_MORE + "c['buildbotNetUsageData'] = 'Basic'\n"
CUSTOM = """
async def less(report):
    del report['platform']
    return report
c['buildbotNetUsageData'] = less
"""
IMPORTED = """
from site_cfg import c
assert c['buildbotNetUsageData'] == 'full' and len(c['services']) == 1, 'the dictionary was changed'
print('the dictionary is as it was')
BuildmasterConfig = c
"""

BASIC = {
    "buildbot.changes.pb.PBChangeSource": 1,
    "buildbot.config.builder.BuilderConfig": 2,
    "buildbot.reporters.mail.MailNotifier": 1,
    "buildbot.schedulers.basic.AnyBranchScheduler": 1,
    "buildbot.schedulers.forcesched.ForceScheduler": 1,
    "buildbot.schedulers.triggerable.Triggerable": 1,
    "buildbot.steps.shell.ShellCommand": 2,
    ">>buildbot.steps.shell.ShellCommand": 1,
    ">>>buildbot.steps.shell.ShellCommand": 1,
    "buildbot.steps.source.git.Git": 1,
    "buildbot.steps.trigger.Trigger": 1,
    ">>buildbot.process.buildstep.BuildStep": 1,
    "buildbot.worker.base.Worker": 1,
    ">>buildbot.worker.base.Worker": 1,
}
FULL = {
    **BASIC,
    "buildbot.machine.base.Machine": 1,
    "buildbot.reporters.generators.build.BuildStatusGenerator": 1,
    "buildbot.secrets.providers.file.SecretInAFile": 1,
}
LATER_FACTS = {
    "db_driver": "pysqlite",
    "hooks": ["custom", "github"],
    "protocols": ["pb"],
    "configurators": {"buildbot.configurators.janitor.JanitorConfigurator": 1},
    "factories": {"buildbot.process.factory.BuildFactory": 1, ">>buildbot.process.factory.BuildFactory": 1},
    "variety": {
        "buildbot.process.buildstep.BuildStep": "1",
        "buildbot.process.factory.BuildFactory": "1",
        "buildbot.steps.shell.ShellCommand": "2-5",
        "buildbot.worker.base.Worker": "1",
    },
}
"""What schema 2 adds; the `null` protocol, and much else, is the Janitor's alone."""
SEQUENCES = [
    ["buildbot.steps.source.git.Git", "buildbot.steps.shell.ShellCommand", ">>buildbot.steps.shell.ShellCommand",
     ">>>buildbot.steps.shell.ShellCommand", "buildbot.steps.trigger.Trigger", ">>buildbot.process.buildstep.BuildStep"],
    ["buildbot.steps.shell.ShellCommand"],
]  # fmt: skip


@pytest.fixture(scope="module", params=chosen(os.environ.get("HEADCOUNT_MATRIX", "")))
def environment(request: pytest.FixtureRequest, wheel: Path) -> tuple[str, Path]:
    """An environment: its name and its interpreter, with the wheel of this tree installed."""
    name = str(request.param)
    require(missing(name))
    return name, prepared(name, wheel)


@dataclass(frozen=True)
class Life:
    """What was seen of a master from its start to its stop."""

    requests: list[Request]
    previewed: str
    log: str
    status: int


@pytest.fixture(scope="module")
def life(environment: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A master starts, takes one configuration after the other, is previewed with the last, and is stopped."""
    python = environment[1]
    basedir = tmp_path_factory.mktemp("life") / "m"
    with collecting() as collector:

        def take(master: Master, configuration: str, reports: int, says: str = "configuration update complete") -> None:
            (basedir / "master.cfg").write_text(configuration.format(url=collector.url))
            master.reconfigure(says)
            master.wait_for("the collector accepted the report", reports)

        with running(basedir, PLAIN.format(url=collector.url), python=python) as master:
            master.wait_for("the collector accepted the report")
            take(master, PLAIN, 1)
            take(master, ONE_MORE, 2)
            take(master, OFF, 2)
            take(master, WRONG, 2, says="must be None, 'basic', 'full', or a function")
            take(master, ON, 3)
            take(master, ONE_MORE + CUSTOM, 4)
            previewed = headcount("preview", basedir, as_process=True, cwd=basedir.parent, python=python)
            assert previewed.returncode == 0, previewed.stderr
            log = master.stop()
        assert master.process is not None
        return Life(list(collector.requests), previewed.stdout, log, master.process.wait())


def _envelope(request: Request) -> tuple[str, str]:
    envelope = request.body["headcount"]
    return envelope["reason"], envelope["level"]


def test_the_report_is_read_and_nothing_is_scrubbed(environment: tuple[str, Path], life: Life) -> None:
    """It says all that the catalog has, of the release that runs, with the classes under today's paths."""
    name, _ = environment
    first = life.requests[0]
    report = read_report(first.body, vocabulary())
    assert report.profile.scrubbed == ()
    assert set(answered(report.profile)) == {field.path for field in CATALOG}
    assert first.body["plugins"] == FULL
    assert sorted(first.body["builders"]) == sorted(SEQUENCES)
    assert (first.body["db"], first.body["mq"], first.body["multi_master"]) == ("sqlite", "simple", False)
    assert first.body["www_plugins"] == ["custom", "waterfall_view"]
    assert {field: first.body[field] for field in LATER_FACTS} == LATER_FACTS
    assert (first.body["build"], first.body["workers"]) == ("release", {}), "no worker ever connected but the Janitor's"
    assert first.body["db_server"].startswith("3.")
    assert b"internal" not in first.text
    if name != NEWEST:
        versions = first.body["versions"]
        release, _, python = name.removeprefix("buildbot-").partition("-python-")
        assert versions["Buildbot"].startswith(f"{release}.")
        assert versions["Python"].startswith(f"{python}.")


def test_stock_is_silent_and_the_log_has_what_was_sent(life: Life) -> None:
    """Whole, each report, also after it was off and on again."""
    assert {request.path for request in life.requests} == {"/v1/reports"}
    for request in life.requests:
        assert f"headcount: sending {request.text.decode()}" in life.log


def test_a_reconfig_reports_what_it_changed(life: Life) -> None:
    """Once; an unchanged one reports nothing, nor one that switches off; one that is refused changes nothing."""
    assert [_envelope(request) for request in life.requests] == [
        ("start", "full"),
        ("reconfig", "full"),
        ("reconfig", "basic"),
        ("reconfig", "custom"),
    ]
    _, changed, on, custom = (request.body for request in life.requests)
    assert changed["plugins"] == {**FULL, "buildbot.worker.base.Worker": 2}
    assert on["plugins"] == {**BASIC, "buildbot.worker.base.Worker": 2}
    assert "builders" not in on
    assert {**custom, "headcount": None, "platform": on["platform"]} == {**changed, "headcount": None}


def test_the_preview_is_what_was_posted(life: Life) -> None:
    """Byte for byte, but for the report's id, and for the reason, which would be the start."""
    posted = life.requests[-1].text.decode()
    assert _no_report(life.previewed) == _no_report(posted.replace('"reason":"reconfig"', '"reason":"start"')) + "\n"


def _no_report(text: str) -> str:
    found: str = json.loads(text)["headcount"]["report"]
    return text.replace(found, "")


def test_the_master_stops_clean(life: Life) -> None:
    """By the signal that it was sent, without a traceback, without an error that nobody handled."""
    assert life.status in (0, -15), life.log[-2000:]
    assert "Traceback" not in life.log, life.log
    assert "Unhandled" not in life.log, life.log


def test_an_imported_configuration_keeps_its_dictionary(environment: tuple[str, Path], tmp_path: Path) -> None:
    """It is found at each reconfig as it was left, and reported once."""
    site = tmp_path / "site"
    site.mkdir()
    with collecting() as collector:
        (site / "site_cfg.py").write_text((SITE + OURS).format(url=collector.url))
        with running(tmp_path / "m", IMPORTED, {"PYTHONPATH": str(site)}, python=environment[1]) as master:
            master.wait_for("the collector accepted the report")
            master.reconfigure()
            master.reconfigure()
            log = master.stop()
        assert [_envelope(request) for request in collector.requests] == [("start", "full")]
    assert log.count("the dictionary is as it was") == 3
    assert "Traceback" not in log, log


def test_a_later_configurator_is_heard(environment: tuple[str, Path], tmp_path: Path) -> None:
    """Ours reads the key after all others; where they switch it off neither ours nor stock's sends anything."""
    with collecting() as collector:
        configuration = (SITE + OURS).format(url=collector.url) + LATER
        with running(tmp_path / "m", configuration.replace("LEVEL", "None"), python=environment[1]) as master:
            master.reconfigure()
            (tmp_path / "m" / "master.cfg").write_text(configuration.replace("LEVEL", "'basic'"))
            master.reconfigure()
            master.wait_for("the collector accepted the report")
            log = master.stop()
        assert [(request.path, request.body["headcount"]["level"]) for request in collector.requests] == [
            ("/v1/reports", "basic")
        ]
    assert "Traceback" not in log, log


def test_stocks_own_reporter_would_have_been_seen(environment: tuple[str, Path], tmp_path: Path) -> None:
    """The same master without ours reports to the same collector, so that its silence above means something."""
    with collecting(200) as collector:
        configuration = SITE.format(url=collector.url) + "BuildmasterConfig = c\n"
        with running(tmp_path / "m", configuration, python=environment[1]) as master:
            request = collector.wait()
            master.stop()
    assert request.path == "/events/phone_home"
    assert "plugins" in answered(read_stock(request.body, vocabulary()).profile)


def test_the_module_behind_the_entry_point_imports_nothing(environment: tuple[str, Path]) -> None:
    """An import that takes time delays every start; one that can fail stops it. It is the wheel's module."""
    code = (
        "import sys; before = set(sys.modules); import headcount.client; loaded = set(sys.modules) - before\n"
        "print(*sorted(loaded - {'__future__'})); print(headcount.__file__)"
    )
    done = subprocess.run([environment[1], "-c", code], capture_output=True, text=True, check=True)
    loaded, file = done.stdout.splitlines()
    assert loaded == "headcount headcount.client headcount.client._usage_data"
    assert "site-packages" in Path(file).parts
