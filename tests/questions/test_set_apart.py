"""Floods: who is set apart is in no answer about who is alive, and every such answer says how many these are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from headcount.contract import Arrival, Profile, Release
from headcount.questions import Answer, Query, ask
from headcount.warehouse.duckdb import DuckWarehouse

TODAY = date(2026, 10, 20)
HONEST, MADE_UP = (
    Profile("stock", "basic", buildbot=Release(4, 3, 0)),
    Profile("stock", "basic", buildbot=Release(2, 2, 0)),
)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """20 masters that report every month, and 300 made-up ones, on one day each."""
    noon = int(datetime(2026, 10, 20, 12, tzinfo=UTC).timestamp())
    months = [(install, 30 * month, 1, HONEST) for install in range(20) for month in range(10)]
    flood = [(install, 5, 2, MADE_UP) for install in range(100, 400)]
    arrivals = [
        Arrival(noon - 86_400 * days + install, install + 1, key, profile.canonical())
        for install, days, key, profile in (*months, *flood)
    ]
    with closing(DuckWarehouse(":memory:", threads=1)) as made:
        made.load(sorted(arrivals), inbox="a", through=1)
        yield made


def _ask(warehouse: DuckWarehouse, question: str, until: date = TODAY, **asked: str) -> Answer:
    return ask(warehouse, Query(question, until=until, **asked), today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("basis", ["alive", "confirmed"])
def test_a_flood_is_in_no_answer_about_who_is_alive(warehouse: DuckWarehouse, basis: str) -> None:
    """All run the newest release; the answer says how many are left out."""
    answer = _ask(warehouse, "versions", basis=basis)
    assert [(row["version"], row["installations"]) for row in answer.rows] == [("4.3", 20)]
    assert (answer.denominator, answer.set_apart) == (20, 300)
    assert "300 installations of a flood of newcomers are set apart at the end of the window, and not counted." in (
        answer.to_table()
    )


def test_who_was_seen_was_seen(warehouse: DuckWarehouse) -> None:
    """The basis `seen` counts everybody, and says so."""
    answer = _ask(warehouse, "versions", basis="seen")
    assert (answer.denominator, answer.set_apart) == (320, 300)
    assert (
        "300 installations of a flood of newcomers are set apart at the end of the window, and counted all the same."
        in (answer.caption())
    )


def test_everybody_is_alive_set_apart_or_lapsed(warehouse: DuckWarehouse) -> None:
    """And those who are new are alive."""
    counts = {row["state"]: row["installations"] for row in _ask(warehouse, "installs").rows}
    assert counts == {"alive": 20, "confirmed": 20, "unconfirmed": 0, "new": 0, "set apart": 300, "lapsed": 0}
    before = _ask(warehouse, "installs", until=TODAY - timedelta(days=6))
    assert (before.denominator, before.set_apart) == (20, 0)
    assert "set apart" not in before.caption()
