"""What `upgrades` says beside what truly happened, in every scenario that the simulator plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from headcount import fleet
from headcount.contract import Release
from headcount.fleet.oracle.population import population
from headcount.fleet.simulation.scenarios import runs
from headcount.questions import REGISTRY, BadQuestion, Query, ask
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.guessers import GIT, WORKER, Said, asked, load
from tests.support.loaded import Fleet, load_events

RELEASE, CAME, UNTIL = (4, 2, 0), date(2024, 12, 14), date(2026, 10, 31)
SCENARIOS = {
    "all report": fleet.Scenario(),
    "30% opt out for good": fleet.Scenario(opts_out=0.3),
    "60% opt out for good": fleet.Scenario(opts_out=0.6),
    "30% opt out for seven months": fleet.Scenario(opts_out=0.3, silent=213),
    "60% opt out for seven months": fleet.Scenario(opts_out=0.6, silent=213),
    "a quarter dies": fleet.Scenario(dies=0.25),
    "a third of the reports is lost": fleet.Scenario(lost=0.33),
    "a tenth goes back": fleet.Scenario(goes_back=0.1),
    "all of it": fleet.Scenario(opts_out=0.3, silent=213, dies=0.25, lost=0.2, goes_back=0.03),
}


_IN_CI = ("60% opt out for good", "a tenth goes back", "all of it")


@cache
def _events(installs: int) -> list[fleet.Event]:
    return list(fleet.simulate(installs, 1_000, 17, UNTIL))


def _reached(played: fleet.Played, loaded: Fleet) -> list[date | None]:
    """Return when each of those that the answer is about truly reached the release, reported or not."""
    then = population(loaded.truths, CAME, CAME, loaded.believed)
    told = [
        name for name in then.of("alive") if any("buildbot" in truth.versions for _, truth in then.installations[name])
    ]
    first: dict[str, date] = {}
    for event in played.happened:
        version = runs(event)
        if version is not None and version >= RELEASE and event.truth.install is not None:
            first.setdefault(event.truth.install, datetime.fromtimestamp(event.received, UTC).date())
    return [first.get(name.split(" ")[0]) for name in told]


def _compared(installs: int, scenario: fleet.Scenario) -> tuple[list[Mapping[str, Any]], list[int], int]:
    """Return the rows of the answer, how many had truly reached the release by then, and of how many."""
    played = fleet.play(_events(installs), RELEASE, scenario, seed=1)
    with load_events(played.reported, UNTIL) as loaded:
        answer = ask(loaded.warehouse, Query("upgrades", by="4.2.0"), today=UNTIL)
        reached = _reached(played, loaded)
    rows: list[Mapping[str, Any]] = list(answer.rows)
    assert answer.denominator == len(reached)
    true = [sum(day is not None and (day - CAME).days <= row["days"] for day in reached) for row in rows]
    for row in answer.tables["quartiles"].rows:
        days = sorted((day - CAME).days for day in reached if day is not None)
        needed = next(
            number for number in range(len(reached) + 1) if number >= float(row["portion"] or 0) * len(reached)
        )
        truly = max(days[needed - 1], 0) if needed <= len(days) else float("inf")
        least, most = (float("inf") if row[name] == "" else row[name] for name in ("by_least", "by_most"))
        assert most <= truly <= least, row  # type: ignore[operator]  # both are days
    return rows, true, len(reached)


def _assert_bounded(rows: Iterable[Mapping[str, Any]], true: Iterable[int], whole: int) -> None:
    for row, count in zip(rows, true, strict=True):
        assert row["installations"] <= count <= round(row["most"] * whole), row
        assert row["share"] - 1e-4 <= row["estimate"] <= row["most"] + 1e-4, row


def test_the_truth_lies_between_the_least_and_the_most() -> None:
    """Where some opt out for months, die, lose reports and go back, at every time."""
    rows, true, whole = _compared(150, SCENARIOS["all of it"])
    assert whole > 50
    assert true[-1] > rows[-1]["installations"] > 0
    _assert_bounded(rows, true, whole)


@pytest.mark.ci
@pytest.mark.parametrize(
    "name",
    [name if name in _IN_CI else pytest.param(name, marks=pytest.mark.soak) for name in SCENARIOS],
)
def test_the_truth_lies_between_them_in_every_scenario(name: str) -> None:
    """Whatever is opted out of, for good or for seven months; whoever dies; whatever is lost; whoever goes back."""
    rows, true, whole = _compared(700, SCENARIOS[name])
    assert whole > 400
    _assert_bounded(rows, true, whole)
    (row,) = [row for row in rows if row["days"] == 360]
    figures = ", ".join(f"{row[column]:.1%}" for column in ("share", "estimate")) + f" and {row['most']:.1%}"
    meaning = REGISTRY["upgrades"].meaning.replace(" %", "%")
    true_share = next(count for row, count in zip(rows, true, strict=True) if row["days"] == 360) / whole
    if name == "all report":
        assert f"these were {figures} for a true {true_share:.1%};" in meaning
    if name == "60% opt out for good":
        assert f"as they upgrade, {figures}." in meaning
        assert row["estimate"] < true_share  # it is no bound


def _fleet() -> list[Said]:
    """Six masters of 4.2: what they report is told of each."""
    old, new, came = Release(4, 2, 1), Release(4, 3, 0), date(2025, 5, 12)

    def said(install: int, days: int, release: Release) -> Said:
        return Said(came + timedelta(days=days), install, 0, (WORKER, GIT), release=release)

    there = [said(install, -40, old) for install in range(6)]
    return [
        *there,
        said(1, 100, new),  # reached it between the first day and the hundredth
        said(2, 20, old), said(2, 90, new),  # between the 20th and the 90th
        said(3, 50, old),  # after the 50th, or never
        said(4, 10, new), said(4, 70, old), said(4, 80, old),  # came back and stayed
        said(5, 30, old), said(5, 60, new), said(5, 70, old), said(5, 110, new),  # and up again
    ]  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """One that holds the six."""
    with closing(DuckWarehouse(":memory:", threads=1)) as opened:
        load(opened, _fleet())
        yield opened


def test_who_may_have_reached_a_release_is_counted_from_the_last_older_report_before_it(
    warehouse: DuckWarehouse,
) -> None:
    """What comes after the first report of the release, as of who came back, says nothing of the time before."""
    answer = asked(warehouse, "upgrades", date(2025, 5, 12) + timedelta(days=110), by="4.3.0")
    rows = {row["days"]: (row["installations"], round(float(row["most"] or 0) * 6)) for row in answer.rows}
    assert rows == {0: (0, 3), 30: (1, 5), 60: (2, 6), 90: (3, 6), 110: (4, 6)}
    assert [tuple(row.values()) for row in answer.tables["quartiles"].rows] == [
        (0.25, 60, 0), (0.5, 90, 0), (0.75, "", 30)
    ]  # fmt: skip


def test_a_past_window_knows_nothing_of_later_reports(warehouse: DuckWarehouse) -> None:
    """On the 55th day the third may have it, and the fifth too, whatever they said since; on the release's day all may."""
    answer = asked(warehouse, "upgrades", date(2025, 5, 12) + timedelta(days=55), by="4.3.0")
    assert [(row["days"], row["installations"], round(float(row["most"] or 0) * 6)) for row in answer.rows] == [
        (0, 0, 3), (30, 1, 5), (55, 1, 6)
    ]  # fmt: skip
    (row,) = asked(warehouse, "upgrades", date(2025, 5, 12), by="4.3.0").rows
    assert (row["days"], row["share"], row["most"]) == (0, 0.0, 1.0)


def test_moves_are_from_series_to_the_series_that_came_next(warehouse: DuckWarehouse) -> None:
    """With the median of the days between the first reports of both, and nobody twice in rows with one origin."""
    load(warehouse, [Said(date(2025, 10, 1), 6, 0, (WORKER,), release=Release(4, 1, 0)),
                     Said(date(2025, 10, 5), 6, 0, (WORKER,), release=Release(4, 3, 0))])  # fmt: skip
    rows = asked(warehouse, "upgrades", date(2025, 10, 10), by="transitions").rows
    assert [tuple(row.values()) for row in rows] == [
        ("4.2", "4.3", 4, 0.5714, 100), ("4.1", "4.3", 1, 0.1429, 4)
    ]  # fmt: skip


def test_who_came_back_and_stayed_is_in_one_row(warehouse: DuckWarehouse) -> None:
    """From what to what, and when the first and the last of them were still on the later one."""
    until = date(2025, 9, 30)
    rows = asked(warehouse, "upgrades", until, by="downgrades").rows
    assert [tuple(row.values()) for row in rows] == [("4.3.0", "4.2.1", 1, 0.1667, "2025-05-22", "2025-05-22")]
    load(warehouse, [Said(date(2025, 9, day), day, 0, (WORKER,), release=Release(4, 1, 0)) for day in (4, 5)])
    rows = asked(warehouse, "upgrades", until, by="downgrades").rows
    assert [tuple(row.values()) for row in rows] == [("4.3.0", "4.1.0", 2, 0.3333, "2025-05-22", "2025-08-30")]


def test_a_release_that_is_older_than_the_data_is_refused(warehouse: DuckWarehouse) -> None:
    """With since when reports are held, and the oldest release that came out since."""
    with pytest.raises(BadQuestion) as refused:
        asked(warehouse, "upgrades", date(2025, 6, 1), by="4.0.0")
    assert str(refused.value) == (
        "4.0.0 came out on 2024-07-01, and reports are held since 2025-04-02 alone, so nobody is known who ran what before "
        "it: the oldest that can be asked of is 4.3.0 (2025-05-12)"
    )
    with pytest.raises(BadQuestion, match=r"none came out since$"):
        asked(warehouse, "upgrades", date(2025, 5, 1), by="4.2.1")


def test_nobody_asked_is_no_flat_line(warehouse: DuckWarehouse) -> None:
    """Where nobody matched, or nothing is held, there is no row, and no share of 0%."""
    answer = asked(warehouse, "upgrades", date(2025, 6, 1), by="4.3.0", where="plugin = CVS")
    assert (answer.denominator, answer.rows, answer.tables["quartiles"].rows) == (0, (), [])
    with closing(DuckWarehouse(":memory:", threads=1)) as empty:
        assert asked(empty, "upgrades", date(2025, 6, 1), by="4.0.0").rows == ()


def test_the_question_says_what_its_bounds_suppose() -> None:
    """That ids stay, that nobody went up and back in silence, and that the estimate is one."""
    meaning = REGISTRY["upgrades"].meaning
    assert "They suppose that who reports an older release has not run a later one in silence before" in meaning
    assert "that ids stay: a container with another id at each start is many installations" in meaning
    assert (
        "lies between them and is no bound: it supposes that those who fell silent upgrade as the others do" in meaning
    )
