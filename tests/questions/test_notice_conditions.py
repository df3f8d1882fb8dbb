"""What a master says of itself by a notice's condition is what the warehouse says of it by the same text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from random import Random

import pytest

from headcount import fleet
from headcount.contract import (
    REPORTS_PATH,
    Arrival,
    Notice,
    Profile,
    choices,
    concerned,
    read_notices,
    read_report,
    read_stock,
    vocabulary,
    write_notices,
)  # fmt: skip
from headcount.questions import BadQuestion, notice_condition
from headcount.questions._terms import EQUALITY, ORDER, TERMS
from headcount.questions._where import condition
from headcount.warehouse.duckdb import DuckWarehouse

UNTIL = date(2026, 10, 20)
NOON = int(datetime(2026, 10, 20, 12, tzinfo=UTC).timestamp())
WORDS = {
    "db": "db", "driver": "db_driver", "mq": "mq", "build": "build", "system": "platform.system",
    "machine": "platform.machine", "implementation": "platform.python_implementation",
}  # fmt: skip
VERSIONS = {
    "buildbot": ("4.3", "4.3.0", "3.11", "2"), "python": ("3", "3.11", "3.9.0"), "twisted": ("22", "24.7", "24.7.0"),
    "sqlalchemy": ("1.4", "2", "2.0.36"), "worker": ("3.11", "4", "0.8"), "server": ("8", "8.0", "15", "3.45"),
}  # fmt: skip
OTHERS = {
    "plugin": (
        "CVS", "Git", "custom", "Trigger", "HtpasswdAuth", "SecretInAFile", "JanitorConfigurator", "PythonBuildFactory",
        "BuildFactory", "Distutils", "buildbot.steps.http.GET", "MailNotifier", "LocalWorker", "ForceScheduler",
    ),
    "www": ("waterfall_view", "console_view", "custom"),
    "protocol": ("pb", "msgpack", "null", "other"),
    "hook": ("github", "gitlab", "base", "custom"),
    "distro": ("debian", "debian:12", "ubuntu:22.04", "ubuntu", "other", "fedora"),
    "kernel": ("6.1", "5.15", "other"),
    "multi_master": ("true", "false"),
}  # fmt: skip


def _atoms() -> Iterator[str]:
    """Yield a comparison of every term but those of reports by every operator that it takes."""
    values = {**{term: sorted(choices(path)) for term, path in WORDS.items()}, **VERSIONS, **OTHERS}
    for term, texts in values.items():
        for text in texts:
            for operator in ORDER if term in VERSIONS else EQUALITY:
                if operator in TERMS[term].operators:
                    yield f"{term} {operator} {text}"
    yield "plugin not in (CVS, buildbot.steps.source.git.Git)"
    yield "distro in (debian, 'ubuntu:22.04') "


def _known(texts: Iterator[str]) -> list[str]:
    """Return those that can be asked: a vocabulary may have no class or release of that name."""
    asked = []
    for text in texts:
        try:
            condition(text)
        except BadQuestion:
            continue
        asked.append(text)
    return asked


ATOMS = _known(_atoms())


def _joined(random: Random, depth: int) -> str:
    if not depth or random.random() < 0.2:
        return random.choice(ATOMS)
    if random.random() < 0.3:
        return f"not ({_joined(random, depth - 1)})"
    word = random.choice((" and ", " or "))
    return word.join(f"({_joined(random, depth - 1)})" for _ in range(random.randint(2, 3)))


@pytest.fixture(scope="module")
def profiles() -> list[Profile]:
    """Those that a simulated fleet reports: of all levels, of ours and of stock."""
    events = fleet.simulate(150, 60, 20, UNTIL)
    reports = (
        (read_report if event.path == REPORTS_PATH else read_stock)(event.body, vocabulary()) for event in events
    )
    return [*dict.fromkeys(report.profile for report in reports)]


@pytest.fixture(scope="module")
def warehouse(profiles: list[Profile]) -> Iterator[DuckWarehouse]:
    """They, each loaded under its number from 1 up."""
    with closing(DuckWarehouse(":memory:", threads=1)) as made:
        made.load(
            [Arrival(NOON, number, number, profile.canonical()) for number, profile in enumerate(profiles, 1)],
            inbox="a", through=1,
        )  # fmt: skip
        yield made


def test_every_term_is_compared() -> None:
    """The conditions of these tests have every term that a notice may have, with each of its operators."""
    used = {tuple(text.split()[:2]) for text in ATOMS}
    assert used >= {
        (name, operator)
        for name, term in TERMS.items()
        if name not in ("level", "sender")
        for operator in term.operators
    }


@pytest.mark.ci
def test_a_master_judges_as_the_warehouse_does(warehouse: DuckWarehouse, profiles: list[Profile]) -> None:
    """Of each comparison, and of 150 conditions made of them, every profile is true, false or not known alike."""
    random = Random(20)
    texts = [*ATOMS, *(_joined(random, 3) for _ in range(150))]
    seen = set()
    with warehouse.snapshot() as snapshot:
        for text in texts:
            asked = condition(text)
            parameters = asked.parameters(snapshot)
            sides = [
                {profile for (profile,) in snapshot.query(f"SELECT profile FROM profiles WHERE {sql}", parameters)}
                for sql in (asked.sql, asked.denied)
            ]
            notice = Notice("x", "https://buildbot.net/", UNTIL, notice_condition(text), "x", UNTIL)
            (read,) = read_notices(write_notices([notice]))
            for number, profile in enumerate(profiles, 1):
                expected = True if number in sides[0] else False if number in sides[1] else None
                assert concerned(read, profile) is expected, (text, profile)
                seen.add(expected)
    assert seen == {True, False, None}


@pytest.mark.parametrize("text", ["level = full", "python > 3 and sender != stock"])
def test_a_notice_is_of_masters(text: str) -> None:
    """What is of a report and not of the master is refused: each judges by its full report."""
    with pytest.raises(BadQuestion, match="a notice is compared with the full report of a master"):
        notice_condition(text)


def test_a_condition_that_cannot_be_asked_is_refused() -> None:
    """As `ask` refuses it, pointing at the place."""
    with pytest.raises(BadQuestion, match="there is no 'pyhton'"):
        notice_condition("pyhton < 3.10")


def test_a_class_has_all_its_names() -> None:
    """A reporter of an earlier version knows a class by an earlier path."""
    compiled = notice_condition("plugin = buildbot.steps.http.GET")
    assert compiled[:3] == ("is", "plugins", "buildbot.steps.http.GET")
    assert all(vocabulary().moved[old] == "buildbot.steps.http.GET" for old in compiled[3:])
    assert len(compiled) == 5
