"""Small fleets made to be awkward: month ends, ties of names and depths, nothing as an answer, no answer at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from headcount import fleet
from headcount.contract import Arrival, Name, Profile, parse_release, vocabulary
from headcount.fleet import Believed, Truth
from headcount.questions import REGISTRY, BadQuestion, Query, ask
from headcount.warehouse import FloodRule
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.conformance import assert_expected
from tests.support.loaded import empty_warehouse
from tests.support.ways import CONDITIONS, Way

GIT, CVS = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS"
BUILDER, WORKER = "buildbot.config.builder.BuilderConfig", "buildbot.worker.base.Worker"
FACTORY, JANITOR = "buildbot.process.factory.BuildFactory", "buildbot.configurators.janitor.JanitorConfigurator"
BASES = (GIT, CVS, BUILDER, WORKER, "custom")
LEAST = st.sampled_from([1, 2, 6, 21])
STEPS = st.tuples(st.sampled_from([GIT, CVS, "custom"]), st.integers(0, 2))
EPOCH = date(2024, 9, 1)
DAYS = sorted(
    {
        *range(5), 29, 30, 31, 43, 60, 61, 90, 104, 105, 121, 122, 180, 242, 243, 244, 253, 254, 300, 364, 365, 366, 390,
        394, 395, 396, 397, 398, 425, 426, 600, 650, 700, 729, 730, 760,
    }
)  # fmt: skip
"""Days after the epoch: ends of months and of 13 months, the days of two releases and those beside them, and others."""


IDENTITIES: list[tuple[str, str | None]] = [
    ("0" * 40, None),
    ("0" * 40, "a" * 64),
    ("0" * 40, "b" * 64),
    ("1" * 40, None),
]
"""Two ids; two installations have a secret beside the first. Their pseudonyms are in the same order as their names."""


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _own_fields(base: str) -> st.SearchStrategy[tuple[str, int]]:
    """A class of a field of its own, or a subclass of it, or one of the administrator's alone."""
    return st.tuples(st.sampled_from([base, "custom"]), st.integers(0, 2))


def truth_of(**facts: Any) -> Truth:
    """Return a truth whose installation is still to be named."""
    plugins, versions = facts.pop("plugins"), facts.pop("versions")
    kinds = None if plugins is None else {base: vocabulary().kind(base) for base, _ in plugins}
    said = {product: version for product, version in versions.items() if version is not None}
    return Truth(install=None, plugins=plugins, kinds=kinds, versions=said, **facts)


TRUTHS = st.builds(
    truth_of,
    sender=st.sampled_from(["stock", "headcount"]),
    level=st.sampled_from(["basic", "full", "custom"]),
    versions=st.fixed_dictionaries(
        {
            "buildbot": _maybe(st.sampled_from(["4.3.0", "4.1.0", "3.11.9", "2.10.5", "0.9.10", "0.9.9", "4.4.0"])),
            "python": _maybe(st.sampled_from(["3.9.2", "3.10.0", "3.13.1"])),
            "twisted": _maybe(st.just("24.7.0")),
            "sqlalchemy": _maybe(st.sampled_from(["1.4.54", "2.0.36"])),
        }
    ),
    db=_maybe(st.sampled_from(["sqlite", "mysql"])),
    distro=_maybe(st.sampled_from(["debian:12", "debian", "ubuntu:22.04", "other"])),
    system=_maybe(st.just("Linux")),
    plugins=_maybe(
        st.dictionaries(st.tuples(st.sampled_from(BASES), st.integers(0, 3)), st.integers(1, 300), max_size=5)
    ),
    www=_maybe(st.dictionaries(st.sampled_from(["console_view", "custom"]), st.integers(1, 2), max_size=2)),
    pipelines=_maybe(
        st.dictionaries(st.lists(STEPS, max_size=5).map(tuple), st.integers(1, 4), max_size=3)
    ),
    scrubbed=st.dictionaries(st.sampled_from(["plugins", "unknown"]), st.integers(1, 9), max_size=2),
    build=_maybe(st.sampled_from(["release", "local"])),
    driver=_maybe(st.sampled_from(["pysqlite", "psycopg2", "other"])),
    server=_maybe(st.sampled_from(["3.7", "3.40", "9.6", "10", "10.11"])),
    workers=_maybe(st.dictionaries(st.sampled_from(["4.3.0", "4.1.0", "0.8.14"]), LEAST, max_size=3)),
    hooks=_maybe(st.dictionaries(st.sampled_from(["github", "base", "custom"]), st.just(1), max_size=3)),
    protocols=_maybe(st.dictionaries(st.sampled_from(["pb", "null"]), st.just(1), max_size=2)),
    configurators=_maybe(st.dictionaries(_own_fields(JANITOR), st.integers(1, 2), max_size=2)),
    factories=_maybe(st.dictionaries(_own_fields(FACTORY), st.integers(1, 30), max_size=3)),
    variety=_maybe(st.dictionaries(st.sampled_from(BASES), LEAST, max_size=3)),
    janitor=_maybe(st.just(True)),
)  # fmt: skip
REPORTS = st.lists(
    st.tuples(st.sampled_from(DAYS), st.integers(0, 86_399), st.integers(0, 3), st.integers(0, 3), st.booleans()),
    max_size=14,
    unique_by=lambda report: report[:2],
)


def _profile(truth: Truth) -> Profile:
    def counted(pairs: Any) -> Any:
        return None if pairs is None else tuple(sorted(pairs))

    plugins, pipelines = truth.plugins, truth.pipelines
    return Profile(
        truth.sender,
        truth.level,
        **{product: parse_release(version) for product, version in truth.versions.items()},  # type: ignore[arg-type]
        db=truth.db,
        distro=truth.distro,
        system=truth.system,
        plugins=counted(None if plugins is None else ((Name(*name), count) for name, count in plugins.items())),
        www=counted(None if truth.www is None else truth.www.items()),
        pipelines=counted(
            None
            if pipelines is None
            else ((tuple(Name(*step) for step in steps), count) for steps, count in pipelines.items())
        ),
        scrubbed=tuple(sorted(truth.scrubbed.items())),
        build=truth.build,
        driver=truth.driver,
        server=truth.server,
        workers=counted(_pairs(truth.workers, parse_release)),
        hooks=counted(_pairs(truth.hooks, str)),
        protocols=counted(_pairs(truth.protocols, str)),
        configurators=counted(_pairs(truth.configurators, lambda step: Name(*step))),
        factories=counted(_pairs(truth.factories, lambda step: Name(*step))),
        variety=counted(_pairs(truth.variety, Name)),
        janitor=truth.janitor,
    )


def _pairs(counts: Mapping[Any, int] | None, key: Callable[[Any], Any]) -> list[tuple[Any, int]] | None:
    return None if counts is None else [(key(each), count) for each, count in counts.items()]


@dataclass(frozen=True)
class Case:
    """Reports on (day, second, installation, kind, crowded); what the kinds say; a window; how many are believed."""

    reports: list[tuple[int, int, int, int, bool]]
    kinds: list[Truth]
    window: tuple[int, int]
    believed: Believed

    def is_known(self) -> bool:
        """Return whether no stock report after one with a secret hides an equal one before it, of the same day."""
        stock = [(day, second, kind) for day, second, install, kind, _ in self.reports if install == 0]
        return not any(
            day == moved == other_day and second < moment < later and self.kinds[kind] == self.kinds[other]
            for moved, moment, install, _, _ in self.reports
            if install in (1, 2)
            for day, second, kind in stock
            for other_day, later, other in stock
        )


CASES = st.builds(
    Case,
    REPORTS,
    st.lists(TRUTHS, min_size=4, max_size=4),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)),
    st.just(Believed())
    | st.builds(Believed, st.integers(0, 2), st.integers(0, 3), st.integers(1, 60), st.integers(0, 40)),
).filter(Case.is_known)


def _ask(
    way: Way, warehouse: DuckWarehouse, truths: list[tuple[int, Truth]], since: date, until: date, believed: Believed
) -> None:
    breakdown = REGISTRY[way.question].by[way.by]
    if breakdown.scope.starts is not None and until < breakdown.scope.starts:
        return
    query = Query(
        way.question,
        by=way.by,
        basis=way.basis,
        since=since if way.basis == "seen" else None,
        where=way.where.text if way.where else None,
        with_=way.compared.text if way.compared else None,
        support=1 if "support" in breakdown.takes else None,  # few have anything in common in a small fleet
    )
    held = min((datetime.fromtimestamp(at, UTC).date() for at, truth in truths if truth.install), default=date.min)
    starts = breakdown.scope.starts
    if (starts is not None and starts < held) or _is_before_the_data(way, truths, until):
        with pytest.raises(BadQuestion, match=f"reports are held since {held}"):
            ask(warehouse, query, today=until)
        return
    answer = ask(warehouse, query, today=until)
    expected = fleet.answer(
        way.question, truths, by=way.by, basis=way.basis, since=answer.since, until=answer.until,
        where=way.where.holds if way.where else None, asked=way.where.asked if way.where else None, compared=way.others,
        believed=believed, support=1,
    )  # fmt: skip
    if way.where:
        bounds = fleet.bounds(
            way.question, truths, by=way.by, basis=way.basis, since=answer.since, until=answer.until, judge=way.where.judge,
            believed=believed,
        )  # fmt: skip
        assert (answer.least, answer.most) == (pytest.approx(bounds, abs=1.01e-4) if bounds else (None, None)), way
    assert answer.denominator == expected.denominator, way
    assert_expected(answer, expected)


def _is_before_the_data(way: Way, truths: list[tuple[int, Truth]], until: date) -> bool:
    """Whether the day that `changes` compares with is before the first report."""
    days = {"month": 28, "year": 365}.get(way.by) if way.question == "changes" else None
    received = [received for received, truth in truths if truth.install is not None]
    return (
        bool(days and received)
        and until - timedelta(days=days or 0) < datetime.fromtimestamp(min(received), UTC).date()
    )


def check(case: Case, ways: list[Way]) -> None:
    """Assert that each way to ask is the oracle's."""
    truths: list[tuple[int, Truth]] = []
    arrivals: list[Arrival] = []
    start = int(datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC).timestamp())
    contents = [_profile(truth).canonical() for truth in case.kinds]
    for day, second, install, kind, crowded in case.reports:
        received = start + day * 86_400 + second
        name, secret = IDENTITIES[install]
        truths.append(
            (received, Truth(**{**vars(case.kinds[kind]), "install": name, "secret": secret, "crowded": crowded}))
        )
        stock = 0 if secret is None else IDENTITIES.index((name, None)) + 1
        key = contents.index(contents[kind]) + 1
        arrivals.append(Arrival(received, install + 1, key, contents[kind], stock, crowded=crowded))
    since, until = (EPOCH + timedelta(days=day) for day in sorted(case.window))
    last = max([until, *(EPOCH + timedelta(days=day) for day, *_ in case.reports)])
    with empty_warehouse() as warehouse:
        warehouse.floods = FloodRule(*case.believed[:4])
        for half in (arrivals[::2], arrivals[1::2]):
            warehouse.load(half, inbox="a", through=1)
        for way in ways:
            end = last if REGISTRY[way.question].by[way.by].scope.current else until
            _ask(way, warehouse, truths, min(since, end), end, case.believed)


FLOODED = [
    Way("coverage", "quarantine", "seen", None, ()),
    Way("coverage", "quarantine", "seen", CONDITIONS[1], ()),
    Way("versions", "buildbot", "confirmed", None, ()),
]
"""Ways to ask what a flood changes."""
