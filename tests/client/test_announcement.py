"""The announcement's example, on a real master."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import CATALOG, read_report, vocabulary
from tests.support.command import preview
from tests.support.masters import collecting, running
from tests.support.profiles import answered

METABUILDBOT = """
from buildbot.process import buildstep
from buildbot.plugins import reporters, schedulers, steps, util, worker


class OurWorker(worker.Worker):
    pass


class DockerWorker(OurWorker):
    pass


class OurTrigger(steps.Trigger):
    pass


class LoadSettings(buildstep.BuildStep):
    pass


class TravisSetup(LoadSettings):
    pass


git = steps.Git(repourl='https://git.internal.example/x.git')
first = util.BuildFactory([git, TravisSetup()])
second = util.BuildFactory([git, OurTrigger(schedulerNames=['jobs'], waitForFinish=True)])

c = BuildmasterConfig = {{}}
c['workers'] = [DockerWorker('w%d' % i, 'pass') for i in range(4)]
c['builders'] = [util.BuilderConfig('b%d' % i, workernames=['w0'], factory=f)
                 for i, f in enumerate([first, second, first, second])]
c['schedulers'] = [
    schedulers.ForceScheduler('force1', builderNames=['b0']),
    schedulers.ForceScheduler('force2', builderNames=['b1']),
    schedulers.Triggerable('jobs', builderNames=['b2', 'b3']),
    schedulers.AnyBranchScheduler('any1', builderNames=['b0']),
    schedulers.AnyBranchScheduler('any2', builderNames=['b1']),
]
c['services'] = [reporters.IRC('127.0.0.1', 'bot', port=9, channels=['#x'], useColors=False)]
c['protocols'] = {{'pb': {{'port': 'tcp:0:interface=127.0.0.1'}}}}
c['db_url'] = 'sqlite://'
c['buildbotNetUsageData'] = {level!r}
c['configurators'] = [util.UsageData(url={url!r})]
"""

PLUGINS = {
    "buildbot.schedulers.forcesched.ForceScheduler": 2,
    "buildbot.schedulers.triggerable.Triggerable": 1,
    "buildbot.config.builder.BuilderConfig": 4,
    "buildbot.schedulers.basic.AnyBranchScheduler": 2,
    "buildbot.steps.source.git.Git": 4,
    ">>buildbot.steps.trigger.Trigger": 2,
    ">>>buildbot.worker.base.Worker": 4,
    "buildbot.reporters.irc.IRC": 1,
    ">>>buildbot.process.buildstep.BuildStep": 2,
}
WORKERS = "headcount preview: what releases the workers have is taken from the last report\n"
SEQUENCES = [
    ["buildbot.steps.source.git.Git", ">>>buildbot.process.buildstep.BuildStep"],
    ["buildbot.steps.source.git.Git", ">>buildbot.steps.trigger.Trigger"],
] * 2


@pytest.mark.parametrize("level", ["basic", "full"])
def test_the_example_is_reported_exactly(tmp_path: Path, level: str) -> None:
    """A master built to have what the announcement's example has reports its counts, under today's module paths."""
    with collecting() as collector:
        configuration = METABUILDBOT.format(level=level, url=collector.url)
        with running(tmp_path / "m", configuration) as master:
            request = collector.wait()
            master.wait_for("the collector accepted the report")
            log = master.stop()
        report = request.body
        previewed = preview("m", cwd=tmp_path)
    assert request.path == "/v1/reports"
    assert request.headers["content-encoding"] == "gzip"
    assert report["plugins"] == PLUGINS
    assert sorted(report.get("builders", [])) == (sorted(SEQUENCES) if level == "full" else [])
    assert (report["db"], report["mq"], report["www_plugins"]) == ("sqlite", "simple", [])
    assert (report["headcount"]["level"], report["headcount"]["reason"]) == (level, "start")
    assert read_report(report, vocabulary()).profile.scrubbed == ()

    assert request.text.decode() in log
    assert (tmp_path / "m" / "usage-report.json").read_bytes() == request.text
    assert (tmp_path / "m" / "usage-report.json").stat().st_mode & 0o077 == 0
    assert "Traceback" not in log
    assert "internal.example" not in request.text.decode()

    assert previewed.returncode == 0
    assert _but_for_the_report(previewed.stdout) == _but_for_the_report(request.text.decode() + "\n")
    assert previewed.stderr == ("" if level == "basic" else WORKERS)


def _but_for_the_report(text: str) -> str:
    envelope: dict[str, Any] = json.loads(text)["headcount"]
    return text.replace(envelope["report"], "")


def test_a_level_has_the_fields_of_the_catalog(tmp_path: Path) -> None:
    """At each level what the master says is what the catalog lists for it: `preview` of the same master, both levels.

    It has never reported, so that of its workers nothing is known yet.
    """
    with running(tmp_path / "m", METABUILDBOT.format(level=None, url="https://collector.invalid")) as master:
        log = master.stop()
    assert "headcount: sending" not in log
    for level in ("basic", "full"):
        body = json.loads(preview("m", "--level", level, cwd=tmp_path).stdout)
        profile = read_report(body, vocabulary()).profile
        wanted = {field.path for field in CATALOG if level == "full" or field.level == "basic"} - {"workers"}
        assert set(answered(profile)) == wanted
