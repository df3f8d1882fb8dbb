"""ClickHouse 18.16, two shards of it, through `ClickHouse`."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._connection import ClickHouse, ServerError
from headcount.warehouse.clickhouse._servers import Servers
from tests.support.certificates import Authority, self_signed
from tests.support.clickhouse import NAME, Cluster, clickhouse_missing
from tests.support.engines.databases import Databases
from tests.support.requires import require

VALUES = ("a\\b", "it's", "a\tb\nc", "\\N", "\\'", '"', "100%", "$x", "%(x)s", "--", "ünï ☃ 🐘", "")


@pytest.fixture(scope="module")
def numbers(databases: Databases) -> Address:
    """The address of a database that has no tables yet."""
    address = databases.new()
    with closing(Servers(address, ClickHouse)) as servers:
        for each in servers.all:
            with servers.connection(replace(each, database="default")) as connection:
                connection.execute(f"CREATE DATABASE {address.database}")
    return address


@pytest.fixture
def connections(numbers: Address) -> Iterator[tuple[ClickHouse, ClickHouse]]:
    """A connection to each server."""
    with closing(Servers(numbers, ClickHouse)) as servers:
        first, second = (ClickHouse(each) for each in servers.all)
    with closing(first), closing(second):
        yield first, second


@pytest.fixture
def connection(connections: tuple[ClickHouse, ClickHouse]) -> ClickHouse:
    """A connection to one of them."""
    return connections[0]


def test_a_table_over_both_shards_is_written_and_read(
    connections: tuple[ClickHouse, ClickHouse], numbers: Address
) -> None:
    """What one node was given is on both shards, and any node answers for all of it, filters by subquery included."""
    for each in connections:
        each.execute("CREATE TABLE numbered_local (n UInt64, texts Array(String)) ENGINE = MergeTree ORDER BY n")
        each.execute(
            "CREATE TABLE numbered (n UInt64, texts Array(String)) "
            f"ENGINE = Distributed({NAME}, {numbers.database}, 'numbered_local', n)"
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


def test_a_long_list_of_numbers_goes_beside_a_statement(connections: tuple[ClickHouse, ClickHouse]) -> None:
    """Over all shards, and as often as it stands there; ``NOT IN`` too, and beside a parameter."""
    first, second = connections
    first.execute("CREATE TABLE lists_local (n UInt64) ENGINE = MergeTree ORDER BY n")
    second.execute("CREATE TABLE lists_local (n UInt64) ENGINE = MergeTree ORDER BY n")
    first.execute(f"CREATE TABLE lists (n UInt64) ENGINE = Distributed({NAME}, currentDatabase(), 'lists_local', n)")
    first.insert("lists", ["n"], [(n,) for n in range(1_000)])
    even = ", ".join(map(str, range(0, 1_000, 2)))
    others = f"SELECT n FROM lists WHERE n NOT IN ({even})"
    assert first.query(f"SELECT count() FROM lists WHERE n IN ({even}) AND n < $most", {"most": 100}) == [(50,)]
    assert first.query(f"SELECT count() FROM lists WHERE n NOT IN ({even}) OR n IN ({even})", {}) == [(1_000,)]
    assert first.query(f"SELECT count() FROM lists WHERE n IN ({others}) AND n NOT IN ({even})", {}) == [(500,)]


@pytest.mark.parametrize(
    "statement", ["SELECT no_such FROM numbers WHERE number = {}", "SELECT {} FROM FROM", "SELECT throwIf(1, '{}')"]
)
def test_no_error_holds_a_pseudonym(connection: ClickHouse, statement: str) -> None:
    """Though the server quotes the statement; it is a line, whoever logs it with what led to it."""
    pseudonym = 7_234_567_890_123_456_789
    with pytest.raises(ServerError) as raised:
        connection.query(statement.format(pseudonym), {})
    told = "".join(traceback.format_exception(raised.value))
    assert str(pseudonym) not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "DB::Exception" not in told


def test_no_error_holds_a_password(numbers: Address) -> None:
    """Neither where it is wrong nor where nobody is there."""
    for address in (replace(numbers, user="nobody", password="hunter2"), replace(numbers, port=1, password="hunter2")):
        with closing(ClickHouse(address)) as refused, pytest.raises(WarehouseUnavailable) as raised:
            refused.query("SELECT 1", {})
        assert "hunter2" not in "".join(traceback.format_exception(raised.value))


def test_a_value_that_a_column_cannot_have_is_no_trouble_of_the_server(connection: ClickHouse) -> None:
    """It is told apart, so that the arrival is left out; the connection is of use afterwards, and nothing holds it."""
    connection.execute("CREATE TABLE few (n UInt8) ENGINE = Memory")
    for value in ("a secret", -1, 300):
        with pytest.raises((ValueError, TypeError, ArithmeticError)) as raised:
            connection.insert("few", ["n"], [(value,)])
        assert "a secret" not in "".join(traceback.format_exception(raised.value, chain=True))
    connection.insert("few", ["n"], [(7,)])
    assert connection.query("SELECT n FROM few", {}) == [(7,)]


def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path) -> None:
    """By why: the server answers, so nobody looks for it."""
    authority = Authority(tmp_path)
    for certificate, why in (
        (self_signed(), "unable to get local issuer certificate"),
        (authority.expired(), "certificate has expired"),
        (authority.of_another_host(), "IP address mismatch, certificate is not valid for '127.0.0.1'"),
    ):
        with _speaking_tls(certificate) as port:
            address = Address("127.0.0.1", port, password="hunter2", tls=True, ca=authority.file)
            with closing(ClickHouse(address)) as refused, pytest.raises(WarehouseUnavailable) as raised:
                refused.query("SELECT 1", {})
        assert str(raised.value) == f"the certificate of the ClickHouse server 127.0.0.1:{port} is not trusted: {why}"


@contextmanager
def _speaking_tls(certificate: ssl.SSLContext) -> Iterator[int]:
    """Yield a port at which the next client is shown a certificate."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def show() -> None:
            client, _ = listening.accept()
            with client, suppress(OSError):  # the client leaves
                certificate.wrap_socket(client, server_side=True).close()

        thread = threading.Thread(target=show)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join()


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
