"""The ways to ask: every question by everything, of every basis, over windows, with and without a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from headcount.fleet import Truth
from headcount.fleet.oracle import conditions
from headcount.fleet.oracle.answered import answered
from headcount.questions import REGISTRY, alive_since, denominator_statement, statement
from headcount.questions import statements as statements_of
from headcount.questions._where import condition

UNTIL = date(2026, 10, 31)

WINDOWS: list[tuple[date | None, date]] = [
    (None, UNTIL),
    (None, date(2026, 3, 3)),
    (date(2026, 1, 14), date(2026, 3, 3)),
    (date(2020, 1, 1), date(2020, 2, 1)),
]
"""A first day, or the usual one, and a last: month ends, months cut short, and a window with nobody in it."""


EDGES = {
    day
    for since, until in WINDOWS[:3]
    for day in (until, since or alive_since(until), *([until.replace(day=1)] if since else []))
} | {date(2024, 12, 14), date(2025, 5, 12), date(2026, 10, 2), date(2025, 10, 31), date(2024, 11, 1)}  # fmt: skip
"""The first and the last days of the windows, of months that they cut short, and of releases."""


class Condition(NamedTuple):
    """A condition as it is asked, and what it says of a truth, told apart."""

    text: str
    fields: tuple[str, ...]
    holds: Callable[[Truth], bool]

    def asks(self, truth: Truth) -> bool:
        """Whether a truth answered all that it names."""
        return all(answered(truth, path) for path in self.fields)

    def denies(self, truth: Truth) -> bool:
        """Whether it is false of a truth."""
        return self.asks(truth) and not self.holds(truth)


def _release(truth: Truth, product: str) -> tuple[int, ...]:
    return tuple(map(int, truth.versions[product].split(".")))


CONDITIONS = [
    Condition(
        "plugin = buildbot.config.BuilderConfig and python < 3.10",
        ("plugins", "versions.Python"),
        lambda truth: (
            truth.plugins is not None
            and any(base == "buildbot.config.builder.BuilderConfig" for base, _ in truth.plugins)
            and "python" in truth.versions
            and _release(truth, "python") < (3, 10)
        ),
    ),
    Condition(
        "not (db = sqlite or distro in (debian, 'ubuntu:22.04'))",
        ("db", "platform.distro"),
        lambda truth: (
            truth.db is not None
            and truth.distro is not None
            and not (truth.db == "sqlite" or truth.distro.split(":")[0] == "debian" or truth.distro == "ubuntu:22.04")
        ),
    ),
    Condition(
        "plugin != custom AND level != custom",
        ("plugins",),
        lambda truth: (
            truth.plugins is not None and all(base != "custom" for base, _ in truth.plugins) and truth.level != "custom"
        ),
    ),
    Condition(
        "plugin = Git and buildbot >= 2.10 and buildbot != 4.2",
        ("plugins", "versions.Buildbot"),
        lambda truth: (
            truth.plugins is not None
            and any(base == "buildbot.steps.source.git.Git" for base, _ in truth.plugins)
            and "buildbot" in truth.versions
            and _release(truth, "buildbot") >= (2, 10)
            and _release(truth, "buildbot")[:2] != (4, 2)
        ),
    ),
    Condition(
        "driver in (psycopg2, pysqlite) and not server < 3.30 or build = local",
        ("db_driver", "db_server", "build"),
        lambda truth: (
            None not in (truth.driver, truth.server, truth.build)
            and (
                (truth.driver in ("psycopg2", "pysqlite") and not conditions.server("<", "3.30")(truth))
                or conditions.word("build", "local")(truth)
            )
        ),
    ),
    Condition(
        "protocol = pb and hook != github and worker < 4.3",
        ("protocols", "hooks", "workers"),
        lambda truth: (
            truth.hooks is not None
            and conditions.one_of("protocols", "pb")(truth)
            and not conditions.one_of("hooks", "github")(truth)
            and conditions.worker("<", "4.3")(truth)
        ),
    ),
    Condition(
        "plugin = BuildFactory and not plugin = JanitorConfigurator",
        ("factories", "configurators"),
        lambda truth: (
            truth.configurators is not None
            and conditions.configured("factories", "buildbot.process.factory.BuildFactory")(truth)
            and not conditions.configured("configurators", "buildbot.configurators.janitor.JanitorConfigurator")(truth)
        ),
    ),
]


class Way(NamedTuple):
    """One way to ask."""

    question: str
    by: str
    basis: str
    where: Condition | None
    windows: tuple[tuple[date | None, date], ...]
    compared: Condition | None = None

    def __str__(self) -> str:
        """As a test is named."""
        conditions = [name for name, each in (("where", self.where), ("with", self.compared)) if each]
        return "-".join([self.question, self.by, self.basis, *conditions])

    @property
    def others(self) -> Callable[[Truth], bool] | None:
        """Of whom is told apart what the condition holds of, where it is compared with others."""
        return self.compared.holds if self.compared else self.where.denies if self.where else None


def _windows(number: int, first: bool, basis: str) -> tuple[tuple[date | None, date], ...]:
    """Every window for the first way of a question to be asked; for the others one that has somebody in it, in turn."""
    usable = [window for window in WINDOWS if basis == "seen" or window[0] is None]
    return tuple(usable) if first else (usable[number % min(len(usable), 3)],)


_RELEASES = ("4.3.0", "4.2.0", "4.1.0")
"""Those that are asked for their upgrades; one statement serves all."""


def _ways() -> list[Way]:
    """Those that are crossed are of one basis, and each way but the first has a condition with one, in turn."""
    ways: list[Way] = []
    for name, question in REGISTRY.items():
        asked = {by: each for by, each in question.by.items() if each.scope.starts is None or by in _RELEASES}
        for place, (by, breakdown) in enumerate(asked.items()):
            first = place == 0 or breakdown.scope.starts is not None
            turn = len(ways) % len(breakdown.scope.bases)
            for number, basis in enumerate(breakdown.scope.bases):
                if not breakdown.scope.subject and ("," not in by or number == turn):
                    windows = WINDOWS[:1] if breakdown.scope.current else _windows(len(ways), first, basis)
                    ways.append(Way(name, by, basis, None, tuple(windows)))
                if first or breakdown.scope.subject or (number == turn and "," not in by):
                    condition = CONDITIONS[len(ways) % len(CONDITIONS)]
                    every = breakdown.scope.subject != ""
                    windows = WINDOWS[:1] if breakdown.scope.current else _windows(len(ways), every, basis)
                    ways.append(Way(name, by, basis, condition, tuple(windows)))
                    if "with" in breakdown.takes:
                        other = CONDITIONS[(len(ways) + 1) % len(CONDITIONS)]
                        ways.append(Way(name, by, basis, condition, tuple(windows), other))
    return ways


WAYS = _ways()
"""Every question by everything, of every basis: without a condition, and with one."""


def statements(way: Way, *, latest: bool = False, once: bool = False) -> frozenset[str]:
    """Return the texts of the statements that are run when a way is asked.

    ``latest``: over a window that reaches to the newest report; ``once``: of an engine that holds each row once.
    """
    breakdown = REGISTRY[way.question].by[way.by]
    where = condition(way.where.text) if way.where else None
    other = condition(way.compared.text, "with") if way.compared else None
    rows = {
        statement(breakdown, way.basis, where, compared=other, chosen=chosen, latest=latest, once=once)  # type: ignore[arg-type]  # from the registry
        for chosen in statements_of(breakdown)
    }
    counts = {
        denominator_statement(breakdown, way.basis, where, other, everyone=everyone, latest=latest, once=once)  # type: ignore[arg-type]
        for everyone in {"": (False,), "matching": (False, True), "everyone": (True,)}[breakdown.scope.subject]
    }
    return frozenset({*rows, *counts})


def _each_window() -> Iterable[Way]:
    return (way._replace(windows=(window,)) for way in WAYS for window in way.windows)


def _selected() -> list[Way]:
    """The first way to run each statement, over one window; then, of each question, the last window of its first way.

    The last window is the one with nobody in it, where the question can be asked over that.
    """
    chosen: list[Way] = []
    seen: set[str] = set()
    for way in _each_window():
        new = statements(way) - seen
        if new:
            chosen.append(way)
            seen |= new
    for name in REGISTRY:
        ways = [way for way in _each_window() if way.question == name and way not in chosen]
        empty = [way for way in ways if way.windows[0] == WINDOWS[-1]]
        chosen += (empty or ways)[:1]
    return chosen


SELECTED = _selected()
"""Ways over one window each, which run every statement of `WAYS`, and each question over one window more."""

EACH_BREAKDOWN = frozenset({(way.question, way.by): way for way in reversed(SELECTED)}.values())
"""Of them the first of each breakdown of each question."""


def _is_of_the_present(way: Way) -> bool:
    return REGISTRY[way.question].by[way.by].scope.starts is None


_FIRST = {way.question: way for way in reversed(WAYS) if _is_of_the_present(way)}
LATEST = [_FIRST[name]._replace(windows=((None, UNTIL),)) for name in REGISTRY if name in _FIRST]
"""Of each question its first way, over a window that reaches to the newest report, and not to the day of a release."""
