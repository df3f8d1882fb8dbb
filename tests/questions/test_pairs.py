"""An id alone hides and changes nothing: masters that move to a secret, and guessers, before real answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from headcount.client._collector import canonical, secret_for
from headcount.contract import Release
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.guessers import CVS, GIT, SVN, WORKER, Said, arrivals, asked, load, users

UNTIL = date(2026, 11, 28)
MASTERS = range(200)
MONTHS = [date(2025 + (10 + month) // 12, (10 + month) % 12 + 1, 1) for month in range(13)]
USES_CVS, USES_GIT, ELSE = (WORKER, CVS), (WORKER, GIT), (WORKER, SVN)
GUESSED = 9_000  # the secrets of guessers


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """An empty one, which believes any number of newcomers, so that what a guesser adds is seen too."""
    with closing(DuckWarehouse(":memory:", threads=1)) as opened:
        opened.floods = opened.floods._replace(floor=1_000)
        yield opened


def _fleet(moves: date | None = None, movers: range = range(100)) -> list[Said]:
    """200 masters that report each month, of which the last 20 use CVS; ``movers`` move to a secret at a date."""
    reports = []
    for install in MASTERS:
        for month in MONTHS:
            day = month + timedelta(days=install % 27)
            moved = moves is not None and install in movers and month >= moves
            classes = USES_CVS if install >= 180 else USES_GIT
            reports.append(Said(day, install, install + 1 if moved else 0, classes))
    return [said for said in reports if said.day <= UNTIL]


def _months(warehouse: DuckWarehouse, question: str, by: str = "month", **named: object) -> list[tuple[object, ...]]:
    answer = asked(warehouse, question, UNTIL, by=by, basis="seen", since=MONTHS[0], **named)
    columns = ("installations", "seen") if question == "drop" else ("installations", "new")
    return [tuple(row[column] for column in columns) for row in answer.rows]


def test_the_past_of_who_moves_to_a_secret_is_theirs(warehouse: DuckWarehouse) -> None:
    """20 of 200 use CVS in each month, whoever moved in July; what everybody runs filters nobody out; none is new twice."""
    load(warehouse, _fleet(date(2026, 7, 1)))
    assert _months(warehouse, "drop", where=f"plugin = {CVS}") == [(20, 200)] * 13
    everybody = [(200, 200), *[(200, 0)] * 12]
    assert _months(warehouse, "installs") == everybody
    assert _months(warehouse, "installs", where="buildbot = 4.3.0") == everybody
    assert _months(warehouse, "installs", where=f"plugin = {CVS}") == [(20, 20), *[(20, 0)] * 12]


@pytest.mark.ci
def test_nobody_is_counted_twice_between_two_days_with_a_secret(warehouse: DuckWarehouse) -> None:
    """On the last day of the month in which they moved, and in the weeks around it, as on every other."""
    load(warehouse, _fleet(date(2026, 7, 1)))
    for until in (date(2026, 6, 30), date(2026, 7, 15), date(2026, 7, 31), date(2026, 8, 31), UNTIL):
        states = {row["state"]: row["installations"] for row in asked(warehouse, "installs", until).rows}
        assert (states["alive"], states["confirmed"], states["new"]) == (200, 200, 0)
        assert asked(warehouse, "versions", until).denominator == 200
    weeks = asked(warehouse, "installs", date(2026, 7, 26), by="week", basis="seen", since=date(2026, 6, 15))
    assert weeks.denominator == 200


def _cvs(warehouse: DuckWarehouse) -> dict[str, object]:
    """All that answers say of the users of CVS: how many, since when, and by release and month."""
    condition = {"where": f"plugin = {CVS}"}
    return {
        "installs": asked(warehouse, "installs", UNTIL, **condition).rows,
        "drop": {basis: asked(warehouse, "drop", UNTIL, basis=basis, **condition).rows[0]["installations"]
                 for basis in ("alive", "confirmed")},
        "months": _months(warehouse, "installs", **condition),
        "versions": asked(warehouse, "versions", UNTIL, **condition).rows,
        "downgrades": asked(warehouse, "upgrades", UNTIL, by="downgrades", **condition).rows,
    }  # fmt: skip


@pytest.mark.parametrize(
    "moved", [pytest.param(False, id="before the move"), pytest.param(True, id="after the move", marks=pytest.mark.ci)]
)
def test_200_posts_of_a_guesser_change_no_answer_about_100_masters(warehouse: DuckWarehouse, moved: bool) -> None:
    """They come with secrets of the guesser's own, under the ids of all who use CVS, on two days: a hundred more masters."""
    fleet = [said._replace(classes=USES_CVS) if said.install < 100 else said for said in _fleet()]
    if moved:
        fleet = [said._replace(secret=said.install + 1) if said.day >= date(2026, 3, 1) else said for said in fleet]
    load(warehouse, fleet)
    before = _cvs(warehouse)
    assert asked(warehouse, "versions", UNTIL).denominator == 200
    assert before["drop"] == {"alive": 120, "confirmed": 120}
    guessed = [
        Said(date(2026, 10, day), install, GUESSED, USES_GIT, release=Release(0, 9, 0))
        for install in range(100)
        for day in (3, 20)
    ]
    load(warehouse, guessed)
    assert _cvs(warehouse) == before
    assert asked(warehouse, "versions", UNTIL).denominator == 300
    warehouse.rebuild()
    assert _cvs(warehouse) == before


@pytest.mark.ci
def test_stock_posts_under_the_ids_of_who_moved_change_nothing(warehouse: DuckWarehouse) -> None:
    """Whatever they say: as long as the one with the secret is alive, it is what that said."""
    load(warehouse, _fleet(date(2026, 3, 1), movers=range(100, 200)))
    before = [users(warehouse, f"plugin = {CVS}", UNTIL, basis) for basis in ("alive", "confirmed")]
    months = _months(warehouse, "drop", where=f"plugin = {CVS}")
    old = Release(0, 9, 0)
    load(warehouse, [Said(date(2026, 11, 27), install, 0, ELSE, release=old) for install in range(100, 200)])
    assert [users(warehouse, f"plugin = {CVS}", UNTIL, basis) for basis in ("alive", "confirmed")] == before == [20, 20]
    assert _months(warehouse, "drop", where=f"plugin = {CVS}") == months
    assert asked(warehouse, "versions", UNTIL).denominator == 200
    assert asked(warehouse, "upgrades", UNTIL, by="downgrades").rows == ()


@pytest.mark.ci
def test_a_guessed_stock_report_does_not_open_the_way_for_a_guessed_secret(warehouse: DuckWarehouse) -> None:
    """A first report with a secret must agree with all that stock said in the 13 months before, not with the last alone.

    Such a guesser changes what is said of an id by the stock report, as anybody can, until the master reports again.
    """
    load(warehouse, [said for said in _fleet() if said.day < date(2026, 10, 1)])
    load(warehouse, [Said(date(2026, 10, 1), install, 0, ELSE) for install in range(180, 200)])
    load(
        warehouse, [Said(date(2026, 10, day), install, GUESSED, ELSE) for install in range(180, 200) for day in (2, 3)]
    )
    load(warehouse, [said for said in _fleet() if said.day >= date(2026, 10, 4)])
    assert users(warehouse, f"plugin = {CVS}", UNTIL) == 20
    assert asked(warehouse, "versions", UNTIL).denominator == 220


@pytest.mark.ci
def test_a_guessed_heir_does_not_keep_the_master_from_moving(warehouse: DuckWarehouse) -> None:
    """Somebody else posts with a secret before: what disagrees is another installation; the master moves with its past."""
    load(warehouse, [Said(date(2026, 1, 5), 1, 0, USES_CVS), Said(date(2026, 3, 5), 1, 0, USES_CVS)])
    load(warehouse, [Said(date(2026, 4, day), 1, GUESSED, USES_GIT) for day in (1, 2)])
    load(warehouse, [Said(date(2026, 5, day), 1, 7, USES_CVS) for day in (1, 2)])
    assert asked(warehouse, "versions", UNTIL).denominator == 2
    assert users(warehouse, f"plugin = {CVS}", UNTIL, "confirmed") == 1
    births = asked(
        warehouse, "installs", UNTIL, by="month", basis="seen", since=MONTHS[0], where=f"plugin = {CVS}"
    ).rows
    assert [row["period"] for row in births if row["new"]] == ["2026-01"]


@pytest.mark.ci
def test_of_two_heirs_the_first_that_agreed_is_the_installation(warehouse: DuckWarehouse) -> None:
    """A later one, who knows the configuration too, does not take it away, whatever it says afterwards."""
    load(warehouse, [Said(date(2026, 1, 5), 1, 0, USES_CVS)])
    load(warehouse, [Said(date(2026, 2, day), 1, 7, USES_CVS) for day in (1, 2)])
    load(warehouse, [Said(date(2026, 3, 1), 1, GUESSED, USES_CVS), Said(date(2026, 3, 2), 1, GUESSED, USES_GIT)])
    assert asked(warehouse, "versions", UNTIL).denominator == 2
    assert users(warehouse, f"plugin = {CVS}", UNTIL) == 1
    assert [row[:2] for row in _pairs(warehouse)] == [(arrival_of(1, 7), arrival_of(1, 0))]


@pytest.mark.ci
def test_who_knows_the_configuration_passes_for_the_master(warehouse: DuckWarehouse) -> None:
    """As the documents say; even then nothing changes before the second day with the secret."""
    load(warehouse, [Said(date(2026, 1, 5), 1, 0, USES_CVS), Said(date(2026, 1, 9), 1, 0, USES_CVS)])
    load(
        warehouse, [Said(date(2026, 2, 1), 1, GUESSED, USES_CVS), Said(date(2026, 2, 1), 1, GUESSED, USES_GIT, hour=13)]
    )
    assert users(warehouse, f"plugin = {CVS}", UNTIL) == 1
    load(warehouse, [Said(date(2026, 2, 2), 1, GUESSED, USES_GIT)])
    assert users(warehouse, f"plugin = {CVS}", UNTIL) == 0
    assert asked(warehouse, "versions", UNTIL).denominator == 1


@pytest.mark.ci
def test_a_collector_that_moved_keeps_the_pair(warehouse: DuckWarehouse) -> None:
    """What `collector=` names gives the same secret at the new address; without the name there is another installation."""
    line = "5" * 64
    old, new = canonical("https://old.example.org/"), canonical("https://new.example.org")
    same, other = (int(secret_for(name, line), 16) for name in (old, new))
    load(warehouse, [Said(date(2026, 1, 5), 1, 0, USES_CVS)])
    load(warehouse, [Said(date(2026, 2, day), 1, same, USES_CVS) for day in (1, 2)])
    load(warehouse, [Said(date(2026, 6, 1), 1, int(secret_for(canonical("https://OLD.example.org"), line), 16), ELSE)])
    assert asked(warehouse, "versions", UNTIL).denominator == 1
    assert users(warehouse, f"plugin = {SVN}", UNTIL) == 1
    load(warehouse, [Said(date(2026, 7, 1), 1, other, ELSE)])
    assert asked(warehouse, "versions", UNTIL).denominator == 2


@pytest.mark.ci
@pytest.mark.parametrize(
    ("stock", "ours", "one"),
    [
        (tuple(f"c{n}" for n in range(10)), tuple(f"c{n}" for n in range(9)), True),  # 1 of 10
        (tuple(f"c{n}" for n in range(9)), tuple(f"c{n}" for n in range(8)), False),  # 1 of 9
        (tuple(f"c{n}" for n in range(20)), (*(f"c{n}" for n in range(19)), "d"), True),  # 2 of 21
        (tuple(f"c{n}" for n in range(19)), (*(f"c{n}" for n in range(18)), "d"), True),  # 2 of 20
        (tuple(f"c{n}" for n in range(18)), (*(f"c{n}" for n in range(17)), "d"), False),  # 2 of 19
        (("a",), ("a", "buildbot.secrets.providers.file.SecretInAFile"), True),  # which stock never counts
        (None, ("a",), False), (("a",), None, False), (None, None, False), ((), (), False),
    ],
)  # fmt: skip
def test_two_agree_where_a_tenth_of_their_classes_differs(
    warehouse: DuckWarehouse, stock: tuple[str, ...] | None, ours: tuple[str, ...] | None, one: bool
) -> None:
    """Of all that either names, at most; what names none agrees with nothing."""
    load(warehouse, [Said(date(2026, 1, 5), 1, 0, stock), Said(date(2026, 2, 5), 1, 7, ours, "full")])
    assert len(_pairs(warehouse)) == one


@pytest.mark.ci
def test_a_stock_report_that_names_no_class_contradicts_nothing(warehouse: DuckWarehouse) -> None:
    """Nor does what disagrees and is older than 13 months, unless it is the last."""
    reports = [
        Said(date(2025, 1, 1), 1, 0, USES_GIT), Said(date(2026, 3, 1), 1, 0, USES_CVS), Said(date(2026, 4, 1), 1, 0, None),
        Said(date(2026, 5, 1), 1, 7, USES_CVS),
    ]  # fmt: skip
    load(warehouse, reports)
    load(warehouse, [Said(date(2024, 1, 1), 2, 0, USES_GIT), Said(date(2026, 5, 1), 2, 7, USES_CVS)])  # the last one
    assert [row[1] for row in _pairs(warehouse)] == [arrival_of(1, 0)]


@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize("stock_first", [True, False])
def test_a_master_that_moves_within_a_second_is_one(warehouse: DuckWarehouse, later: int, stock_first: bool) -> None:
    """Times are whole seconds: what came in the same one came before; in whichever order they are loaded."""
    stock, ours = Said(date(2026, 1, 5), 1, 0, USES_GIT), Said(date(2026, 1, 5), 1, 7, USES_GIT)
    moved = ours._replace(hour=stock.hour + later)
    for said in (stock, moved) if stock_first else (moved, stock):
        load(warehouse, [said])
    assert len(_pairs(warehouse)) == 1


@pytest.mark.ci
def test_a_pair_that_goes_back_to_stock_is_what_stock_says_13_months_later(warehouse: DuckWarehouse) -> None:
    """Not before: until then a stock report shows that it is there, and not what it is."""
    load(warehouse, [Said(date(2024, 1, 5), 1, 0, USES_CVS)])
    load(warehouse, [Said(date(2024, 2, day), 1, 7, USES_CVS) for day in (1, 2)])
    load(warehouse, [Said(day, 1, 0, USES_GIT) for day in (date(2024, 3, 1), date(2025, 3, 1), date(2025, 3, 2))])
    assert [users(warehouse, f"plugin = {CVS}", date(2025, 3, day)) for day in (1, 2)] == [1, 0]
    assert asked(warehouse, "versions", date(2026, 4, 1)).denominator == 1
    assert asked(warehouse, "versions", date(2026, 4, 2)).denominator == 0


@pytest.mark.parametrize("at_once", [pytest.param(False, marks=pytest.mark.ci), True])
def test_what_stock_says_on_the_day_of_a_move_and_after_it_changes_nothing(
    warehouse: DuckWarehouse, at_once: bool
) -> None:
    """Whether it says again what it said before, which made them a pair, or what disagreed; loaded in whatever batches."""
    day = date(2026, 1, 5)
    agreeing = [Said(day, 1, 0, USES_CVS, hour=10), Said(day, 1, 7, USES_CVS, hour=11)]
    contradicted = [
        Said(day, 2, 0, USES_GIT, hour=9),
        Said(day, 2, 0, USES_CVS, hour=10),
        Said(day, 2, 8, USES_CVS, hour=11),
    ]
    after = [Said(day, install, 0, classes, hour=12) for install in (1, 2) for classes in (USES_CVS, USES_GIT)]
    reports = [*agreeing, *contradicted, *after]
    for batch in [reports] if at_once else [[said] for said in reports]:
        load(warehouse, batch)
    paired = [(arrival_of(1, 7), arrival_of(1, 0))]
    assert [row[:2] for row in _pairs(warehouse)] == paired
    warehouse.rebuild()
    assert [row[:2] for row in _pairs(warehouse)] == paired
    load(warehouse, [Said(day, 1, 0, USES_GIT, hour=9)])  # an inbox that was late
    assert _pairs(warehouse) == []


def arrival_of(install: int, secret: int) -> int:
    """Return the pseudonym of an id and a secret."""
    return arrivals([Said(UNTIL, install, secret, None)])[0].install


def _pairs(warehouse: DuckWarehouse) -> list[tuple[object, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query("SELECT * FROM pairs", {})
