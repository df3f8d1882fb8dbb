"""Make ``contract/vocabulary.json``: every class that a release of Buildbot, or a public plugin package, ever had.

Run from the root of the project: ``python -m tools.vocabulary CLASSES_BY_TAG CACHE``. It fetches what the cache lacks.
Folds that it is not sure of are listed on standard error: review them, and add to the tables below.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tools.vocabulary._fetch import fetch, fetch_all, versions
from tools.vocabulary._fold import fold, spans
from tools.vocabulary._kind import OTHER, Codebase
from tools.vocabulary._source import Module, read_archive, read_entry_points, read_modules

OUTPUT = Path("src/headcount/contract/vocabulary.json")
OLDEST = (0, 9, 0)

PACKAGES = {
    "buildbot-badges": "buildbot_badges",
    "buildbot-console-view": "buildbot_console_view",
    "buildbot-grid-view": "buildbot_grid_view",
    "buildbot-waterfall-view": "buildbot_waterfall_view",
    "buildbot-wsgi-dashboards": "buildbot_wsgi_dashboards",
    "buildbot-www": "buildbot_www",
    "buildbot-react-console-view": "buildbot_react_console_view",
    "buildbot-react-grid-view": "buildbot_react_grid_view",
    "buildbot-react-waterfall-view": "buildbot_react_waterfall_view",
    "buildbot-react-wsgi-dashboards": "buildbot_react_wsgi_dashboards",
    "buildbot-www-react": "buildbot_www_react",
    "buildbot-docker-swarm-worker": "buildbot_docker_swarm_worker",
    "buildbot-enhanced-ui": "buildbot_enhanced_ui",
    "buildbot-fossil": "buildbot_fossil",
    "buildbot-gitea": "buildbot_gitea",
    "buildbot-legacy-slack-adapter": "buildbot_legacy_slack_adapter",
    "buildbot-macports-custom-views": "buildbot_macports_custom_views",
    "buildbot-matrix": "buildbot_matrix",
    "buildbot-mattermost-reporter": "buildbot_mattermost",
    "buildbot-netauth": "buildbot_netauth",
    "buildbot-phorge": "buildbot_phorge",
    "buildbot-pipeline": "buildbot_pipeline",
    "buildbot-profiler": "buildbot_profiler",
    "buildbot-prometheus": "buildbot_prometheus",
    "buildbot-sitenav": "buildbot_sitenav",
    "buildbot-slack": "buildbot_slack",
    "buildbot-tag-filters-plugin": "buildbot_tag_filters_plugin",
    "buildbot-tags-section-plugin": "buildbot_tags_section_plugin",
    "buildbot-travis": "buildbot_travis",
    "buildbot-tyrian-theme": "buildbot_tyrian_view",
    "buildbot-unrealengine": "buildbot_UnrealEngine",
    "buildbot-washer": "washer",
}
"""Public plugin packages for Buildbot since 0.9, and the module that each installs."""

RENAMED = {
    "buildbot.worker.base.AbstractLatentWorker": "buildbot.worker.latent.AbstractLatentWorker",
    "buildbot.pbmanager.Dispatcher": "buildbot.worker.protocols.manager.pb.Dispatcher",
    "buildbot.reporters.notifier.NotifierBase": "buildbot.reporters.base.ReporterBase",
    "buildbot.reporters.stash.StashStatusPush": "buildbot.reporters.bitbucketserver.BitbucketServerStatusPush",
}
"""Classes that moved or were renamed in a way that no rule sees; each was looked at."""

DISTINCT: frozenset[str] = frozenset()
"""Paths whose class a rule would take for another one that only has the same name; each was looked at."""

Classes = dict[str, dict[str, str]]


def _tell(about: str, text: str) -> None:
    print(about, text, file=sys.stderr)


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.partition(".post")[0].split("."))


def _tagged(path: Path) -> dict[str, dict[str, Module]]:
    """The releases in a file of classes by tag; it knows where a class is defined, but not its bases."""
    found: dict[str, dict[str, Module]] = {}
    for tag, classes in json.loads(path.read_text(encoding="utf-8")).items():
        modules = found.setdefault(tag.removeprefix("v"), {})
        for name, places in classes.items():
            for place in places:
                modules.setdefault(place.replace("/", "."), Module()).classes[name] = ()
    found.pop("HEAD", None)
    return found


def _plugins(groups: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"buildbot.plugins.{group.removeprefix('buildbot.')}.{name}": target
        for group, entries in groups.items()
        for name, target in entries.items()
        if group.startswith("buildbot.")
    }


def read_buildbot(tags: Path, cache: Path) -> dict[str, Codebase]:
    """Every release of Buildbot from 0.9.0 on, oldest first, a post-release in the place of what it repairs."""
    newest_post: dict[str, str] = {}
    for version in reversed(versions("buildbot")):
        if _release(version) >= OLDEST:
            newest_post[version.partition(".post")[0]] = version
    archives = fetch_all("buildbot", list(newest_post.values()), cache)
    # releases that the index no longer has, or has only as a post-release, come from the tags
    tagged = {name: modules for name, modules in _tagged(tags).items() if newest_post.get(name) != name}
    found: dict[str, Codebase] = {}
    for release in sorted(tagged.keys() | newest_post.keys(), key=_release):
        modules, plugins = tagged.get(release, {}), {}
        if release in newest_post:
            files = read_archive(archives[newest_post[release]])
            modules = modules | read_modules(files, "buildbot", complain=partial(_tell, release))
            plugins = _plugins(read_entry_points(files))
        found[release] = Codebase(modules, plugins)
    return found


def classes_of_buildbot(releases: Mapping[str, Codebase]) -> tuple[Classes, dict[str, str]]:
    """The entry of each class under its newest path, and older path → newest path."""
    names, codebases = list(releases), list(releases.values())
    found = spans(codebases)
    moved = fold(codebases, RENAMED, DISTINCT, partial(_tell, "not folded:"))
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


def classes_of_package(
    package: str, version: str, modules: Mapping[str, Module], releases: Mapping[str, Codebase]
) -> Classes:
    """The classes of a plugin package; their kinds by the newest Buildbot that has their bases."""
    classes: Classes = {}
    for path in Codebase(modules).classes:
        kinds = (release.extended(modules).kind(path) for release in reversed(list(releases.values())))
        kind = next((kind for kind in kinds if kind != OTHER), OTHER)
        classes[path] = {"kind": kind, "since": version, "package": package}
    return classes


def render(document: Mapping[str, object]) -> str:
    """The document as JSON with sorted entries, one a line."""

    def lines(value: object) -> str:
        if not isinstance(value, dict):
            return json.dumps(value)
        inner = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value[key])}" for key in sorted(value))
        return f"{{\n{inner}\n }}"

    return "{\n" + ",\n".join(f' "{key}": {lines(value)}' for key, value in document.items()) + "\n}\n"


def _earlier(path: Path) -> dict[str, str]:
    """The versions of the vocabularies up to that in ``path``, each with the newest release that it knew."""
    if not path.exists():
        return {}
    before = json.loads(path.read_text(encoding="utf-8"))
    return {**before.get("earlier", {}), before["version"]: before["buildbot"]}


def main() -> None:
    """Read everything, and write `OUTPUT`."""
    parser = argparse.ArgumentParser(prog="python -m tools.vocabulary", description=__doc__)
    parser.add_argument("tags", type=Path, metavar="CLASSES_BY_TAG", help="JSON: tag → class → its modules")
    parser.add_argument("cache", type=Path, help="the directory that fetched packages are kept in")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--date", type=dt.date.fromisoformat, help="the vocabulary's version; today unless given")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    day = arguments.date or dt.datetime.now(dt.UTC).date()

    releases = read_buildbot(arguments.tags, arguments.cache)
    newest = list(releases)[-1]
    classes, moved = classes_of_buildbot(releases)
    packages: dict[str, str] = {"buildbot": newest}
    www: dict[str, str] = {}
    for package, top in PACKAGES.items():
        version = versions(package)[0]
        files = read_archive(fetch(package, version, arguments.cache))
        packages[package] = version
        classes |= classes_of_package(package, version, read_modules(files, top), releases)
        for name in read_entry_points(files).get("buildbot.www", {}):
            www.setdefault(name, package)
    document = {
        "version": f"{day:%Y.%m.%d}",
        "buildbot": newest,
        "earlier": _earlier(arguments.output),
        "releases": list(releases),
        "packages": packages,
        "classes": classes,
        "moved": moved,
        "www": www,
    }
    arguments.output.write_text(render(document), encoding="utf-8")
    print(f"{len(releases)} releases, {len(classes)} classes, {len(moved)} moved, {len(www)} www plugins")


if __name__ == "__main__":
    main()
