"""The list of deprecated features: its form, and that each is found in a small ``master.cfg``."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from headcount.client.advice import Source
from headcount.client.advice._deprecated import FORMS, Feature, features
from headcount.client.advice._finding import found
from headcount.contract import NOTICE_LINKS, parse_release, vocabulary

RELEASE = {"anyOf": [{"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}, {"type": "null"}]}
TEXT = {"type": "string", "pattern": r"^\S[ -~…]*\S$"}
TEXTS = {"type": "array", "items": TEXT, "uniqueItems": True, "minItems": 1}
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "feature": TEXT, "form": {"enum": list(FORMS)}, "names": TEXTS, "of": {**TEXTS, "items": {"type": "string"}},
            "value": TEXT, "without": TEXT,
            "parameters": {"type": "integer", "minimum": 1}, "apart": TEXTS, "classes": TEXTS, "deprecated": RELEASE,
            "removed": RELEASE, "instead": TEXT, "source": TEXT, "link": TEXT,
        },
        "required": ["feature", "form", "names", "deprecated", "removed", "instead", "source", "link"],
        "additionalProperties": False,
    },
}  # fmt: skip
"""The form of ``deprecated.json``."""

PLUGINS = "changes, reporters, schedulers, secrets, steps, util, worker"
HEAD = f"from buildbot.plugins import {PLUGINS}\nc = BuildmasterConfig = {{}}\n"
STEP = "from buildbot.process.buildstep import BuildStep\nclass Own(BuildStep):\n"
EXAMPLES = {
    "WithProperties": "x = util.WithProperties('%s', 'revision')",
    "Scheduler": "x = schedulers.Scheduler(name='x')",
    "schedulers.basic.Dependent": "from buildbot.schedulers.basic import Dependent",
    "BaseScheduler": "from buildbot.schedulers import base\nclass Own(base.BaseScheduler):\n    pass",
    "PollingChangeSource": "from buildbot.changes.base import PollingChangeSource",
    "LoggingBuildStep": "from buildbot.process.buildstep import LoggingBuildStep",
    "steps of the new style by their passing names": "x = steps.ShellCommandNewStyle(command='x')",
    "HashiCorpVaultSecretProvider": "x = secrets.HashiCorpVaultSecretProvider()",
    "HipChatStatusPush": "x = reporters.HipChatStatusPush('x')",
    "HttpStatusPushBase": "from buildbot.reporters.http import HttpStatusPushBase",
    "StashStatusPush": "x = reporters.StashStatusPush('x')",
    "MTR": "x = steps.MTR()",
    "RpmSpec": "from buildbot.steps.package.rpm.rpmspec import RpmSpec",
    "HyperLatentWorker": "x = worker.HyperLatentWorker('x')",
    "Distutils": "from buildbot.process.factory import Distutils",
    "s() of buildbot.process.factory": "from buildbot.process import factory\nx = factory.s(steps.Git)",
    "remote commands and observers of buildbot.process.buildstep":
        "from buildbot.process import buildstep\nx = buildstep.LogLineObserver()",
    "SetProperty of buildbot.steps.shell": "from buildbot.steps.shell import SetProperty",
    "buildbot.status": "from buildbot.status.results import SUCCESS",
    "buildbot.buildslave": "from buildbot.plugins import buildslave",
    "buildbot.steps.slave": "import buildbot.steps.slave",
    "buildbot.util.croniter": "from buildbot.util import croniter",
    "buildbot.util.json": "from buildbot.util import json",
    "c['slaves'], c['slavePortnum']": "c['slaves'] = []",
    "c['status']": "c['status'].append(1)",
    "horizons of logs and builds": "BuildmasterConfig['logHorizon'] = 7",
    "c['db_poll_interval']": "c['db_poll_interval'] = 1",
    "c['projectName'], c['projectURL']": "c['projectName'] = 'x'",
    "arguments of BuilderConfig of the time of slaves": "x = util.BuilderConfig(name='x', slavenames=[])",
    "category of BuilderConfig": "x = util.BuilderConfig(name='x', category='x')",
    "arguments of transfer steps of the time of slaves": "x = steps.FileUpload(slavesrc='x', masterdest='y')",
    "maxCountForSlave of locks": "x = util.WorkerLock('x', maxCountForSlave={})",
    "usePTY='slave-config'": "x = steps.ShellCommand(usePTY='slave-config')",
    "what a notifier reports, as arguments of its own": "x = reporters.MailNotifier(mode='failing')",
    "what a status push reports, as arguments of its own": "x = reporters.GitHubStatusPush(startDescription='x')",
    "format_fn and other old arguments of HttpStatusPush": "x = reporters.HttpStatusPush('x', format_fn=len)",
    "user and password of HttpStatusPush": "x = reporters.HttpStatusPush('x', user='x')",
    "callbacks of GerritStatusPush": "x = reporters.GerritStatusPush('x', reviewCB=len)",
    "subject of report generators": "x = reporters.BuildStatusGenerator(subject='x')",
    "add_logs of report generators": "x = reporters.BuildStatusGenerator(add_logs=True)",
    "wantLogs, wantSteps, wantProperties of message formatters": "x = reporters.MessageFormatter(wantLogs=True)",
    "templates of message formatters in files": "x = reporters.MessageFormatter(template_filename='x')",
    "pollinterval of pollers": "x = changes.GitPoller('x', pollinterval=1)",
    "encoding of BitbucketPullrequestPoller": "x = changes.BitbucketPullrequestPoller(encoding='x')",
    "fetch_refspec of GitPoller": "x = changes.GitPoller('x', fetch_refspec='x')",
    "connection of LibVirtWorker": "x = worker.LibVirtWorker('x', connection=1)",
    "allowForce and allowShutdown of IRC": "x = reporters.IRC('x', allowForce=True)",
    "addStep with a class": "util.BuildFactory().addStep(steps.ShellCommand, command='x')",
    "steps of the old style: start()": STEP + "    def start(self):\n        pass",
    "steps of the old style: createSummary(log)": STEP + "    def createSummary(self, log):\n        pass",
    "steps of the old style: evaluateCommand()": STEP + "    def evaluateCommand(self, cmd):\n        pass",
    "steps of the old style: commandComplete(), getText()": STEP + "    def getText(self, cmd, results):\n        pass",
    "setDefaultWorkdir()": "x.setDefaultWorkdir('x')",
}  # fmt: skip
"""By feature, what uses it."""


def test_the_list_has_its_form() -> None:
    """Each entry has what its form needs, and nothing else."""
    listed = json.loads(files("headcount.client.advice").joinpath("deprecated.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(listed)] == []


def test_each_entry_names_releases_and_classes_that_were() -> None:
    """A feature is deprecated before it is removed, its classes are in the vocabulary, and it says where to read more."""
    known = vocabulary()
    for feature in features():
        releases = [parse_release(text) for text in (feature.deprecated, feature.removed) if text]
        assert releases == sorted(releases, key=lambda release: release or known.newest), feature
        assert releases, feature
        assert all(release is not None and release <= known.newest for release in releases), feature
        assert {known.path(path) for path in feature.classes} == feature.classes
        assert feature.link.startswith(NOTICE_LINKS)
        assert bool(feature.of) == (feature.form == "argument"), feature


def test_each_feature_has_an_example() -> None:
    """The list and the examples are of the same features, each once."""
    assert [feature.feature for feature in features()] == [*EXAMPLES]


@pytest.mark.parametrize("feature", features(), ids=lambda feature: feature.feature)
def test_a_feature_is_found_where_it_is_used(feature: Feature) -> None:
    """With the line of its use, and no other feature with it."""
    example = HEAD + EXAMPLES[feature.feature] + "\n"
    uses = found([Source("master.cfg", example.encode())])
    assert {use.feature for use in uses} == {feature}
    assert all(2 < use.line <= example.count("\n") and use.file == "master.cfg" for use in uses)


def test_a_class_that_was_removed_is_known_by_its_last_release() -> None:
    """What the list says of a class that is gone goes with the releases of which the vocabulary was made."""
    brought = vocabulary().brought
    for feature in features():
        for path in feature.classes:
            assert (path in brought) == (feature.removed is None), (feature.feature, path)
