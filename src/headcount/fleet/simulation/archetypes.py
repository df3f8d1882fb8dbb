"""Archetypes of shops: which plugins go together, and how much a shop subclasses them.

They are modelled on public configurations and on WIRE.md's masters; the shares are guesses. Each entry of a
table is the path of a class without ``buildbot.``; a number behind a colon is the chance that a shop has
it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Archetype:
    """A kind of shop.

    ``share``: of all installations; ``builders``: the median number; ``workers``: instances for each
    builder; ``source``: the step that fetches; ``pipelines``: the steps after it, one string for each way
    to build; ``others``: classes that are no steps, with chances; ``full``: those that only a full report
    of ours counts; ``bent``: the chance that a class is subclassed.
    """

    share: int
    builders: int
    workers: float
    source: tuple[str, ...]
    pipelines: tuple[str, ...]
    others: str
    full: str
    bent: float


_COMMON = "schedulers.forcesched.ForceScheduler:.9 reporters.mail.MailNotifier:.35 util.service.BuildbotService:.05 "
_COMMON_FULL = "www.auth.UserPasswordAuth:.4 reporters.generators.build.BuildStatusGenerator:.35 "
_GIT_SOURCE = ("steps.source.git.Git",)

ARCHETYPES: dict[str, Archetype] = {
    "small git shop": Archetype(
        34, 4, 0.7, _GIT_SOURCE,
        ("steps.shell.ShellCommand steps.shell.ShellCommand", "steps.shell.Configure steps.shell.Compile steps.shell.Test",
         "steps.shell.SetPropertyFromCommand steps.shell.ShellCommand steps.transfer.FileUpload", ""),
        _COMMON + "worker.base.Worker:1 worker.local.LocalWorker:.25 changes.gitpoller.GitPoller:.7 "
        "schedulers.basic.SingleBranchScheduler:.7 schedulers.basic.AnyBranchScheduler:.4 schedulers.timed.Nightly:.3 "
        "reporters.irc.IRC:.12 reporters.telegram.TelegramBot:.06",
        _COMMON_FULL + "secrets.providers.file.SecretInAFile:.2", 0.12,
    ),
    "large C++ farm": Archetype(
        14, 30, 0.8, ("steps.source.git.Git", "steps.source.git.Git", "steps.source.p4.P4"),
        ("steps.cmake.CMake steps.shell.Compile steps.shell.Test steps.transfer.FileUpload steps.trigger.Trigger",
         "steps.transfer.FileDownload steps.shell.ShellCommand steps.shell.Test steps.transfer.DirectoryUpload",
         "steps.worker.RemoveDirectory steps.shell.WarningCountingShellCommand steps.shell.Test process.buildstep.BuildStep",
         "steps.vstudio.MsBuild14 steps.shell.Test steps.master.SetProperty",
         "steps.package.rpm.rpmbuild.RpmBuild steps.package.deb.pbuilder.DebPbuilder"),
        _COMMON + "worker.base.Worker:1 worker.ec2.EC2LatentWorker:.35 worker.openstack.OpenStackLatentWorker:.15 "
        "worker.libvirt.LibVirtWorker:.15 worker.latent.AbstractLatentWorker:.25 schedulers.triggerable.Triggerable:.9 "
        "schedulers.basic.AnyBranchScheduler:.8 schedulers.timed.Nightly:.8 changes.gitpoller.GitPoller:.5 "
        "changes.gerritchangesource.GerritChangeSource:.3 reporters.gerrit.GerritStatusPush:.3 "
        "changes.p4poller.P4Source:.15 reporters.http.HttpStatusPush:.3 "
        "schedulers.canceller.OldBuildCanceller:.2",
        _COMMON_FULL + "machine.generic.GenericLatentMachine:.15 "
        "secrets.providers.vault_hvac.HashiCorpVaultKvSecretProvider:.3", 0.4,
    ),
    "old CVS and SVN shop": Archetype(
        9, 6, 0.5, ("steps.source.svn.SVN", "steps.source.svn.SVN", "steps.source.cvs.CVS", "steps.source.bzr.Bzr"),
        ("steps.shell.Configure steps.shell.Compile steps.shell.Test", "steps.shell.ShellCommand steps.transfer.FileUpload"),
        _COMMON + "worker.base.Worker:1 changes.svnpoller.SVNPoller:.6 changes.mail.CVSMaildirSource:.2 "
        "changes.pb.PBChangeSource:.5 schedulers.basic.SingleBranchScheduler:.9 schedulers.timed.Periodic:.3 "
        "schedulers.dependent.Dependent:.3 reporters.irc.IRC:.2 schedulers.trysched.Try_Userpass:.15",
        _COMMON_FULL, 0.15,
    ),
    "container shop": Archetype(
        14, 10, 0.4, _GIT_SOURCE,
        ("steps.shellsequence.ShellSequence steps.shell.ShellCommand steps.master.MasterShellCommand",
         "steps.download_secret_to_worker.DownloadSecretsToWorker steps.shell.ShellCommand steps.trigger.Trigger",
         "steps.shell.ShellCommand process.buildstep.BuildStep steps.http.POST"),
        _COMMON + "worker.docker.DockerLatentWorker:.75 worker.kubernetes.KubeLatentWorker:.45 worker.local.LocalWorker:.3 "
        "schedulers.triggerable.Triggerable:.5 schedulers.basic.AnyBranchScheduler:.8 changes.gitpoller.GitPoller:.3 "
        "reporters.github.GitHubStatusPush:.4 reporters.gitlab.GitLabStatusPush:.25 reporters.http.HttpStatusPush:.3",
        _COMMON_FULL + "www.oauth2.GoogleAuth:.3 secrets.providers.file.SecretInAFile:.6", 0.25,
    ),
    "hosted repositories": Archetype(
        20, 8, 0.6, ("steps.source.github.GitHub", "steps.source.github.GitHub", "steps.source.gitlab.GitLab"),
        ("steps.shell.ShellCommand steps.shell.Test", "steps.gitdiffinfo.GitDiffInfo steps.shell.Compile steps.shell.Test",
         "steps.shell.ShellCommand steps.source.git.GitPush"),
        _COMMON + "worker.base.Worker:1 worker.docker.DockerLatentWorker:.2 schedulers.basic.AnyBranchScheduler:.8 "
        "reporters.github.GitHubStatusPush:.7 reporters.github.GitHubCommentPush:.3 reporters.gitlab.GitLabStatusPush:.3 "
        "changes.github.GitHubPullrequestPoller:.3 changes.bitbucket.BitbucketPullrequestPoller:.1 "
        "reporters.bitbucket.BitbucketStatusPush:.1",
        _COMMON_FULL + "www.oauth2.GitHubAuth:.6 www.oauth2.GitLabAuth:.2 "
        "reporters.generators.build.BuildStartEndStatusGenerator:.4", 0.15,
    ),
    "python project": Archetype(
        9, 5, 0.8, ("steps.source.mercurial.Mercurial", "steps.source.git.Git"),
        ("steps.python_twisted.Trial steps.python.PyFlakes", "steps.python.Sphinx steps.transfer.DirectoryUpload",
         "steps.shell.ShellCommand steps.python_twisted.Trial"),
        _COMMON + "worker.base.Worker:1 changes.hgpoller.HgPoller:.5 changes.gitpoller.GitPoller:.4 "
        "schedulers.basic.SingleBranchScheduler:.8 schedulers.trysched.Try_Userpass:.2 reporters.irc.IRC:.4",
        _COMMON_FULL, 0.2,
    ),
}  # fmt: skip

WWW = {"waterfall_view": 0.75, "console_view": 0.7, "grid_view": 0.4, "badges": 0.15, "acme_secret_dashboard": 0.06}
"""Plugins of the web interface, each with the chance that a shop has it; the last one is private."""

PUBLIC_WWW = frozenset(WWW) - {"acme_secret_dashboard"} | {"wsgi_dashboards"}
