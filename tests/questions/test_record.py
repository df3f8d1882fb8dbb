"""The record of a decision: what became of the same masters in a year, and where users differ from others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from headcount.contract import Release
from headcount.questions import BadQuestion
from headcount.questions.entries.drop._year import last_quarter, year_before
from tests.support.decided import (
    BUILDER,
    CVS,
    DOCKER,
    GIT,
    NOW,
    WORKER,
    Reported,
    asked,
    fleet,
    many,
    profile,
    row,
    table,
    without,
)

BEFORE = (date(2025, 8, 4), date(2025, 9, 8))
WITH, WITHOUT = profile(CVS, WORKER), profile(GIT, WORKER)
STEADY = (*BEFORE, date(2026, 2, 2), *NOW)


def _turned(first: int, number: int, day: date, *, back: bool = False) -> list[Reported]:
    """Masters that stopped using CVS, or started to, each on a day of its own from ``day`` on."""
    was, then = (WITHOUT, WITH) if back else (WITH, WITHOUT)
    return [
        reported
        for place in range(number)
        for reported in (
            Reported(first + place, was, BEFORE),
            Reported(first + place, then, (day + timedelta(days=place), *NOW)),
        )
    ]


def test_a_change_of_the_same_masters_is_seen() -> None:
    """Of 1,000 masters 40 used it a year before and 25 do: 15 stopped and none started, which chance does not do."""
    with fleet(
        many(1, 960, WITHOUT, STEADY), many(2000, 25, WITH, STEADY), _turned(3000, 15, date(2026, 1, 5))
    ) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = CVS")
        assert row(answer)["share"] == 0.025
        (year,) = table(answer, "year")
        assert (year["quarter"], year["before"]) == ("2026-09-30", "2025-09-30")
        counts = {name: year[name] for name in ("installations", "kept", "stopped", "started", "neither", "gone")}
        assert counts == {"installations": 40, "kept": 25, "stopped": 15, "started": 0, "neither": 960, "gone": 0}
        assert (year["p"], year["change"]) == (6.1e-05, "fewer")
        (moved,) = table(answer, "moved")
        assert (moved["installations"], moved["from_start"]) == (15, 15)
        assert moved["median"] == (date(2026, 1, 5) + timedelta(days=7) - BEFORE[0]).days
        assert asked(warehouse, "drop", "year", where="plugin = CVS").rows == answer.tables["year"].rows


def test_masters_of_an_organisation_turn_once() -> None:
    """Six with one configuration that changes on one day are one turn, and one turn is no change."""
    day = date(2026, 3, 2)
    organisation = [
        reported
        for install in range(500, 506)
        for reported in (Reported(install, WITH, BEFORE), Reported(install, WITHOUT, (day, *NOW)))
    ]
    with fleet(many(1, 94, WITHOUT, STEADY), organisation) as warehouse:
        (year,) = table(asked(warehouse, "drop", where="plugin = CVS"), "year")
        assert (year["stopped"], year["stopped_once"], year["p"]) == (6, 1, 1.0)
        assert year["change"] == "no clear change"


def test_who_is_gone_and_who_no_longer_answers() -> None:
    """Neither is counted among those that stopped."""
    silent = without(WITH, "plugins")
    with fleet(
        many(1, 50, WITHOUT, STEADY),
        many(100, 7, WITH, BEFORE),
        [
            each
            for install in range(200, 205)
            for each in (Reported(install, WITH, BEFORE), Reported(install, silent, NOW))
        ],
        [each for install in range(200, 205) for each in (Reported(install, silent, (date(2026, 4, 6),)),)],
        _turned(300, 2, date(2026, 1, 5), back=True),
    ) as warehouse:
        (year,) = table(asked(warehouse, "drop", where="plugin = CVS"), "year")
        counts = {name: year[name] for name in ("installations", "kept", "stopped", "unanswered", "gone", "started")}
        assert counts == {"installations": 12, "kept": 0, "stopped": 0, "unanswered": 5, "gone": 7, "started": 2}


def test_no_year_is_compared_before_it_is_held() -> None:
    """Data begin within the year: there is no row, and the answer says since when they are held."""
    with fleet(many(1, 20, WITH, NOW)) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = CVS")
        assert table(answer, "year") == []
        assert answer.held_since == NOW[0]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 9, 29), date(2026, 6, 30)),
        (date(2026, 1, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2024, 2, 29), date(2023, 12, 31)),
    ],
)
def test_the_last_quarter_that_is_over(day: date, end: date) -> None:
    """Its last day counts; a year before is the end of the same quarter."""
    assert last_quarter(day) == end
    assert year_before(end) == end.replace(year=end.year - 1)


def test_users_differ_in_what_enough_of_them_have() -> None:
    """Of distributions, databases, series, sizes, workers and companions; chance is corrected for all that were tested."""
    users = profile(CVS, DOCKER, (BUILDER, 300), distro="ubuntu:22.04", db="postgresql")
    others = profile(GIT, WORKER, (BUILDER, 3))
    with fleet(many(1, 100, others), many(200, 20, users), many(300, 4, profile(CVS, WORKER, db="mysql"))) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = CVS")
        rows = table(answer, "differences")
        found = {(each["attribute"], each["value"]): each["installations"] for each in rows}
        assert found["distribution", "ubuntu:22.04"] == found["database", "postgresql"] == 20
        assert found["size", "201-500"] == 20
        assert found["worker", DOCKER] == 20
        assert ("database", "mysql") not in found  # of fewer than five nothing is broken down
        assert not [each for each in rows if each["value"] == CVS]
        assert all(each["adjusted"] < 0.05 for each in rows)
        assert answer.tested is not None
        assert answer.tested >= len(rows)


def test_users_that_are_like_the_others_differ_in_nothing() -> None:
    """Two hundred of which every other one uses it: no row."""
    with fleet(many(1, 100, profile(GIT, CVS)), many(200, 100, profile(GIT))) as warehouse:
        assert table(asked(warehouse, "drop", where="plugin = CVS"), "differences") == []


def test_who_would_not_upgrade_anyway() -> None:
    """Users on old series are told apart from those on the newest two; who runs what is not released is on neither."""
    with fleet(
        many(1, 10, profile(CVS, buildbot=Release(4, 3, 0))),
        many(100, 5, profile(CVS, buildbot=Release(4, 2, 1))),
        many(200, 20, profile(CVS, buildbot=Release(1, 8, 0))),
        many(300, 15, profile(GIT, buildbot=Release(4, 3, 0))),
        many(400, 2, profile(CVS, buildbot=Release(4, 4, 0))),
    ) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = CVS")
        record = row(answer)
        assert (record["newest_release"], record["on_newest_release"]) == ("4.3.0", 10)
        assert (record["newest_series"], record["on_newest_series"]) == ("4.3, 4.2", 15)
        assert record["rate_on_newest_series"] == 0.5
        assert [(each["version"], each["installations"]) for each in table(answer, "series")] == [
            ("4.4", 2), ("4.3", 10), ("4.2", 5), ("1.8", 20)
        ]  # fmt: skip


def test_who_leaves_something_out_makes_no_difference_of_its_own() -> None:
    """Of who does not tell SQLAlchemy users of CVS are known, and no others: that is no share, and no difference."""
    users, others = profile(CVS, level="basic", distro="debian:11"), profile(GIT, level="basic", distro="debian:11")
    full = profile(GIT, sqlalchemy=Release(2, 0, 36), distro="ubuntu:24.04")
    with fleet(
        many(1, 50, users, STEADY), many(100, 50, others, STEADY), many(200, 95, full, STEADY),
        many(300, 5, profile(GIT, sqlalchemy=Release(1, 4, 50), distro="ubuntu:24.04"), STEADY),
    ) as warehouse:  # fmt: skip
        answer = asked(warehouse, "drop", where="plugin = CVS or sqlalchemy < 2")
        record = row(answer)
        assert (record["installations"], record["share"], record["rate_on_newest_series"]) == (55, 0.05, 0.05)
        assert (table(answer, "series")[0]["all"], table(answer, "series")[0]["rate"]) == (100, 0.05)
        (year,) = table(answer, "year")
        assert (year["installations"], year["share"], year["memory"]) == (55, 0.05, 1)
        assert table(answer, "differences") == []


def test_what_only_full_reports_count_is_no_companion_of_those_that_send_them() -> None:
    """Users report in full, and others do not: a secrets provider among them is of their level."""
    vault = "buildbot.secrets.providers.vault.HashiCorpVaultSecretProvider"
    with fleet(many(1, 30, profile(CVS, vault)), many(100, 70, profile(GIT, level="basic"))) as warehouse:
        rows = table(asked(warehouse, "drop", where="plugin = CVS"), "differences")
        assert rows == []
        assert row(asked(warehouse, "drop", where="plugin = CVS"))["last_seen"] == NOW[1].isoformat()


def test_no_quarter_is_tested_before_it_is_over() -> None:
    """Whatever day is asked for: the quarter ends before the day of the newest report."""
    with fleet(many(1, 20, WITH, STEADY)) as warehouse:
        for until in (date(2026, 12, 31), date(2027, 3, 31), None):
            (year,) = table(asked(warehouse, "drop", where="plugin = CVS", until=until), "year")
            assert year["quarter"] == "2026-09-30"


def test_nobody_asked_is_not_known() -> None:
    """Neither a share nor its interval, nor a rate, is of nobody."""
    with fleet(many(1, 5, without(profile(GIT, level="basic"), "distro"))) as warehouse:
        record = row(asked(warehouse, "drop", where="sqlalchemy < 2"))
        names = ("share", "low", "high", "rate_on_newest_series")
        assert [record[name] for name in names] == [None] * 4
        assert (record["installations"], record["least"], record["most"]) == (0, 0.0, 1.0)


def test_the_silent_use_it_so_many_times_as_often() -> None:
    """But no more of them than there are; each part that may report, and each number of times."""
    with fleet(many(1, 9, WITHOUT), many(100, 3, WITH), many(200, 5, without(WITH, "plugins"))) as warehouse:
        answer = asked(warehouse, "drop", "silent", where="plugin = CVS")
        rows = [(each["reporting"], each["times"], each["estimate"]) for each in answer.rows]
        assert rows == [
            (0.5, 0.5, 0.1875), (0.5, 1.0, 0.25), (0.5, 2.0, 0.375), (0.5, 5.0, 0.625), (0.5, 10.0, 0.625),
            (0.25, 0.5, 0.1562), (0.25, 1.0, 0.25), (0.25, 2.0, 0.4375), (0.25, 5.0, 0.8125), (0.25, 10.0, 0.8125),
            (0.1, 0.5, 0.1375), (0.1, 1.0, 0.25), (0.1, 2.0, 0.475), (0.1, 5.0, 0.925), (0.1, 10.0, 0.925),
        ]  # fmt: skip
        assert {(each["installations"], each["share"]) for each in answer.rows} == {(3, 0.25)}
        assert answer.denominator == 12


def test_nothing_is_asked_without_a_condition() -> None:
    """The sentence says how it is asked."""
    with fleet(many(1, 2, WITH)) as warehouse, pytest.raises(BadQuestion, match="asks of a condition: give one"):
        asked(warehouse, "drop")
