"""Facts of the committed vocabulary that anyone can check against Buildbot's releases."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "src/headcount/contract/vocabulary.json"
INPUTS = ROOT / "tools/vocabulary/inputs"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CLASSES: dict[str, dict[str, str]] = DOCUMENT["classes"]
MOVED: dict[str, str] = DOCUMENT["moved"]
KINDS = {
    "step", "worker", "builder", "scheduler", "change source", "reporter", "report generator", "secrets provider",
    "authentication", "machine", "service", "configurator", "factory", "other",
}  # fmt: skip


def read(name: str) -> Any:
    """Return one of the files that the vocabulary was made from."""
    return json.loads((INPUTS / f"{name}.json").read_text(encoding="utf-8"))


REPOSITORIES = {
    name: [
        version if version[0].isdigit() else content["commit"][:12]
        for version, content in json.loads((INPUTS / source["file"]).read_text(encoding="utf-8"))["versions"].items()
    ]
    for name, source in read("repositories").items()
}
"""Package that is only in a repository → its versions."""


def test_moved_paths_lead_to_classes_directly() -> None:
    """Every older path leads to a class of the file, and is none itself."""
    assert set(MOVED.values()) <= CLASSES.keys()
    assert not MOVED.keys() & CLASSES.keys()


def test_entries_are_well_formed() -> None:
    """Each class has a known kind, and releases or a package that the file lists, in order."""
    releases = DOCUMENT["releases"]
    order = {release: index for index, release in enumerate(releases)}
    for path, entry in CLASSES.items():
        assert entry.keys() <= {"kind", "since", "until", "package"}, path
        assert entry["kind"] in KINDS, path
        if entry.get("package") in REPOSITORIES:
            assert {entry["since"], entry.get("until", entry["since"])} <= set(REPOSITORIES[entry["package"]]), path
        elif "package" in entry:
            assert entry["since"] == DOCUMENT["packages"][entry["package"]], path
            assert "until" not in entry, path
        else:
            assert order[entry["since"]] <= order[entry.get("until", releases[-1])], path
            assert path.startswith("buildbot."), path


def test_releases_reach_from_nine_to_the_newest() -> None:
    """The releases are final ones of three numbers, in order, from 0.9.0 to the newest that was read."""
    releases = DOCUMENT["releases"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", release) for release in releases)
    assert releases == sorted(releases, key=lambda release: tuple(map(int, release.split("."))))
    assert (releases[0], releases[-1]) == ("0.9.0", DOCUMENT["buildbot"])
    assert {"0.9.1", "2.0.0", "2.10.5", "3.11.9", "4.0.4", "4.3.0"} <= set(releases)
    assert re.fullmatch(r"\d{4}\.\d\d\.\d\d", DOCUMENT["version"])


def test_no_private_name_and_no_test_is_in_it() -> None:
    """Private classes, Buildbot's tests and module names that anyone may have are not public names."""
    for path in (*CLASSES, *MOVED):
        assert not path.rpartition(".")[2].startswith("_"), path
        assert not {"test", "tests"} & set(path.split(".")), path
        assert path.partition(".")[0] not in {"src", "setup", "__main__", "steps"}, path


@pytest.mark.parametrize(
    ("older", "newest"),
    [
        ("buildbot.config.BuilderConfig", "buildbot.config.builder.BuilderConfig"),
        ("buildbot.config.MasterConfig", "buildbot.config.master.MasterConfig"),
        ("buildbot.worker.base.AbstractLatentWorker", "buildbot.worker.latent.AbstractLatentWorker"),
        ("buildbot.steps.shell_oldstyle.ShellCommand", "buildbot.steps.shell.ShellCommand"),
        ("buildbot.steps.shell_oldstyle.TreeSize", "buildbot.steps.shell.TreeSize"),
        ("buildbot.steps.shell.ShellCommandNewStyle", "buildbot.steps.shell.ShellCommand"),
        ("buildbot.steps.shell.TestNewStyle", "buildbot.steps.shell.Test"),
        ("buildbot.steps.http_oldstyle.POST", "buildbot.steps.http.POST"),
        ("buildbot.steps.master.MasterShellCommandNewStyle", "buildbot.steps.master.MasterShellCommand"),
        ("buildbot.pbmanager.PBManager", "buildbot.worker.protocols.manager.pb.PBManager"),
        ("buildbot.reporters.notifier.NotifierBase", "buildbot.reporters.base.ReporterBase"),
        ("buildbot.reporters.stash.StashStatusPush", "buildbot.reporters.bitbucketserver.BitbucketServerStatusPush"),
        ("buildbot_nix.NixBuildCommand", "buildbot_nix.nix_build.NixBuildCommand"),
    ],
)
def test_a_class_is_one_under_all_its_names(older: str, newest: str) -> None:
    """The classes that Buildbot moved or renamed are known as what they are called now."""
    assert MOVED[older] == newest


def test_oldstyle_and_newstyle_are_all_folded() -> None:
    """Nothing of the twins of 2.9 and 2.10 is left as a class of its own."""
    assert not [path for path in CLASSES if "_oldstyle." in path or path.endswith("NewStyle")]


def test_a_moved_class_lives_from_its_oldest_path_on() -> None:
    """``since`` and ``until`` span all paths of a class."""
    assert CLASSES["buildbot.config.builder.BuilderConfig"] == {"kind": "builder", "since": "0.9.0"}
    assert CLASSES["buildbot.steps.shell.ShellCommand"] == {"kind": "step", "since": "0.9.0"}
    assert CLASSES["buildbot.worker.latent.AbstractLatentWorker"] == {"kind": "worker", "since": "0.9.0"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("buildbot.steps.source.git.Git", "step"),
        ("buildbot.steps.source.cvs.CVS", "step"),
        ("buildbot.steps.trigger.Trigger", "step"),
        ("buildbot.process.buildstep.BuildStep", "step"),
        ("buildbot.configurators.janitor.LogChunksJanitor", "step"),
        ("buildbot.worker.base.Worker", "worker"),
        ("buildbot.worker.local.LocalWorker", "worker"),
        ("buildbot.worker.docker.DockerLatentWorker", "worker"),
        ("buildbot.schedulers.forcesched.ForceScheduler", "scheduler"),
        ("buildbot.schedulers.triggerable.Triggerable", "scheduler"),
        ("buildbot.schedulers.basic.SingleBranchScheduler", "scheduler"),
        ("buildbot.schedulers.timed.Nightly", "scheduler"),
        ("buildbot.changes.gitpoller.GitPoller", "change source"),
        ("buildbot.changes.mail.CVSMaildirSource", "change source"),
        ("buildbot.changes.pb.PBChangeSource", "change source"),
        ("buildbot.changes.changes.Change", "other"),
        ("buildbot.reporters.irc.IRC", "reporter"),
        ("buildbot.reporters.http.HttpStatusPush", "reporter"),
        ("buildbot.reporters.mail.MailNotifier", "reporter"),
        ("buildbot.reporters.message.MessageFormatter", "other"),
        ("buildbot.reporters.generators.build.BuildStatusGenerator", "report generator"),
        ("buildbot.reporters.gerrit.GerritBuildSetStatusGenerator", "report generator"),
        ("buildbot.secrets.providers.file.SecretInAFile", "secrets provider"),
        ("buildbot.secrets.providers.vault.HashiCorpVaultSecretProvider", "secrets provider"),
        ("buildbot.www.auth.UserPasswordAuth", "authentication"),
        ("buildbot.www.oauth2.GitHubAuth", "authentication"),
        ("buildbot.machine.base.Machine", "machine"),
        ("buildbot.statistics.stats_service.StatsService", "service"),
        ("buildbot.process.factory.BuildFactory", "factory"),
        ("buildbot.process.buildstep.ShellMixin", "step"),
        ("buildbot.process.buildstep.CommandMixin", "step"),
        ("buildbot.steps.worker.CompositeStepMixin", "step"),
        ("buildbot.steps.configurable.BuildbotTestCiReadConfigMixin", "step"),
        ("buildbot.util.git.GitStepMixin", "step"),
        ("buildbot.util.codebase.AbsoluteSourceStampsMixin", "scheduler"),
        ("buildbot.util.latent.CompatibleLatentWorkerMixin", "worker"),
        ("buildbot.util.pullrequest.PullRequestMixin", "change source"),
        ("buildbot.www.hooks.github.GitHubEventHandler", "other"),
        ("buildbot_travis.steps.base.ConfigurableStepMixin", "step"),
        ("buildbot_gitea.reporter.GiteaStatusPush", "reporter"),
        ("buildbot_gitea.step_source.Gitea", "step"),
        ("bb_pytest.step.Pytest", "step"),
        ("buildbot_pipelines.steps.spawner.SpawnerStep", "step"),
        ("buildbot_nix.local_worker.NixLocalWorker", "worker"),
        ("buildbot_nix.oauth2_proxy_auth.OAuth2ProxyAuth", "authentication"),
        ("buildbot_nix.oidc.OIDCAuth", "authentication"),
        ("buildbot_nix.github_projects.GitHubAppSecretService", "secrets provider"),
        ("buildbot_nix.github_projects.FilteredGitHubStatusPush", "reporter"),
        ("buildbot_nix.gitea_projects.FilteredGiteaStatusPush", "reporter"),
        ("buildbot_nix.gitea_projects.ReloadGiteaProjects", "step"),
        ("buildbot_nix.build_trigger.BuildTrigger", "step"),
        ("buildbot_nix.NixConfigurator", "configurator"),
    ],
)
def test_well_known_classes_have_their_kind(path: str, kind: str) -> None:
    """What users know a class as, the file knows it as, and where they know it."""
    assert CLASSES[path]["kind"] == kind


def test_two_classes_of_one_name_stay_two() -> None:
    """Classes that share no more than a name are not folded."""
    for path in (
        "buildbot.data.workers.Worker",
        "buildbot.worker.base.Worker",
        "buildbot.process.factory.Trial",
        "buildbot.steps.python_twisted.Trial",
        "buildbot.reporters.words.BuildRequest",
        "buildbot.process.buildrequest.BuildRequest",
        "buildbot.worker.latent.States",
        "buildbot.machine.latent.States",
    ):
        assert path in CLASSES


def test_what_was_dropped_says_when() -> None:
    """A class that Buildbot removed is still known, with the last release that had it."""
    assert CLASSES["buildbot.worker.hyper.HyperLatentWorker"]["until"] == "1.8.2"
    assert CLASSES["buildbot.reporters.hipchat.HipChatStatusPush"]["until"] == "2.10.5"


def test_published_www_plugins_are_known() -> None:
    """The names that ``c['www']['plugins']`` can hold for published packages, old and new front ends alike."""
    views = {"waterfall_view", "console_view", "grid_view", "wsgi_dashboards", "badges", "base"}
    assert views <= DOCUMENT["www"].keys()
    assert {"base_react", "react_waterfall_view", "react_console_view", "react_grid_view"} <= DOCUMENT["www"].keys()
    assert set(DOCUMENT["www"].values()) <= DOCUMENT["packages"].keys()


def test_every_class_of_no_kind_was_looked_at() -> None:
    """`other.json` says of each class of the kind ``other`` why it is; of no other class, and of none twice.

    A new one fails here until somebody has looked: where it is mixed into plugins of one kind, it is of that kind.
    """
    looked_at = [path for paths in read("other").values() for path in paths]
    assert len(looked_at) == len(set(looked_at))
    assert set(looked_at) == {path for path, entry in CLASSES.items() if entry["kind"] == "other"}
    assert all(len(why) > 10 for why in read("other"))


def test_each_package_is_taken_or_left_out_with_a_reason() -> None:
    """What the vocabulary has is what the inputs pin, by digest, and nothing that was left out."""
    packages, repositories, left_out = read("packages"), read("repositories"), read("left_out")
    buildbot = read("buildbot")
    assert DOCUMENT["packages"] == {
        "buildbot": DOCUMENT["buildbot"],
        **{name: package["version"] for name, package in packages.items()},
        **{name: REPOSITORIES[name][-1] for name in repositories},
    }
    assert not left_out.keys() & DOCUMENT["packages"].keys()
    assert all(len(why) > 10 for why in left_out.values())
    digests = [*buildbot.values(), *(each["sha256"] for each in (*packages.values(), *repositories.values()))]
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)
    assert {version.partition(".post")[0] for version in buildbot} | read("tags").keys() == set(DOCUMENT["releases"])
    for source in repositories.values():
        assert hashlib.sha256((INPUTS / source["file"]).read_bytes()).hexdigest() == source["sha256"]


def test_what_one_organisation_alone_has_is_no_public_name() -> None:
    """A public name with one user is as good as a hostname."""
    assert not {"tyrian_view", "buildbot_macports_custom_views", "ws_keepalive"} & DOCUMENT["www"].keys()
    assert not [path for path in CLASSES if path.startswith(("ursabot.", "bbgws.", "src."))]


def test_earlier_vocabularies_are_known() -> None:
    """By the version that their reporters write, with the newest release that each knew."""
    assert DOCUMENT["earlier"]["2026.11.24"] == "4.3.0"
    assert DOCUMENT["version"] not in DOCUMENT["earlier"]
    assert set(DOCUMENT["earlier"].values()) <= set(DOCUMENT["releases"])
