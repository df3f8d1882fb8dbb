"""The oracle, on fleets of a few reports, with answers that were counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from headcount.fleet import Expected, alive_since, answer
from tests.support.truths import GIT, SHELL, UNTIL, WORKER, Reports, on


def ask(
    question: str, truths: Reports, by: str, basis: str = "alive", since: date = UNTIL, until: date = UNTIL
) -> Expected:
    """The oracle's answer."""
    return answer(question, truths, by=by, basis=basis, since=since, until=until)


@pytest.mark.parametrize(
    ("until", "since"),
    [
        (date(2026, 10, 31), date(2025, 10, 1)),  # 30 September, since that month has no 31st, and a day
        (date(2026, 11, 24), date(2025, 10, 25)),
        (date(2025, 3, 31), date(2024, 3, 1)),  # 29 February, and a day
        (date(2026, 3, 30), date(2025, 3, 1)),
        (date(2026, 1, 15), date(2024, 12, 16)),
        (date(2026, 2, 1), date(2025, 1, 2)),
    ],
)
def test_alive_is_thirteen_calendar_months(until: date, since: date) -> None:
    """A day that the month does not have is its last; the window begins the day after."""
    assert alive_since(until) == since


def test_states_of_installations() -> None:
    """Alive from the first day of the window; confirmed by two different days ever; new in 30 days; else lapsed."""
    truths = [
        on("2025-09-30", "lapsed"),
        on("2025-10-01", "just alive"),
        on("2025-01-01", "confirmed long ago"), on("2026-10-01", "confirmed long ago"),
        on("2026-10-02", "new", 1), on("2026-10-02", "new", 23),
        on("2026-10-01", "a day too old"),
        on("2026-11-01", "not yet"),
        on("2026-10-05", None),
    ]  # fmt: skip
    expected = Expected(5, [
        {"state": "alive", "installations": 4, "share": 0.8},
        {"state": "confirmed", "installations": 1, "share": 0.2},
        {"state": "unconfirmed", "installations": 3, "share": 0.6},
        {"state": "new", "installations": 1, "share": 0.2},
        {"state": "set apart", "installations": 0, "share": 0.0},
        {"state": "lapsed", "installations": 1, "share": 0.2},
    ])  # fmt: skip
    assert ask("installs", truths, "state") == expected


def test_an_empty_fleet() -> None:
    """No rows where there are none, no share where there is nothing to share."""
    assert ask("versions", [], "buildbot") == Expected(0, [])
    assert ask("installs", [], "month").rows == [{"period": "2026-10", "installations": 0, "new": 0, "share": None}]
    assert ask("installs", [], "state").rows[0] == {"state": "alive", "installations": 0, "share": None}


PERIODS = [
    on("2026-09-28", "a"),  # a Monday
    on("2026-10-02", "a"), on("2026-10-02", "b"), on("2026-10-04", "b"),
    on("2026-10-06", "c"), on("2026-11-01", "d"),
    on("2026-11-02", "e"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "denominator", "periods", "rows"),
    [
        ("day", 3, 30, [("2026-10-02", 2, 1), ("2026-10-04", 1, 0), ("2026-10-06", 1, 1)]),
        ("week", 4, 5, [("2026-W40", 2, 2), ("2026-W41", 1, 1), ("2026-W44", 1, 1)]),  # to Sunday, 1 November
        ("month", 3, 1, [("2026-10", 3, 2)]),
    ],
)
def test_periods(by: str, denominator: int, periods: int, rows: list[tuple[str, int, int]]) -> None:
    """Distinct installations in each period, new in that of their first day; the window is widened to whole periods.

    A period with nobody in it is there too.
    """
    found = ask("installs", PERIODS, by, "seen", date(2026, 10, 2), date(2026, 10, 31))
    assert found.denominator == denominator
    assert len(found.rows) == periods
    assert [(row["period"], row["installations"], row["new"]) for row in found.rows if row["installations"]] == rows
    assert found.rows[0]["share"] == round(rows[0][1] / denominator, 6)


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    """ISO 8601: 1 January 2027 is a Friday, so it lies in the last week of 2026."""
    rows = ask("installs", [on("2027-01-01", "a")], "week", "seen", date(2027, 1, 1), date(2027, 1, 1)).rows
    assert rows == [{"period": "2026-W53", "installations": 1, "new": 1, "share": 1.0}]


def test_versions_are_sorted_as_versions_and_count_the_last_state() -> None:
    """The state is the last report's alone: who answered before, but not then, is not of the denominator."""
    truths = [
        on("2026-01-01", "a", versions={"buildbot": "2.10.5"}), on("2026-05-01", "a", versions={"buildbot": "4.3.0"}),
        on("2026-01-01", "b", versions={"buildbot": "4.3.0"}),
        on("2026-01-01", "c", versions={"buildbot": "3.9.0"}),
        on("2026-01-01", "d", versions={"buildbot": "3.11.9"}),
        on("2026-01-01", "e", versions={"buildbot": "3.11.9"}), on("2026-02-01", "e", versions={"python": "3.11.2"}),
    ]  # fmt: skip
    expected = Expected(4, [
        {"version": "4.3.0", "installations": 2, "share": 0.5, "running": 2, "running_share": 0.5},
        {"version": "3.11.9", "installations": 1, "share": 0.25, "running": 3, "running_share": 0.75},
        {"version": "3.9.0", "installations": 1, "share": 0.25, "running": 4, "running_share": 1.0},
    ])  # fmt: skip
    assert ask("versions", truths, "buildbot.release") == expected
    assert ask("versions", truths[::-1], "buildbot.release") == expected
    assert ask("versions", truths, "python") == Expected(1, [
        {"version": "3.11", "supported_until": "2027-10-31", "installations": 1, "share": 1.0, "running": 1,
         "running_share": 1.0},
    ])  # fmt: skip


def test_series_are_those_of_each_product() -> None:
    """Of Twisted the year, of the others two numbers; in the order of versions, each with the running total."""
    truths = [
        on("2026-01-01", "a", versions={"python": "3.9.2", "twisted": "24.11.0"}),
        on("2026-01-01", "b", versions={"python": "3.10.4", "twisted": "24.3.0"}),
        on("2026-01-01", "c", versions={"python": "3.9.20", "twisted": "9.0.0"}),
    ]

    def found(by: str) -> list[tuple[object, ...]]:
        names = ("version", "supported_until", "installations", "running")
        return [tuple(row[name] for name in names) for row in ask("versions", truths, by).rows]

    assert found("python") == [("3.10", "2026-10-31", 1, 1), ("3.9", "2025-10-31", 2, 3)]
    assert found("twisted") == [("24", "", 2, 2), ("9", "", 1, 3)]


def test_bases() -> None:
    """Alive ignores `since`; confirmed wants two days of a life; seen is the window, and the last state in it."""
    truths = [
        on("2026-01-01", "a", versions={"buildbot": "4.2.0"}), on("2026-10-10", "a", versions={"buildbot": "4.3.0"}),
        on("2026-10-01", "b", 1, versions={"buildbot": "4.1.0"}), on("2026-10-01", "b", 2, versions={"buildbot": "4.0.0"}),
        on("2025-09-30", "c", versions={"buildbot": "0.9.0"}), on("2025-10-01", "c", versions={"buildbot": "1.0.0"}),
        on("2025-09-30", "d", versions={"buildbot": "2.0.0"}), on("2025-09-29", "d", versions={"buildbot": "2.0.0"}),
        on("2026-10-20", "e", versions={"buildbot": "3.0.0"}), on("2026-11-01", "e", versions={"buildbot": "4.3.0"}),
    ]  # fmt: skip

    def found(basis: str, since: date, until: date = UNTIL) -> list[object]:
        return [row["version"] for row in ask("versions", truths, "buildbot.release", basis, since, until).rows]

    assert found("alive", UNTIL) == ["4.3.0", "4.0.0", "3.0.0", "1.0.0"]
    assert found("confirmed", UNTIL) == ["4.3.0", "1.0.0"]
    assert found("seen", date(2026, 10, 2)) == ["4.3.0", "3.0.0"]
    assert found("seen", date(2026, 1, 1), date(2026, 1, 1)) == ["4.2.0"]
    assert found("seen", date(2026, 1, 2), date(2026, 10, 9)) == ["4.0.0"]


PLUGINS = [
    on(
        "2026-10-01", "a", plugins={(GIT, 0): 3, (GIT, 1): 2, (WORKER, 2): 4, ("custom", 0): 5}, www={"console_view": 1}
    ),
    on("2026-10-01", "b", plugins={(GIT, 0): 1, (SHELL, 0): 7}, www={"custom": 2}),
    on("2026-10-01", "c", plugins={}, www={}),
    on("2026-10-01", "d"),
    on("2026-09-01", "b", plugins={(WORKER, 0): 100}),
]


def plugin(
    name: str, kind: str, installations: int, instances: int, customized: int, share: float
) -> dict[str, object]:
    """A row."""
    return {"plugin": name, "kind": kind, "installations": installations, "instances": instances,
            "customized": customized, "share": share}  # fmt: skip


def test_plugins() -> None:
    """A class counts with its subclasses, instances at all depths; customized where a depth is above 0, or it is custom."""
    git = plugin(GIT, "step", 2, 6, 1, 0.666667)
    shell = plugin(SHELL, "step", 1, 7, 0, 0.333333)
    worker = plugin(WORKER, "worker", 1, 4, 1, 0.333333)
    custom = plugin("custom", "other", 1, 5, 1, 0.333333)
    assert ask("plugins", PLUGINS, "all") == Expected(3, [git, shell, worker, custom])
    assert ask("plugins", PLUGINS, "step") == Expected(3, [git, shell])
    assert ask("plugins", PLUGINS, "worker") == Expected(3, [worker])
    assert ask("plugins", PLUGINS, "other") == Expected(3, [custom])
    assert ask("plugins", PLUGINS, "reporter") == Expected(3, [])


def test_plugins_of_the_web_interface() -> None:
    """None is customized but the private ones."""
    assert ask("plugins", PLUGINS, "www") == Expected(3, [
        plugin("console_view", "www", 1, 1, 0, 0.333333), plugin("custom", "www", 1, 2, 1, 0.333333),
    ])  # fmt: skip


def test_what_cannot_be_answered_is_refused() -> None:
    """By name."""
    with pytest.raises(ValueError, match=r"installs, versions, .*, not 'weather'"):
        ask("weather", [], "day")
    with pytest.raises(ValueError, match="a basis is alive, confirmed or seen, not 'dead'"):
        ask("versions", [], "buildbot", "dead")


MOVED: dict[str, Any] = {"secret": "s" * 64}
ONE, OTHER = {(GIT, 0): 1, (WORKER, 0): 2}, {(SHELL, 0): 1, (WORKER, 0): 2}


def test_who_moves_to_a_secret_is_one_installation_in_every_window() -> None:
    """From the first day with the secret on, with one past: seen if it was seen under either name."""
    truths = [
        on("2026-08-01", "a", plugins=ONE), on("2026-10-05", "a", plugins=ONE),
        on("2026-10-06", "a", plugins=ONE, **MOVED), on("2026-11-08", "a", plugins=ONE, **MOVED),
    ]  # fmt: skip
    for until in (date(2026, 10, 5), date(2026, 10, 6), date(2026, 11, 7), date(2026, 11, 8)):
        counts = {row["state"]: row["installations"] for row in ask("installs", truths, "state", until=until).rows}
        assert counts == {"alive": 1, "confirmed": 1, "unconfirmed": 0, "new": 0, "set apart": 0, "lapsed": 0}
    months = ask("installs", truths, "month", "seen", date(2026, 8, 1), date(2026, 11, 30)).rows
    assert [(row["installations"], row["new"]) for row in months] == [(1, 1), (0, 0), (1, 0), (1, 0)]


def _releases(truths: Reports, *untils: str) -> list[object]:
    return [[row["version"] for row in ask("versions", truths, "buildbot.release", until=date.fromisoformat(until)).rows]
            for until in untils]  # fmt: skip


def test_a_pair_is_what_stock_said_until_the_secret_is_confirmed() -> None:
    """And then what was said with the secret, as long as that was seen in the 13 months before."""
    truths = [
        on("2025-01-01", "a", plugins=ONE, versions={"buildbot": "3.0.0"}),
        on("2025-02-01", "a", plugins=ONE, versions={"buildbot": "4.0.0"}, **MOVED),
        on("2025-03-01", "a", plugins=ONE, versions={"buildbot": "4.1.0"}, **MOVED),
        on("2025-03-02", "a", plugins=OTHER, versions={"buildbot": "2.0.0"}),
        on("2026-03-31", "a", plugins=OTHER, versions={"buildbot": "2.0.0"}),
        on("2026-04-02", "a", plugins=OTHER, versions={"buildbot": "2.1.0"}),
    ]
    assert _releases(truths, "2025-02-01", "2025-03-01", "2025-03-02", "2026-03-31", "2026-04-02") == [
        ["3.0.0"], ["4.1.0"], ["4.1.0"], ["4.1.0"], ["2.1.0"],
    ]  # fmt: skip


def test_what_does_not_agree_is_two_installations() -> None:
    """Who guesses an id hides nobody, nor after a stock report of their own; and whoever agrees second is one more."""
    real = [on("2026-01-01", "a", plugins=ONE), on("2026-09-01", "a", plugins=ONE)]
    guessed: dict[str, Any] = {"secret": "x" * 64}
    heir = [on("2026-10-02", "a", plugins=OTHER, **guessed), on("2026-10-03", "a", plugins=OTHER, **guessed)]
    ways = {
        "alone": heir, "after a stock report": [on("2026-10-01", "a", plugins=OTHER), *heir],
        "second": [on("2026-09-20", "a", plugins=ONE, **MOVED), on("2026-10-02", "a", plugins=ONE, **guessed)],
        "before": [*heir, on("2026-10-20", "a", plugins=ONE, **MOVED)],
    }  # fmt: skip
    for way, reports in ways.items():
        found = ask("plugins", [*real, *reports], "all")
        assert found.denominator == 2, way
        uses = {row["plugin"]: row["installations"] for row in found.rows}
        assert uses[WORKER] == 2
        assert (GIT in uses) == (way != "after a stock report"), way  # until the master reports again


def test_an_upgrade_is_that_of_one_installation_under_whichever_name() -> None:
    """Who moved to a secret goes on, in upgrades and in downgrades."""
    old, latest = {"buildbot": "4.2.0"}, {"buildbot": "4.3.0"}
    truths = [
        on("2025-01-01", "a", plugins=ONE, versions=old),
        on("2025-06-01", "a", plugins=ONE, versions=latest, **MOVED),
        on("2025-06-09", "a", plugins=ONE, versions=latest, **MOVED),
        on("2025-07-01", "a", plugins=ONE, versions=old, **MOVED),
    ]
    found = []
    for until in (date(2025, 6, 8), date(2025, 6, 9)):
        answered = ask("upgrades", truths, "4.3.0", until=until)
        row = answered.rows[-1]
        found.append((answered.denominator, row["days"], row["installations"], row["silent"]))
    assert found == [(1, 27, 0, 1), (1, 28, 1, 0)]
    downgrades = ask("upgrades", truths, "downgrades", until=date(2025, 7, 1))
    assert [(row["from"], row["to"], row["installations"], row["latest"]) for row in downgrades.rows] == [
        ("4.3.0", "4.2.0", 1, "2025-06-09")
    ]
