"""Snapshots: what takes the place of tables, and which rows are there."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._change import Change, Unit, change
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._schema import TABLES
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import LONGEST, ClickHouseSnapshot, among, snapshot
from headcount.warehouse.clickhouse._versions import State, Versions, read_state
from headcount.warehouse.derivation import LONG_AGO
from tests.support.engines.pauses import Pauses

DAY = date(2026, 3, 4)
CAME = "(SELECT install, day, second, earliest FROM births WHERE version <= 7)"


@pytest.mark.parametrize(
    ("statement", "substituted"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT day FROM births", f"SELECT day FROM {CAME}"),
        ("SELECT n FROM x JOIN births USING (install)", f"SELECT n FROM x JOIN {CAME} USING (install)"),
        ("SELECT n FROM (SELECT day FROM\n births)", f"SELECT n FROM (SELECT day FROM\n {CAME})"),
        ("SELECT 'FROM births' FROM x", "SELECT 'FROM births' FROM x"),
        (r"SELECT 'it\'s FROM births' FROM x", r"SELECT 'it\'s FROM births' FROM x"),
        ("SELECT 'a'' FROM births' FROM births", f"SELECT 'a'' FROM births' FROM {CAME}"),
        ("SELECT 1 -- FROM births\nFROM births", f"SELECT 1 -- FROM births\nFROM {CAME}"),
        ("SELECT 1 /* FROM births\n JOIN births */", "SELECT 1 /* FROM births\n JOIN births */"),
        ("SELECT births FROM birthsday", "SELECT births FROM birthsday"),
        ("SELECT toDate(first) FROM first (1)", "SELECT toDate(first) FROM first (1)"),
    ],
)
def test_a_subquery_takes_the_place_of_a_table(statement: str, substituted: str) -> None:
    """After FROM and JOIN alone, and where it is no part of a literal, a comment or another name."""
    state = State(7, (), 0, LONG_AGO, 0, LONG_AGO)
    shown = ClickHouseSnapshot(_Without(), state).substituted(statement)
    assert shown == substituted


def test_what_is_counted_is_told_by_the_tables_that_are_there() -> None:
    """Each of the four, as it is at this version."""
    shown = ClickHouseSnapshot(_Without(), State(7, (3, 9), 0, date(2026, 3, 1), 5, date(2026, 2, 1))).substituted(
        "SELECT 1 FROM counted"
    )
    where = "WHERE version <= 7 AND version NOT IN (3, 9)"
    assert shown.count(where) == 4
    assert shown.count(f"FROM pairs {where}") == 2
    assert f"FROM sightings {where} AND (day >= toDate('2026-02-01') OR version > 5)" in shown
    assert "counted" not in shown


def test_rows_of_committed_versions_are_there_until_they_are_dead(place: Address) -> None:
    """None of a version that is going on, was aborted, or is newer than the snapshot."""
    with closing(Servers(place, connect)) as servers:
        versions = Versions(servers)
        with change(servers, versions) as first:
            _count(first, 1)
        with versions.taken() as aborted, servers.connection() as connection:
            lost = Change(connection, aborted)
            _count(lost, 2)
            lost.flush()
        with change(servers, versions) as second:
            _count(second, 3)
            second.flush()
            with snapshot(servers) as during:
                assert _counts(during) == [1]
            assert _counts(second.after()) == [3]
        with snapshot(servers) as after:
            with change(servers, versions) as third:
                _count(third, 4)
            assert _counts(after) == [3]
        with snapshot(servers) as newest:
            assert _counts(newest) == [4]
            assert newest.state.aborted == (aborted,)


def test_many_dead_row_sets_are_looked_up(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would make each statement long; the rows are the same."""
    with closing(Servers(place, connect)) as servers:
        with change(servers, Versions(servers)) as changing:
            for number in range(5):
                _count(changing, number, DAY.replace(day=10 + number))
            changing.kill([changing.rowset() for _ in range(3)])
        with snapshot(servers) as written:
            rows = written.query("SELECT day, installs FROM daily ORDER BY day", {})
            assert "SELECT dead_rowset" not in written.substituted("FROM daily")
        monkeypatch.setattr("headcount.warehouse.clickhouse._snapshot._FEW", 2)
        with snapshot(servers) as looked_up:
            assert looked_up.query("SELECT day, installs FROM daily ORDER BY day", {}) == rows
            assert "SELECT dead_rowset FROM dead WHERE" in looked_up.substituted("FROM daily")


@pytest.mark.parametrize("when", ["before", "in", "after"])
def test_a_snapshot_that_is_too_old_gives_no_answer(place: Address, when: str) -> None:
    """Its rows may be deleted by then: also where the process stood still at the state, or a statement is long."""
    time = [0.0]

    def pass_time() -> None:
        time[0] += LONGEST + 1

    pauses = Pauses(connect)
    with closing(Servers(place, pauses.connect)) as servers:
        if when == "before":
            pauses.at(0, pass_time)
        with snapshot(servers, lambda: time[0]) as old:
            if when == "in":
                pauses.at(1, pass_time)  # after the look for what is dead
            elif when == "after":
                old.query("SELECT count() FROM daily", {})
                pass_time()
            with pytest.raises(WarehouseUnavailable, match="took longer than 600 s"):
                old.query("SELECT count() FROM daily", {})


def test_all_tables_can_be_asked(place: Address) -> None:
    """By their own columns alone: what tells versions apart is none of an answer's business."""
    with closing(Servers(place, connect)) as servers, servers.connection() as connection:
        read = ClickHouseSnapshot(connection, read_state(connection))
        for name, table in TABLES.items():
            if name != "dead":
                read.query(f"SELECT {', '.join(table.names)} FROM {name} LIMIT 1", {})
            with pytest.raises(WarehouseUnavailable, match="version"):
                read.query(f"SELECT version FROM {name} LIMIT 1", {})


def test_no_numbers_are_no_condition_that_holds() -> None:
    """For ``IN ()`` is none that a server reads."""
    assert among("profile", [3, 1]) == "profile IN (3, 1)"
    assert among("profile", []) == "0"


class _Without:
    """A connection to servers where nothing is dead."""

    def execute(self, sql: str) -> None:
        raise AssertionError(sql)

    def insert(self, table: str, columns: object, rows: object) -> None:
        raise AssertionError(table, columns, rows)

    def query(self, sql: str, parameters: object) -> list[tuple[object, ...]]:
        assert "dead_rowset" in sql, parameters
        return []

    def close(self) -> None:
        """Do nothing."""


def _count(change: Change, installs: int, day: date = DAY) -> None:
    number = day.toordinal() - LONG_AGO.toordinal()
    change.write("daily", [(day, installs, 0)], change.replace(Unit.DAY, [number])(number))


def _counts(read: ClickHouseSnapshot) -> list[int]:
    return [count for (count,) in read.query(f"SELECT installs FROM daily WHERE day = toDate('{DAY}')", {})]
