"""The body of a report and its truth, from what an installation runs: in stock's form and in our reporter's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from headcount.fleet._history import AHEAD, Version, sqlalchemy_on, twisted_on
from headcount.fleet._truth import Step, Truth
from headcount.fleet.simulation import full_report
from headcount.fleet.simulation import platform as _platform
from headcount.fleet.simulation.archetypes import PUBLIC_WWW
from headcount.fleet.simulation.classes import BESIDE_A_JANITOR, BUILDER, CUSTOM, KINDS, Use, at, old_path
from headcount.fleet.simulation.installation import Installation
from headcount.fleet.simulation.shop import Pipelines, Uses

Body = dict[str, object]


def build(
    one: Installation, day: int, buildbot: Version, *, schema: int = 0, vocabulary: str | None = None
) -> tuple[Body, Truth]:
    """Return the body that the installation sends when it started on ``day`` with this release, and its
    truth.

    The body lacks our reporter's envelope. ``schema``: that of our reporter, or 0 for stock's; ``vocabulary``: the version
    by which ours names classes.
    """
    ours = schema > 0
    writer = _Ours() if ours else _Stock(buildbot)
    platform = one.platform(day, buildbot)
    said_platform, facts = _platform.modern(platform) if ours else _platform.stock(platform, buildbot)
    full = one.level != "basic"
    pipelines, uses = _configured(one, day, buildbot, full=full and ours)
    janitor = _at([Use(base) for base in one.shop.janitors], buildbot) if schema < 2 else ()
    with_janitor = [*pipelines, (janitor, 1)] if janitor else pipelines
    all_uses = [*uses, *_janitors(janitor)]

    versions, true_versions = _versions(one, day, buildbot, platform.python, ours=ours, full=full and ours)
    body: Body = {
        "installid": one.install,
        "versions": versions,
        "platform": said_platform,
        "plugins": dict(_count((writer.wire(use), count) for use, count in all_uses)),
        "db": one.db if ours or buildbot < (3,) else one.db + one.driver,
        "mq": one.mq,
        "www_plugins": [
            name if name in PUBLIC_WWW or not ours else CUSTOM for name in one.shop.www if _has_www(name, buildbot)
        ],
    }
    true: dict[str, Any] = {
        "install": one.install,
        "secret": one.secret if ours else None,
        "sender": "headcount" if ours else "stock",
        "vocabulary": vocabulary if ours else None,
        "level": one.level,
        "versions": true_versions,
        **facts,
        "db": one.db,
        "mq": one.mq,
        "plugins": _count((writer.step(use), count) for use, count in uses),
        "www": _count((name if name in PUBLIC_WWW else CUSTOM, 1) for name in one.shop.www if _has_www(name, buildbot)),
    }
    if full:
        body["builders"] = [
            [writer.wire(step) for step in steps] for steps, count in with_janitor for _ in range(count)
        ]
        true["pipelines"] = _count((tuple(writer.step(step) for step in steps), count) for steps, count in pipelines)
    if full and ours:
        body["multi_master"] = true["multi_master"] = one.multi_master
    if full and schema >= 2:
        further = full_report.fields(one, day, buildbot, uses, sum(count for _, count in pipelines))
        body |= further.body
        true |= further.truth
    if buildbot == (0, 9, 0) and not ours and not body["www_plugins"]:
        del body["www_plugins"], true["www"]  # WIRE.md: it may be absent
    true["scrubbed"] = (
        {}
        if ours
        else _scrubs(one, true, uses, pipelines if full else [], odd_distro=_platform.is_scrubbed(platform, buildbot))
    )
    _apply_function(one, body, true, ours=ours)
    if janitor and ("plugins" in body or "builders" in body):
        true["janitor"] = True
    if "plugins" in true:
        true["kinds"] = {base: KINDS[base] for base, _ in true["plugins"]}
    return body, Truth(**true)


def _versions(
    one: Installation, day: int, buildbot: Version, python: Version, *, ours: bool, full: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions as they are sent, and those that are public."""
    versions = {
        "Buildbot": _text(buildbot),
        "Python": _text(python),
        "Twisted": _text(twisted_on(one.taken_up(day), buildbot, python[:2])),
    }
    if full:
        versions["SQLAlchemy"] = _text(sqlalchemy_on(one.taken_up(day), buildbot))
    true_versions = {product.lower(): version for product, version in versions.items()}
    if one.odd_version is not None and not ours:
        versions["Buildbot"] = one.odd_version.format(versions["Buildbot"])
        if "{}" not in one.odd_version:
            del true_versions["buildbot"]
    elif one.runs_ahead(buildbot):
        versions["Buildbot"] = true_versions["buildbot"] = AHEAD
    return versions, true_versions


def _scrubs(
    one: Installation, true: Mapping[str, Any], uses: Uses, pipelines: Pipelines, *, odd_distro: bool
) -> dict[str, int]:
    """Return the private names in a stock report, by field, each name once."""
    counts = {
        "versions.Buildbot": int("buildbot" not in true["versions"]),
        "platform.distro": int(true.get("distro") is not None and odd_distro),
        "plugins": len({use.private for use, _ in uses if use.private}),
        "www_plugins": true.get("www", {}).get(CUSTOM, 0),
        "builders": len({step.private for steps, _ in pipelines for step in steps if step.private}),
        "unknown": int(one.adds_key),
    }
    return {path: count for path, count in counts.items() if count}


class _Stock:
    """Return names as stock writes them."""

    def __init__(self, buildbot: Version) -> None:
        self._buildbot = buildbot

    def wire(self, use: Use) -> str:
        if use.private:
            return use.private
        return _prefix(use) + old_path(use.base, self._buildbot).replace(".", "/")

    def step(self, use: Use) -> Step:
        return (CUSTOM, 0) if use.private else (use.base, use.depth)


class _Ours:
    """Return names as our reporter writes them."""

    def wire(self, use: Use) -> str:
        return _prefix(use) + use.base

    def step(self, use: Use) -> Step:
        return use.base, use.depth


def _prefix(use: Use) -> str:
    return ">" * (use.depth + 1) if use.depth else ""


def _configured(one: Installation, day: int, buildbot: Version, *, full: bool) -> tuple[Pipelines, Uses]:
    """Return the pipelines and all uses of classes, with steps and builders among them."""
    revision = one.revision(day)
    pipelines = [(_at(steps, buildbot), count) for steps, count in one.shop.builders_at(revision)]
    uses = [(step, count) for steps, count in pipelines for step in steps]
    uses.append((Use(BUILDER), sum(count for _, count in pipelines)))
    others = one.shop.others_at(revision) + (one.shop.full_at(revision) if full else [])
    uses += [(there, count) for use, count in others if (there := at(use, buildbot)) is not None]
    return pipelines, uses


def _janitors(steps: Iterable[Use]) -> Uses:
    """Return what a JanitorConfigurator adds for its steps: a builder with them, and all that this needs."""
    found = [(step, 1) for step in steps]
    return [*found, *((Use(base), 1) for base in BESIDE_A_JANITOR)] if found else []


def _at(steps: Iterable[Use], buildbot: Version) -> tuple[Use, ...]:
    return tuple(there for step in steps if (there := at(step, buildbot)) is not None)


def _has_www(name: str, buildbot: Version) -> bool:
    return not (name in ("badges", "grid_view", "wsgi_dashboards") and buildbot < (1,))


def _apply_function(one: Installation, body: Body, true: dict[str, Any], *, ours: bool) -> None:
    """Apply the administrator's function: it drops some keys, and sometimes adds one that the catalog lacks."""
    for path in one.drops if ours else one.drops_stock:
        section, _, key = path.partition(".")
        if key:
            holder = body.get(section)
            if isinstance(holder, dict):
                del holder[key]
        else:
            body.pop(section, None)
        _forget(true, path)
    if one.anonymous:
        del body["installid"]
        true["install"] = true["secret"] = None
    if one.adds_key and not ours:
        body["site"] = "acme"


_FACTS: Mapping[str, tuple[str, ...]] = {
    "platform": ("system", "machine", "distro", "kernel", "implementation"), "platform.distro": ("distro",),
    "platform.version": ("kernel",), "builders": ("pipelines",), "www_plugins": ("www",),
}  # fmt: skip


def _forget(true: dict[str, Any], path: str) -> None:
    for scrubbed in list(true["scrubbed"]):
        if scrubbed == path or scrubbed.startswith(f"{path}."):
            del true["scrubbed"][scrubbed]
    if path == "versions":
        true["versions"] = {}
    elif path == "versions.Python":
        true["versions"].pop("python", None)
    else:
        for name in _FACTS.get(path, (path,)):
            true.pop(name, None)


def _text(version: Version) -> str:
    return ".".join(map(str, version))


def _count(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    counts: Counter[Any] = Counter()
    for key, count in pairs:
        counts[key] += count
    return dict(counts)
