"""The classes that a fleet uses: their kinds, their first releases, and their earlier paths.

Read from the sources of 13 tags, 0.9.0 to 4.3.0; the kinds from the base classes in 4.3.0. This is a second
reading on purpose: it tests the contract's vocabulary.
"""

from __future__ import annotations

from typing import NamedTuple

from headcount.fleet._history import Version

CUSTOM = "custom"
GIT = "buildbot.steps.source.git.Git"
BUILDER = "buildbot.config.builder.BuilderConfig"
BUILD_STEP = "buildbot.process.buildstep.BuildStep"
FACTORY = "buildbot.process.factory.BuildFactory"
FACTORIES = (
    "buildbot.process.factory.GNUAutoconf",
    "buildbot.process.factory.Distutils",
    "buildbot.process.factory.Trial",
)
CONFIGURATOR = "buildbot.configurators.janitor.JanitorConfigurator"
LOCAL_WORKER = "buildbot.worker.local.LocalWorker"
JANITORS = ("buildbot.configurators.janitor.LogChunksJanitor", "buildbot.configurators.janitor.BuildDataJanitor")
"""The steps that a JanitorConfigurator adds: of the first, or of both."""

BESIDE_A_JANITOR = (
    BUILDER,
    LOCAL_WORKER,
    "buildbot.schedulers.timed.Nightly",
    "buildbot.schedulers.forcesched.ForceScheduler",
)
"""What it adds to them, one of each."""

_CLASSES = {
    "step": """configurators.janitor.BuildDataJanitor configurators.janitor.LogChunksJanitor process.buildstep.BuildStep
        process.buildstep.ShellMixin steps.cmake.CMake
        steps.download_secret_to_worker.DownloadSecretsToWorker
        steps.gitdiffinfo.GitDiffInfo steps.http.POST steps.master.MasterShellCommand steps.master.SetProperties
        steps.master.SetProperty
        steps.package.deb.pbuilder.DebPbuilder steps.package.rpm.rpmbuild.RpmBuild steps.python.PyFlakes steps.python.Sphinx
        steps.python_twisted.Trial steps.shell.Compile steps.shell.Configure steps.shell.SetPropertyFromCommand
        steps.shell.ShellCommand steps.shell.Test steps.shell.WarningCountingShellCommand steps.shellsequence.ShellSequence
        steps.source.bzr.Bzr steps.source.cvs.CVS steps.source.gerrit.Gerrit steps.source.git.Git steps.source.git.GitPush
        steps.source.github.GitHub steps.source.gitlab.GitLab steps.source.mercurial.Mercurial steps.source.p4.P4
        steps.source.svn.SVN steps.transfer.DirectoryUpload steps.transfer.FileDownload steps.transfer.FileUpload
        steps.transfer.StringDownload steps.worker.CopyDirectory steps.worker.MakeDirectory
        steps.trigger.Trigger steps.vstudio.MsBuild14 steps.worker.RemoveDirectory""",
    "worker": """worker.base.Worker worker.docker.DockerLatentWorker worker.ec2.EC2LatentWorker
        worker.kubernetes.KubeLatentWorker worker.latent.AbstractLatentWorker worker.libvirt.LibVirtWorker
        worker.local.LocalWorker worker.openstack.OpenStackLatentWorker""",
    "builder": "config.builder.BuilderConfig",
    "scheduler": """schedulers.basic.AnyBranchScheduler schedulers.basic.SingleBranchScheduler
        schedulers.dependent.Dependent schedulers.forcesched.ForceScheduler schedulers.timed.Nightly
        schedulers.timed.NightlyTriggerable schedulers.timed.Periodic schedulers.triggerable.Triggerable
        schedulers.trysched.Try_Userpass""",
    "change source": """changes.bitbucket.BitbucketPullrequestPoller changes.gerritchangesource.GerritChangeSource
        changes.github.GitHubPullrequestPoller changes.gitpoller.GitPoller changes.hgpoller.HgPoller
        changes.mail.CVSMaildirSource changes.p4poller.P4Source changes.pb.PBChangeSource changes.svnpoller.SVNPoller""",
    "reporter": """reporters.bitbucket.BitbucketStatusPush reporters.gerrit.GerritStatusPush
        reporters.github.GitHubCommentPush reporters.github.GitHubStatusPush reporters.gitlab.GitLabStatusPush
        reporters.http.HttpStatusPush reporters.irc.IRC reporters.mail.MailNotifier reporters.telegram.TelegramBot""",
    "service": "schedulers.canceller.OldBuildCanceller util.service.BuildbotService",
    "secrets provider": """secrets.providers.base.SecretProviderBase secrets.providers.file.SecretInAFile
        secrets.providers.vault_hvac.HashiCorpVaultKvSecretProvider""",
    "authentication": """www.auth.AuthBase www.auth.UserPasswordAuth www.oauth2.GitHubAuth
        www.oauth2.GitLabAuth www.oauth2.GoogleAuth""",
    "report generator": """reporters.generators.build.BuildStartEndStatusGenerator
        reporters.generators.build.BuildStatusGenerator reporters.generators.buildrequest.BuildRequestGenerator""",
    "machine": "machine.generic.GenericLatentMachine",
}

KINDS = {f"buildbot.{path}": kind for kind, paths in _CLASSES.items() for path in paths.split()} | {CUSTOM: "other"}
"""Class → kind."""

SINCE: dict[str, Version] = {
    f"buildbot.{path}": since
    for path, since in {
        "changes.github.GitHubPullrequestPoller": (0, 9, 10),
        "configurators.janitor.BuildDataJanitor": (2, 10, 0),
        "configurators.janitor.LogChunksJanitor": (0, 9, 13),
        "machine.generic.GenericLatentMachine": (2, 10, 0),
        "reporters.bitbucket.BitbucketStatusPush": (1, 0, 0),
        "reporters.generators.build.BuildStartEndStatusGenerator": (2, 10, 0),
        "reporters.generators.build.BuildStatusGenerator": (2, 10, 0),
        "reporters.generators.buildrequest.BuildRequestGenerator": (3, 4, 1),
        "reporters.github.GitHubCommentPush": (1, 0, 0),
        "reporters.telegram.TelegramBot": (2, 10, 0),
        "schedulers.canceller.OldBuildCanceller": (3, 4, 1),
        "secrets.providers.base.SecretProviderBase": (1, 0, 0),
        "secrets.providers.file.SecretInAFile": (1, 0, 0),
        "secrets.providers.vault_hvac.HashiCorpVaultKvSecretProvider": (3, 4, 1),
        "steps.download_secret_to_worker.DownloadSecretsToWorker": (1, 0, 0),
        "steps.gitdiffinfo.GitDiffInfo": (3, 4, 1),
        "steps.master.SetProperties": (1, 0, 0),
        "steps.source.git.GitPush": (1, 8, 2),
        "steps.source.github.GitHub": (1, 0, 0),
        "steps.source.gitlab.GitLab": (1, 8, 2),
        "worker.kubernetes.KubeLatentWorker": (1, 8, 2),
    }.items()
}
"""Class → the first release that is known to have it; other classes are in all releases."""

_BEFORE = {
    "buildbot.steps.source.github.GitHub": GIT, "buildbot.steps.source.gitlab.GitLab": GIT,
    "buildbot.worker.kubernetes.KubeLatentWorker": "buildbot.worker.docker.DockerLatentWorker",
}  # fmt: skip
_OLD_STYLE = ("buildbot.steps.shell.", "buildbot.steps.master.MasterShellCommand", "buildbot.steps.http.")


class Use(NamedTuple):
    """A use of a class: a public base and a depth, as in `Truth`.

    ``private``: the name that stock sends instead, where it takes the class for one of Buildbot's own, or
    finds no class of Buildbot's above it.
    """

    base: str
    depth: int = 0
    private: str = ""


def at(use: Use, buildbot: Version) -> Use | None:
    """Return the use as this release can have it: before a class came, its predecessor, or None."""
    if buildbot >= SINCE.get(use.base, (0,)):
        return use
    return use._replace(base=_BEFORE[use.base]) if use.base in _BEFORE else None


def old_path(base: str, buildbot: Version) -> str:
    """Return the dotted path of a class in this release."""
    if base == BUILDER and buildbot < (3, 5):
        return "buildbot.config.BuilderConfig"
    if base == "buildbot.worker.latent.AbstractLatentWorker" and buildbot < (0, 9, 1):
        return "buildbot.worker.base.AbstractLatentWorker"
    if (2, 9) <= buildbot < (3,) and base.startswith(_OLD_STYLE):
        module, _, name = base.rpartition(".")
        return f"{module}_oldstyle.{name}"
    return base
