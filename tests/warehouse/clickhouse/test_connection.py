"""ClickHouse 18.16, two shards of it, through `ClickHouse`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._connection import ClickHouse
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.requires import require

VALUES = ("a\\b", "it's", "a\tb\nc", "\\N", "\\'", '"', "100%", "$x", "%(x)s", "--", "ünï ☃ 🐘", "")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The servers, for all tests here."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("clickhouse")) as started:
        yield started


@pytest.fixture
def connections(cluster: Cluster) -> Iterator[tuple[ClickHouse, ClickHouse]]:
    """A connection to each server."""
    made = (
        ClickHouse(Address("127.0.0.1", cluster.ports[0], database="default")),
        ClickHouse(Address("127.0.0.1", cluster.ports[1], database="default")),
    )
    yield made
    for connection in made:
        connection.close()


@pytest.fixture
def connection(connections: tuple[ClickHouse, ClickHouse]) -> ClickHouse:
    """A connection to one of them."""
    return connections[0]


def test_a_table_over_both_shards_is_written_and_read(connections: tuple[ClickHouse, ClickHouse]) -> None:
    """What one node was given is on both shards, and any node answers for all of it, filters by subquery included."""
    for each in connections:
        each.execute("CREATE TABLE numbered_local (n UInt64, texts Array(String)) ENGINE = MergeTree ORDER BY n")
        each.execute(
            "CREATE TABLE numbered (n UInt64, texts Array(String)) "
            f"ENGINE = Distributed({NAME}, 'default', 'numbered_local', n)"
        )
    rows: list[tuple[int, list[str]]] = [(n, [str(n), "ü'\\"]) for n in range(10)]
    connections[0].insert("numbered", ["n", "texts"], rows)
    for each in connections:
        assert each.query("SELECT count() FROM numbered_local", {}) == [(5,)]
        assert each.query("SELECT n, texts FROM numbered ORDER BY n", {}) == rows
        others = "SELECT toUInt64(modulo(n + 1, 10)) FROM numbered WHERE n < $bound"
        assert each.query(f"SELECT count() FROM numbered WHERE n IN ({others})", {"bound": 4}) == [(4,)]


@pytest.mark.parametrize("value", VALUES)
def test_a_text_comes_back_as_it_went_in(connection: ClickHouse, value: str) -> None:
    """Nothing in a value is taken for SQL, or for an escape."""
    assert connection.query("SELECT $x AS x, length($x) AS n", {"x": value}) == [(value, len(value.encode()))]


def test_a_percent_sign_beside_parameters_is_refused(connection: ClickHouse) -> None:
    """The driver would take it for a place; without parameters it is only a sign."""
    with pytest.raises(ValueError, match="literal %"):
        connection.query("SELECT $x LIKE 'a%'", {"x": "abc"})
    assert connection.query("SELECT 'abc' LIKE 'a%'", {"unused": 1}) == [(1,)]


def test_a_parameter_without_a_value_is_refused(connection: ClickHouse) -> None:
    """By us, with its name, whether or not others have one."""
    with pytest.raises(ValueError, match="without a value: x, y"):
        connection.query("SELECT $x, $y, '$z' -- $w", {"u": 1})


def test_a_dollar_in_a_literal_is_no_parameter(connection: ClickHouse) -> None:
    """Only what stands in the SQL itself is bound."""
    assert connection.query("SELECT '$x', $x", {"x": 7}) == [("$x", 7)]


def test_no_rows_are_no_statement(connection: ClickHouse) -> None:
    """The server is not asked."""
    connection.insert("no_such_table", ["n"], [])


def test_without_the_driver_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module can be imported without the extra; a connection cannot be made."""
    monkeypatch.setitem(sys.modules, "clickhouse_driver", None)
    with pytest.raises(WarehouseUnavailable, match=r"pip install 'headcount\[clickhouse\]'"):
        ClickHouse(Address("127.0.0.1"))


def test_a_server_that_does_not_start_shows_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a failure in CI can be understood from its output."""
    require(clickhouse_missing())
    monkeypatch.setattr("tests.support.clickhouse.configuration._USERS", "<yandex></yandex>")
    with pytest.raises(RuntimeError, match=r"the end of its logs:\n.*\n"):
        Cluster(tmp_path)
