"""From the modules of releases to the entries of the vocabulary: which classes there are, since when, and of which kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.vocabulary._fold import fold, spans
from tools.vocabulary._kind import OTHER, Codebase
from tools.vocabulary._source import Module

Classes = dict[str, dict[str, str]]
"""Class, by its newest path → its entry in the vocabulary."""

RENAMED = {
    "buildbot.worker.base.AbstractLatentWorker": "buildbot.worker.latent.AbstractLatentWorker",
    "buildbot.pbmanager.Dispatcher": "buildbot.worker.protocols.manager.pb.Dispatcher",
    "buildbot.reporters.notifier.NotifierBase": "buildbot.reporters.base.ReporterBase",
    "buildbot.reporters.stash.StashStatusPush": "buildbot.reporters.bitbucketserver.BitbucketServerStatusPush",
}
"""Classes that moved or were renamed in a way that no rule sees; each was looked at."""

DISTINCT: frozenset[str] = frozenset()
"""Paths whose class a rule would take for another one that only has the same name; each was looked at."""


def _entries(releases: Mapping[str, Codebase], doubt: Callable[[str], None]) -> tuple[Classes, dict[str, str]]:
    names, codebases = list(releases), list(releases.values())
    found = spans(codebases)
    moved = fold(codebases, RENAMED, DISTINCT, doubt)
    whole = {path: span for path, span in found.items() if path not in moved}
    for path, newest in moved.items():
        whole[newest] |= found[path]
    classes: Classes = {}
    for path, span in whole.items():
        entry = {"kind": codebases[found[path].last].kind(path), "since": names[span.first]}
        if span.last < len(names) - 1:
            entry["until"] = names[span.last]
        classes[path] = entry
    return classes, moved


def classes_of_buildbot(
    releases: Mapping[str, Codebase], doubt: Callable[[str], None] = print
) -> tuple[Classes, dict[str, str]]:
    """Return the entry of each class under its newest path, and older path → newest path.

    ``doubt`` is told of folds that are not sure.
    """
    return _entries(releases, doubt)


def classes_of_package(
    package: str,
    versions: Mapping[str, Mapping[str, Module]],
    releases: Mapping[str, Codebase],
    beside: Mapping[str, Module] | None = None,
    doubt: Callable[[str], None] = print,
) -> tuple[Classes, dict[str, str]]:
    """Return the same of a plugin package.

    ``versions``: version → modules, oldest first; ``releases``: of Buildbot; ``beside``: the modules of the other packages.
    A class is of the kind that the newest Buildbot says which has its bases.
    """
    with_each = {
        version: [release.under(modules, beside or {}) for release in reversed(list(releases.values()))]
        for version, modules in versions.items()
    }
    classes, moved = _entries({version: codebases[0] for version, codebases in with_each.items()}, doubt)
    last = list(versions)[-1]
    for path, entry in classes.items():
        kinds = (codebase.kind(path) for codebase in with_each[entry.get("until", last)])
        entry["kind"] = next((kind for kind in kinds if kind != OTHER), OTHER)
        entry["package"] = package
    return classes, moved
