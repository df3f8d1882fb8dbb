"""The ways to ask: every question by everything, of every basis, over windows, with and without a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from headcount.fleet import Truth
from headcount.fleet.oracle import conditions
from headcount.fleet.oracle.answered import answered
from headcount.fleet.oracle.record import Asked
from headcount.questions import REGISTRY, Breakdown, alive_since, denominator_statement, statement
from headcount.questions import statements as statements_of
from headcount.questions._question import Statement
from headcount.questions._statements import judgement_statement
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
    """A condition as it is asked, the fields that it names, and what it is of a truth: None where it is not known.

    ``classes``: those that it names, each with the fact that counts it; ``parts``: what a list has or `or` joins.
    """

    text: str
    fields: tuple[str, ...]
    judge: conditions.Judge
    classes: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, conditions.Judge], ...] = ()

    @property
    def asked(self) -> Asked:
        """What it asks, for the oracle."""
        return Asked(self.judge, self.asks, frozenset(self.classes), self.parts)

    def holds(self, truth: Truth) -> bool:
        """Whether it is true of a truth."""
        return self.judge(truth) is True

    def asks(self, truth: Truth) -> bool:
        """Whether a truth answered all that it names."""
        return all(answered(truth, path) for path in self.fields)

    def denies(self, truth: Truth) -> bool:
        """Whether it is false of a truth."""
        return self.judge(truth) is False


both, either, negation, asked, release, uses = (
    conditions.both, conditions.either, conditions.negation, conditions.asked, conditions.release, conditions.uses,
)  # fmt: skip

CVS, GIT = "buildbot.steps.source.cvs.CVS", "buildbot.steps.source.git.Git"

MIXED = [
    Condition(
        "plugin = CVS or sqlalchemy < 2",
        ("plugins", "versions.SQLAlchemy"),
        either(uses(CVS), release("SQLAlchemy", "<", "2")),
        (("plugins", CVS),),
        (("plugin = CVS", uses(CVS)), ("sqlalchemy < 2", release("SQLAlchemy", "<", "2"))),
    ),
    Condition(
        "not (python >= 3.10 and plugin != Git) and not (db = sqlite and level = full)",
        ("versions.Python", "plugins", "db"),
        both(
            negation(both(release("Python", ">=", "3.10"), negation(uses("buildbot.steps.source.git.Git")))),
            negation(both(asked("db", lambda truth: truth.db == "sqlite"), lambda truth: truth.level == "full")),
        ),
        (("plugins", GIT),),
    ),
    Condition(
        "buildbot < 4 or plugin not in (Git, BuildFactory) or build = local",
        ("versions.Buildbot", "plugins", "factories", "build"),
        either(
            release("Buildbot", "<", "4"),
            negation(
                either(
                    uses("buildbot.steps.source.git.Git"),
                    asked("factories", conditions.configured("factories", "buildbot.process.factory.BuildFactory")),
                )
            ),
            asked("build", conditions.word("build", "local")),
        ),
        (("plugins", GIT), ("factories", "buildbot.process.factory.BuildFactory")),
        (
            ("buildbot < 4", release("Buildbot", "<", "4")),
            (
                "plugin not in (Git, BuildFactory)",
                negation(
                    either(
                        uses(GIT),
                        asked("factories", conditions.configured("factories", "buildbot.process.factory.BuildFactory")),
                    )
                ),
            ),
            ("build = local", asked("build", conditions.word("build", "local"))),
        ),
    ),
]
"""Conditions that some answer in part, and that are known of some of those."""

CONDITIONS = [
    Condition(
        "plugin = buildbot.config.BuilderConfig and python < 3.10",
        ("plugins", "versions.Python"),
        both(uses("buildbot.config.builder.BuilderConfig"), release("Python", "<", "3.10")),
        (("plugins", "buildbot.config.builder.BuilderConfig"),),
    ),
    Condition(
        "not (db = sqlite or distro in (debian, 'ubuntu:22.04'))",
        ("db", "platform.distro"),
        negation(
            either(
                asked("db", lambda truth: truth.db == "sqlite"),
                asked("platform.distro", lambda truth: str(truth.distro).split(":")[0] == "debian"),
                asked("platform.distro", lambda truth: truth.distro == "ubuntu:22.04"),
            )
        ),
    ),
    MIXED[0],
    Condition(
        "plugin != custom AND level != custom",
        ("plugins",),
        both(negation(uses("custom")), lambda truth: truth.level != "custom"),
        (("plugins", "custom"),),
    ),
    Condition(
        "plugin = Git and buildbot >= 2.10 and buildbot != 4.2",
        ("plugins", "versions.Buildbot"),
        both(
            uses("buildbot.steps.source.git.Git"),
            release("Buildbot", ">=", "2.10"),
            negation(release("Buildbot", "=", "4.2")),
        ),
        (("plugins", GIT),),
    ),
    MIXED[1],
    Condition(
        "driver in (psycopg2, pysqlite) and not server < 3.30 or build = local",
        ("db_driver", "db_server", "build"),
        either(
            both(
                asked("db_driver", lambda truth: truth.driver in ("psycopg2", "pysqlite")),
                negation(asked("db_server", conditions.server("<", "3.30"))),
            ),
            asked("build", conditions.word("build", "local")),
        ),
        (),
        (
            (
                "driver in (psycopg2, pysqlite) and not server < 3.30",
                both(
                    asked("db_driver", lambda truth: truth.driver in ("psycopg2", "pysqlite")),
                    negation(asked("db_server", conditions.server("<", "3.30"))),
                ),
            ),
            ("build = local", asked("build", conditions.word("build", "local"))),
        ),
    ),
    Condition(
        "protocol = pb and hook != github and worker < 4.3",
        ("protocols", "hooks", "workers"),
        both(
            asked("protocols", conditions.one_of("protocols", "pb")),
            negation(asked("hooks", conditions.one_of("hooks", "github"))),
            asked("workers", conditions.worker("<", "4.3")),
        ),
    ),
    MIXED[2],
    Condition(
        "plugin = BuildFactory and not plugin = JanitorConfigurator",
        ("factories", "configurators"),
        both(
            asked("factories", conditions.configured("factories", "buildbot.process.factory.BuildFactory")),
            negation(
                asked(
                    "configurators",
                    conditions.configured("configurators", "buildbot.configurators.janitor.JanitorConfigurator"),
                )
            ),
        ),
        (
            ("factories", "buildbot.process.factory.BuildFactory"),
            ("configurators", "buildbot.configurators.janitor.JanitorConfigurator"),
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
    over: str | None = None

    def __str__(self) -> str:
        """As a test is named."""
        over = [self.over] if self.over else []
        mixed = [f"mixed{MIXED.index(self.where)}"] if self.where in MIXED else []
        compared = ["with"] if self.compared else []
        where = mixed or (["where"] if self.where else [])
        return "-".join([self.question, self.by, *over, self.basis, *where, *compared])

    @property
    def others(self) -> Callable[[Truth], bool] | None:
        """Of whom is told apart what the condition is true of, where it is compared with others."""
        return self.compared.holds if self.compared else self.where.denies if self.where else None

    @property
    def breakdown(self) -> Breakdown:
        """What the registry has for it."""
        breakdown = REGISTRY[self.question].by[self.by]
        if self.over is None:
            return breakdown
        assert breakdown.over is not None
        return breakdown.over

    @property
    def statements(self) -> list[Statement]:
        """Those that give its rows."""
        chosen = statements_of(self.breakdown)
        if self.over is None:
            return list(chosen)
        assert self.breakdown.analysis is not None
        other = "week" if self.over == "month" else "month"
        return [each for name, each in self.breakdown.analysis.statements.items() if other not in name]


def _windows(number: int, first: bool, basis: str) -> tuple[tuple[date | None, date], ...]:
    """Every window for the first way of a question to be asked; for the others one that has somebody in it, in turn."""
    usable = [window for window in WINDOWS if basis == "seen" or window[0] is None]
    return tuple(usable) if first else (usable[number % min(len(usable), 3)],)


_RELEASES = {"upgrades": ("4.3.0", "4.2.0", "4.1.0"), "adoption": ("4.1.0", "2.9.0")}
"""Those that are asked for their upgrades, or for what they brought; one statement serves all."""

_OF_ONE_STATEMENT = ("candidates", "combinations", "adoption")
"""Questions whose breakdowns differ in parameters alone: of all but the first, as of those crossed, one basis will do."""


def _ways() -> list[Way]:
    """Those that are crossed are of one basis, and each way but the first has a condition with one, in turn."""
    ways: list[Way] = []
    for name, question in REGISTRY.items():
        asked = {by: each for by, each in question.by.items() if each.scope.starts is None or by in _RELEASES[name]}
        alone = {table for each in asked.values() for table in each.tables}  # what else is asked with its siblings
        for place, (by, breakdown) in enumerate(asked.items()):
            few = "," in by or (place > 0 and name in _OF_ONE_STATEMENT and not breakdown.scope.subject)
            first = not few and (place == 0 or breakdown.scope.starts is not None)
            turn = len(ways) % len(breakdown.scope.bases)
            for number, basis in enumerate(breakdown.scope.bases[: 1 if by in alone else None]):
                if not breakdown.scope.subject and (not few or number == turn):
                    windows = WINDOWS[:1] if breakdown.scope.current else _windows(len(ways), first, basis)
                    ways.append(Way(name, by, basis, None, tuple(windows)))
                if first or breakdown.scope.subject or (number == turn and not few):
                    condition = CONDITIONS[len(ways) % len(CONDITIONS)]
                    every = breakdown.scope.subject != "" and first
                    windows = WINDOWS[:1] if breakdown.scope.current else _windows(len(ways), every, basis)
                    ways.append(Way(name, by, basis, condition, tuple(windows)))
                    if "with" in breakdown.takes:
                        other = CONDITIONS[(len(ways) + 1) % len(CONDITIONS)]
                        ways.append(Way(name, by, basis, condition, tuple(windows), other))
    mixed = [("drop", "summary", "confirmed"), ("drop", "month", "seen"), ("drop", "silent", "alive"),
             ("installs", "day", "seen"), ("installs", "week", "seen"),
             ("installs", "month", "seen"), ("versions", "buildbot", "alive")]  # fmt: skip
    return ways + [Way(*asked, each, _windows(0, True, asked[2])[:2]) for asked in mixed for each in MIXED]


_OVER_TOO = ("twisted", "sqlalchemy", "db", "server", "www", "step", "authentication", "factory")
"""What is asked over periods beside the first of each question: of these statements are the others."""

OVER_WINDOWS: list[tuple[date | None, date]] = [
    (None, UNTIL), (date(2025, 12, 17), date(2026, 3, 3)), (date(2020, 1, 1), date(2020, 2, 1))
]  # fmt: skip
"""Of answers over periods: the usual one, one that begins within a period and is cut short, and one before all reports."""


def _ways_over() -> list[Way]:
    """Each question over periods: in turn by months and weeks, of each basis, with and without a condition."""
    ways: list[Way] = []
    for name, question in REGISTRY.items():
        listed = [(by, each.over) for by, each in question.by.items() if each.over]
        some = [each for each in listed[1:] if each[0] in _OVER_TOO]
        for place, (by, asked) in enumerate([*listed[:1], *some]):
            bases = ("alive", "confirmed")
            for number, unit in enumerate(("month", "week")) if place == 0 else [(place, ("month", "week")[place % 2])]:
                basis = bases[(place + number) % 2]
                turn = len(ways) % 3
                windows = tuple(OVER_WINDOWS) if place == 0 else (OVER_WINDOWS[turn % 2],)
                where = CONDITIONS[len(ways) % len(CONDITIONS)]
                if asked is not None and not asked.scope.subject:
                    ways.append(Way(name, by, basis, None, windows, over=unit))
                if place == 0 or turn == 0:
                    ways.append(Way(name, by, bases[number % 2], where, windows[:2], over=unit))
    return ways


WAYS = [*_ways(), *_ways_over()]
"""Every question by everything, of every basis: without a condition, and with one."""


OVER_FIRST = [way for way in WAYS if str(way) in ("plugins-all-week-confirmed-where", "drop-summary-month-alive-where")]
"""Of those over periods the two that are asked in each run of the tests."""


def statements(way: Way, *, latest: bool = False, once: bool = False) -> frozenset[str]:
    """Return the texts of the statements that are run when a way is asked.

    ``latest``: over a window that reaches to the newest report; ``once``: of an engine that holds each row once.
    """
    breakdown = way.breakdown
    where = condition(way.where.text) if way.where else None
    other = condition(way.compared.text, "with") if way.compared else None
    rows = {
        statement(breakdown, way.basis, where, compared=other, chosen=chosen, latest=latest, once=once)  # type: ignore[arg-type]  # from the registry
        for chosen in way.statements
        if not chosen.needs or getattr(where, chosen.needs, None)
    }
    everybody = {"": (bool(breakdown.scope.judged),), "matching": (False, True), "everyone": (True,)}[
        breakdown.scope.subject
    ]
    counts = {
        denominator_statement(breakdown, way.basis, where, other, everyone=everyone, latest=latest, once=once)  # type: ignore[arg-type]
        for everyone in (everybody if breakdown.analysis is None else ())
    }
    is_judged = where is not None and way.over is None
    judged = (judgement_statement(breakdown, way.basis, where, latest=latest, once=once),) if is_judged else ()  # type: ignore[arg-type]
    return frozenset({*rows, *counts, *judged})


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


_FIRST = {way.question: way for way in reversed(WAYS) if _is_of_the_present(way) and way.over is None}
LATEST = [_FIRST[name]._replace(windows=((None, UNTIL),)) for name in REGISTRY if name in _FIRST]
"""Of each question its first way, over a window that reaches to the newest report, and not to the day of a release."""
