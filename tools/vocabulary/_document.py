"""The vocabulary as a document, made from the inputs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from tools.vocabulary._classes import Classes, classes_of_buildbot, classes_of_package
from tools.vocabulary._fetch import fetch_pinned
from tools.vocabulary._inputs import Inputs, Package, read_repository, tagged
from tools.vocabulary._kind import OTHER, Codebase
from tools.vocabulary._source import Files, Module, read_archive, read_entry_points, read_modules

Document = Mapping[str, object]
"""The vocabulary, but for its version and those before it."""


def tell(about: str, text: str) -> None:
    """Tell a person, on standard error."""
    print(about, text, file=sys.stderr)


def release_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, without that of a post-release."""
    return tuple(int(number) for number in version.partition(".post")[0].split("."))


def replaced(versions: Iterable[str]) -> dict[str, str]:
    """Return release → the version that is read for it: its last post-release, or itself."""
    found: dict[str, str] = {}
    for version in sorted(versions, key=_order):
        found[version.partition(".post")[0]] = version
    return found


def _order(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def make(inputs: Inputs, cache: Path, doubt: Callable[[str], None]) -> Document:
    """Return the document. Fetches what the cache lacks; raises `WrongArchive`, and `RuntimeError`, as pip fails."""
    releases = _releases(inputs, cache)
    newest = list(releases)[-1]
    classes, moved = classes_of_buildbot(releases, doubt)
    versions: dict[str, str] = {"buildbot": newest}
    www: dict[str, str] = {}
    hooks = dict.fromkeys((name for release in releases.values() for name in release.hooks), "buildbot")
    modules: dict[str, Mapping[str, Mapping[str, Module]]] = {}
    for name, package in inputs.packages.items():
        files = _files(name, package, cache)
        modules[name] = {package.version: read_modules(files, package.module)}
        groups = read_entry_points(files)
        for plugin in groups.get("buildbot.www", {}):
            www.setdefault(plugin, name)
        for hook in groups.get("buildbot.webhooks", {}):
            hooks.setdefault(hook, name)
    for name, source in inputs.repositories.items():
        modules[name] = read_repository(inputs.directory / source["file"], source["sha256"])
    newest_of_each = {name: list(each.values())[-1] for name, each in modules.items()}
    beside = {module: content for each in newest_of_each.values() for module, content in each.items()}
    for name, each in modules.items():
        versions[name] = list(each)[-1]
        found, went = classes_of_package(name, each, releases, beside, doubt)
        classes |= found
        moved |= went
    _tell_of_others(classes, releases[newest].extended(beside), inputs.looked_at, doubt)
    return {
        "buildbot": newest,
        "releases": list(releases),
        "packages": versions,
        "classes": classes,
        "moved": moved,
        "www": www,
        "hooks": hooks,
    }


def _releases(inputs: Inputs, cache: Path) -> dict[str, Codebase]:
    """Return every release of Buildbot, oldest first."""
    archives = fetch_pinned("buildbot", inputs.buildbot, cache)
    read = replaced(archives)
    found: dict[str, Codebase] = {}
    for release in sorted(inputs.tags.keys() | read.keys(), key=release_of):
        modules, plugins = tagged(inputs.tags.get(release, {})), {}
        if release in read:
            files = read_archive(archives[read[release]])
            modules |= read_modules(files, "buildbot", complain=partial(tell, release))
            plugins = _plugins(read_entry_points(files))
        found[release] = Codebase(modules, plugins)
    return found


def _files(name: str, package: Package, cache: Path) -> Files:
    return read_archive(fetch_pinned(name, {package.version: package.sha256}, cache)[package.version])


def _plugins(groups: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"buildbot.plugins.{group.removeprefix('buildbot.')}.{name}": target
        for group, entries in groups.items()
        for name, target in entries.items()
        if group.startswith("buildbot.")
    }


def _tell_of_others(
    classes: Classes, everything: Codebase, looked_at: Iterable[str], doubt: Callable[[str], None]
) -> None:
    others = {path for path, entry in classes.items() if entry["kind"] == OTHER}
    heirs = everything.heirs()
    for path in sorted(others.difference(looked_at)):
        below = f", above classes of kind {', '.join(sorted(heirs[path]))}" if path in heirs else ""
        doubt(f"of kind other, and not in other.json: {path}{below}")
    for path in sorted(set(looked_at) - others):
        doubt(f"in other.json, and not of kind other: {path}")


def dated(document: Document, path: Path, version: str) -> dict[str, object] | None:
    """Return the document with its version, and those before it, each with the newest release that it knew.

    ``path``: the vocabulary before it, if there is one. None where that says the same.
    """
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if {key: before.get(key) for key in document} == json.loads(json.dumps(document)):
        return None
    earlier = dict(before.get("earlier", {}))
    if before and before["version"] != version:
        earlier[before["version"]] = before["buildbot"]
    return {"version": version, "earlier": earlier, **document}
