"""The recent ClickHouse of the suites: a connection in the place of the driver's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from headcount.warehouse.clickhouse._connection import Connection, ServerError
from tests.support.engines import Engine
from tests.support.engines.databases import Databases

VALUES = ("a\\b", "it's", "a\tb\nc", "\\N", "\\'", '"', "100%", "$x", "{x:String}", "--", "ünï ☃ 🐘", "")


@pytest.fixture(scope="module")
def connection(engines: Callable[[str], Engine]) -> Connection:
    """A connection to the one server that a process can have."""
    databases = engines("recent")
    assert isinstance(databases, Databases)
    return databases.opens(replace(databases.address, database="default"))


@pytest.mark.parametrize("value", VALUES)
def test_a_text_comes_back_as_it_went_in(connection: Connection, value: str) -> None:
    """Nothing in a value is taken for SQL, or for an escape."""
    assert connection.query("SELECT $x AS x, length($x) AS n", {"x": value}) == [(value, len(value.encode()))]


def test_values_keep_their_types(connection: Connection) -> None:
    """Days are dates, numbers numbers, and no number of 64 bits is rounded."""
    sql = (
        "SELECT $n AS n, toUInt64(18446744073709551615) AS u, toDate($d) AS d, [toDate($d)] AS ds, 0.5 AS f, ['a'] AS s"
    )
    day = date(2026, 10, 2)
    assert connection.query(sql, {"n": -5, "d": "2026-10-02"}) == [(-5, 2**64 - 1, day, [day], 0.5, ["a"])]


def test_a_dollar_in_a_literal_or_a_comment_is_no_parameter(connection: Connection) -> None:
    """Only what stands in the SQL itself is bound."""
    assert connection.query("SELECT '$x', $x -- $y\n", {"x": 1}) == [("$x", 1)]


def test_a_parameter_without_a_value_is_refused(connection: Connection) -> None:
    """By us, with its name."""
    with pytest.raises(ValueError, match="without a value: x"):
        connection.query("SELECT $x", {})


def test_it_keeps_tables_and_settings(connection: Connection) -> None:
    """One session runs through all statements."""
    connection.execute("CREATE TABLE kept (x UInt8) ENGINE = Memory")
    connection.execute("INSERT INTO kept VALUES (1), (2)")
    assert connection.query("SELECT sum(x) FROM kept", {}) == [(3,)]
    assert connection.query("SELECT getSetting('distributed_product_mode')", {}) == [("global",)]


def test_an_error_has_its_number(connection: Connection) -> None:
    """By which the engine knows what is there already."""
    connection.execute("CREATE TABLE once (x UInt8) ENGINE = Memory")
    with pytest.raises(ServerError) as raised:
        connection.execute("CREATE TABLE once (x UInt8) ENGINE = Memory")
    assert raised.value.code == 57
