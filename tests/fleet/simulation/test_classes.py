"""The names of classes in the releases of Buildbot."""

from __future__ import annotations

import pytest

from headcount.fleet.simulation.archetypes import ARCHETYPES
from headcount.fleet.simulation.classes import BUILDER, KINDS, SINCE, Use, at, old_path


@pytest.mark.parametrize(
    ("base", "release", "path"),
    [
        (BUILDER, (3, 4, 1), "buildbot.config.BuilderConfig"),
        (BUILDER, (3, 5, 0), BUILDER),
        ("buildbot.worker.latent.AbstractLatentWorker", (0, 9, 0), "buildbot.worker.base.AbstractLatentWorker"),
        ("buildbot.steps.shell.Test", (2, 8, 4), "buildbot.steps.shell.Test"),
        ("buildbot.steps.shell.Test", (2, 9, 0), "buildbot.steps.shell_oldstyle.Test"),
        ("buildbot.steps.master.MasterShellCommand", (2, 10, 5), "buildbot.steps.master_oldstyle.MasterShellCommand"),
        ("buildbot.steps.master.SetProperty", (2, 10, 5), "buildbot.steps.master.SetProperty"),
        ("buildbot.steps.shell.Test", (3, 0, 0), "buildbot.steps.shell.Test"),
    ],
)
def test_a_class_is_named_as_in_its_release(base: str, release: tuple[int, ...], path: str) -> None:
    """WIRE.md has the moves."""
    assert old_path(base, release) == path


def test_a_class_is_not_used_before_it_came() -> None:
    """What was used before stands in for it, if there was something."""
    kube = Use("buildbot.worker.kubernetes.KubeLatentWorker", 1)
    assert at(kube, (1, 8, 2)) == kube
    assert at(kube, (1, 0, 0)) == Use("buildbot.worker.docker.DockerLatentWorker", 1)
    assert at(Use("buildbot.steps.gitdiffinfo.GitDiffInfo"), (3, 0, 0)) is None


def test_every_class_of_an_archetype_has_a_kind() -> None:
    """And so has every class with a first release."""
    named = {
        "buildbot." + entry.partition(":")[0]
        for archetype in ARCHETYPES.values()
        for table in (*archetype.source, *archetype.pipelines, archetype.others, archetype.full)
        for entry in table.split()
    }
    assert named <= KINDS.keys()
    assert SINCE.keys() <= KINDS.keys()
