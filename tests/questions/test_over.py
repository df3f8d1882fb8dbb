"""Over periods: the state of each installation at the end of each month or week, and the table beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vl_convert

from headcount.contract import Arrival, Name, Profile, Release
from headcount.dashboard import chart
from headcount.questions import REGISTRY, Answer, BadQuestion, Query, ask
from headcount.questions._parquet import answer_parquet
from headcount.questions._periods import Periods, months_held, since_of
from headcount.questions._windows import Window
from headcount.warehouse.duckdb import DuckWarehouse

TODAY = date(2026, 10, 20)
GIT, CVS = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS"


def _says(python: Release | None, *plugins: str, db: str | None = "sqlite") -> bytes:
    named = tuple((Name(plugin), 1) for plugin in sorted(plugins))
    return Profile("stock", "basic", python=python, db=db, plugins=named).canonical()


P38, P39, P312 = Release(3, 8, 1), Release(3, 9, 2), Release(3, 12, 0)
REPORTS = [
    # 1 leaves CVS and Python 3.8 in June; 2 keeps both and does not answer its database; 3 comes in July and is silent then.
    (1, date(2025, 1, 10), _says(P38, CVS)), (1, date(2025, 11, 10), _says(P38, CVS)),
    (1, date(2026, 6, 30), _says(P312, GIT)), (1, date(2026, 10, 19), _says(P312, GIT)),
    (2, date(2025, 12, 1), _says(P38, CVS, db=None)), (2, date(2026, 5, 1), _says(P39, CVS, db=None)),
    (3, date(2026, 7, 1), _says(None, GIT, CVS)), (3, date(2026, 7, 1), _says(None, GIT)),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """Those reports, the last of a day at noon."""
    with closing(DuckWarehouse(":memory:")) as made:
        contents = list(dict.fromkeys(content for *_, content in REPORTS))
        made.load(
            [
                Arrival(
                    int(datetime(day.year, day.month, day.day, 11, place, tzinfo=UTC).timestamp()),
                    install,
                    contents.index(content) + 1,
                    content,
                )
                for place, (install, day, content) in enumerate(REPORTS)
            ],
            inbox="a",
            through=1,
        )
        yield made


def _ask(warehouse: DuckWarehouse, question: str, **asked: Any) -> Answer:
    return ask(warehouse, Query(question, **{"over": "month", "since": date(2026, 4, 1), **asked}), today=TODAY)


def _column(answer: Answer, name: str, **key: str) -> list[Any]:
    return [row[name] for row in answer.rows if all(row[each] == value for each, value in key.items())]


def test_a_condition_is_judged_at_the_end_of_each_period(warehouse: DuckWarehouse) -> None:
    """Whoever used CVS in May and left in June used it at the end of May, and not at that of June."""
    answer = _ask(warehouse, "drop", where="plugin = CVS", basis="alive")
    assert _column(answer, "period") == ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert _column(answer, "installations") == [2, 2, 1, 1, 1, 1, 1]
    assert _column(answer, "share") == [1.0, 1.0, 0.5, 0.3333, 0.3333, 0.3333, 0.3333]
    assert _column(_ask(warehouse, "installs", where="plugin = CVS"), "installations") == [2, 2, 1, 1, 1, 1, 1]
    assert _column(_ask(warehouse, "installs"), "installations") == [2, 2, 2, 3, 3, 3, 3]


def test_others_are_of_those_that_match_then(warehouse: DuckWarehouse) -> None:
    """The denominator too is that of each period."""
    answer = _ask(warehouse, "versions", by="python", where="plugin = CVS")
    assert answer.grain == "series"
    assert _column(answer, "version")[:2] == ["3.9", "3.8"]
    assert _column(answer, "installations", version="3.8") == [2, 1, 0, 0, 0, 0, 0]
    assert _column(answer, "share", version="3.9") == [0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert [row["denominator"] for row in answer.tables["periods"].rows] == [2, 2, 1, 1, 1, 1, 1]
    values = _ask(warehouse, "environments", by="db")
    assert _column(values, "share") == [1.0] * 7  # of who answered it


def test_plugins_are_those_of_the_end_and_those_that_are_named(warehouse: DuckWarehouse) -> None:
    """By use at the end; a class that nobody uses any more is there where the condition names it."""
    answer = _ask(warehouse, "plugins", since=date(2026, 9, 1), where="not plugin = CVS")
    assert [(row["plugin"], row["installations"]) for row in answer.rows] == [(GIT, 2), (CVS, 0)] * 2
    confirmed = _ask(warehouse, "plugins", since=date(2026, 7, 1), until=date(2026, 7, 31), basis="confirmed")
    assert [(row["plugin"], row["installations"]) for row in confirmed.rows] == [(CVS, 1), (GIT, 1)]


def test_what_stands_beside(warehouse: DuckWarehouse) -> None:
    """Who was seen, in as many days a year before; whose leavers do not show; for how many months reports are held."""
    answer = _ask(warehouse, "installs", since=date(2025, 1, 1), until=date(2026, 10, 18))
    rows = {row["period"]: row for row in answer.tables["periods"].rows}
    assert len(rows) == 22
    assert [rows[period]["seen"] for period in ("2025-01", "2025-02", "2026-05", "2026-07", "2026-10")] == [
        1,
        0,
        1,
        1,
        0,
    ]
    assert [rows[period]["seen_before"] for period in ("2025-12", "2026-01", "2026-02")] == ["", "", 0]
    assert [rows[period]["leavers"] for period in ("2025-09", "2025-10", "2026-10")] == [
        "",
        "not yet seen",
        "not yet seen",
    ]
    assert [rows[period]["memory"] for period in ("2025-01", "2025-02", "2026-01", "2026-02")] == [0, 1, 12, 13]
    weeks = _ask(warehouse, "installs", over="week", since=None)
    assert len(weeks.tables["periods"].rows) == 26
    assert [row["period"] for row in weeks.tables["periods"].rows if row["seen"]] == [
        "2026-W18",
        "2026-W27",
        "2026-W43",
    ]
    assert sum(int(row["seen"] or 0) for row in weeks.tables["periods"].rows) == 4


def test_of_before_all_reports_there_is_nothing(warehouse: DuckWarehouse) -> None:
    """No 0%: the first period is the first of which reports are held, and the answer says since when."""
    answer = _ask(warehouse, "versions", since=date(2020, 1, 1), until=date(2025, 2, 15), by="python")
    assert answer.held_since == date(2025, 1, 10)
    assert _column(answer, "period") == ["2025-01", "2025-02"]
    nothing = _ask(warehouse, "versions", since=date(2020, 1, 1), until=date(2020, 5, 1), by="python")
    assert (nothing.denominator, nothing.rows, nothing.tables["periods"].rows) == (0, (), ())


def test_every_form_of_the_answer(warehouse: DuckWarehouse) -> None:
    """No interval stands beside a share that is of another whole; JSON comes back; there is a chart of every one."""
    for question, listed in REGISTRY.items():
        for by, breakdown in listed.by.items():
            if breakdown.over is not None:
                where = "plugin = CVS" if breakdown.scope.subject else None
                answer = _ask(warehouse, question, by=by, where=where)
                assert Answer.from_dict(json.loads(answer.to_json())) == answer
                vl_convert.vegalite_to_svg(chart(answer), vl_version="6.4")
    table = answer.to_table()
    assert "interval" not in table
    assert "At the end of each month; at the last, share of" in table
    assert answer.to_csv().startswith("period,installations,share")
    assert answer_parquet(answer)[:4] == b"PAR1"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"over": "year"}, "there is no over 'year': it is one of month, week"),
        (
            {"over": "month", "by": "python.release"},
            "versions by python.release is not asked over periods: leave out over",
        ),
        ({"over": "month", "basis": "seen"}, "has the basis alive or confirmed, not 'seen'"),
        ({"over": "week", "since": date(2026, 11, 1), "until": TODAY}, r"since \(2026-10-26\) is after until"),
    ],
)
def test_what_cannot_be_asked(warehouse: DuckWarehouse, asked: dict[str, Any], message: str) -> None:
    """In a sentence."""
    with pytest.raises(BadQuestion, match=message):
        ask(warehouse, Query("versions", **asked), today=TODAY)


def test_periods() -> None:
    """Their ends, names and places; the last may be cut short; the year before a leap day is the 28th."""
    months = Periods.of("month", Window(date(2024, 1, 15), date(2024, 2, 29)), date(2020, 1, 1))
    assert (months.names, months.ends, months.is_cut) == (
        ["2024-01", "2024-02"], [date(2024, 1, 31), date(2024, 2, 29)], False
    )  # fmt: skip
    assert [months.place(day) for day in (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))] == [0, 1, 2]
    assert months.year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    weeks = Periods.of("week", Window(date(2026, 12, 30), date(2027, 1, 5)), date(2020, 1, 1))
    assert (weeks.names, weeks.ends, weeks.is_cut) == (
        ["2026-W53", "2027-W01"], [date(2027, 1, 3), date(2027, 1, 5)], True
    )  # fmt: skip
    assert weeks.year_before(date(2026, 12, 28)) == date(2025, 12, 29)
    assert (since_of("month", TODAY), since_of("week", TODAY)) == (date(2024, 11, 1), date(2026, 4, 27))
    assert [months_held(TODAY, TODAY - timedelta(days=days)) for days in (0, 30, 500)] == [0, 1, 13]


def test_periods_end_where_nobody_can_be_alive(warehouse: DuckWarehouse) -> None:
    """A window of centuries would be a row for each of their weeks."""
    with pytest.raises(BadQuestion, match="over periods, give an until up to 2027-11-23"):
        _ask(warehouse, "versions", by="python", over="week", until=date(2099, 12, 31))


def test_the_caption_says_of_whom_a_condition_over_periods_is(warehouse: DuckWarehouse) -> None:
    """The share is of those that answered it at each end, and not of those of whom it is true."""
    caption = _ask(warehouse, "installs", where="plugin = CVS").caption()
    assert "`plugin = CVS` is judged by the state at the end of each period" in caption
