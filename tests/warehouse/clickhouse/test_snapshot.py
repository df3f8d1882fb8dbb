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
from headcount.warehouse.clickhouse._versions import State, Versions
from headcount.warehouse.derivation import LONG_AGO
from tests.support.engines.pauses import Pauses

DAY = date(2026, 3, 4)
CAME = f"births PREWHERE rowset < {8 << 32}"


@pytest.mark.parametrize(
    ("statement", "substituted"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT day FROM births", f"SELECT day FROM {CAME}"),
        ("SELECT day FROM births WHERE day = 1", f"SELECT day FROM {CAME} WHERE day = 1"),
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
def test_a_condition_is_added_to_a_table(statement: str, substituted: str) -> None:
    """After FROM and JOIN alone, and where it is no part of a literal, a comment or another name."""
    state = State(7, (), 0, LONG_AGO, 0, LONG_AGO)
    assert ClickHouseSnapshot(_Without(), state).substituted(statement) == substituted


def test_what_is_counted_is_told_by_the_tables_that_are_there() -> None:
    """Each of the four, as it is at this version; a retention has its own condition."""
    state = State(7, (3, 9), 0, date(2026, 3, 1), 5, date(2026, 2, 1))
    shown = ClickHouseSnapshot(_Without(), state).substituted("SELECT 1 FROM counted")
    there = f"PREWHERE rowset < {8 << 32} AND bitShiftRight(rowset, 32) NOT IN (3, 9)"
    assert shown.count(there) == 4
    assert shown.count(f"FROM pairs {there}") == 2
    assert f"FROM sightings {there} AND (day >= toDate('2026-02-01') OR rowset >= {6 << 32})" in shown
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
            assert aborted in newest.state.aborted


def test_many_dead_row_sets_are_looked_up(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would make each statement long; the rows are the same, on every shard."""
    with closing(Servers(place, connect)) as servers:
        versions = Versions(servers)
        with change(servers, versions) as changing:
            found = [changing.rowset() for _ in range(8)]
            for number, rowset in enumerate(found):
                changing.write("births", [(number, DAY, DAY, DAY)], rowset, number)
        with change(servers, versions) as changing:
            changing.kill(found[2:6])
        asked = "SELECT install FROM births WHERE install IN (SELECT install FROM births) ORDER BY install"
        with snapshot(servers) as written:
            assert written.query(asked, {}) == [(0,), (1,), (6,), (7,)]
            assert "SELECT dead_rowset" not in written.substituted(asked)
        monkeypatch.setattr("headcount.warehouse.clickhouse._snapshot._FEW", 2)
        with snapshot(servers) as looked_up:
            assert looked_up.query(asked, {}) == [(0,), (1,), (6,), (7,)]
            assert "SELECT dead_rowset FROM dead WHERE" in looked_up.substituted(asked)
            assert looked_up.rowsets("births", "1") == {*found[:2], *found[6:]}


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
    """By their own columns."""
    with closing(Servers(place, connect)) as servers, snapshot(servers) as read:
        for name, table in TABLES.items():
            if name != "dead":
                read.query(f"SELECT {', '.join(table.names)} FROM {name} LIMIT 1", {})


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
