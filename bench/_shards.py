"""Real servers of ClickHouse, and in them the rows of a warehouse in DuckDB, as many loads would have left them."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from clickhouse_driver import Client

from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse, Connection
from headcount.warehouse.clickhouse._change import Change, Unit, change
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._schema import ROWSETS, SHARED, TABLES
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._versions import Versions
from tests.support.clickhouse import NAME, Cluster

ENGINES = ("clickhouse", "cluster")
"""One server, and two shards, of which the first is that server."""

CLIENT = shutil.which("clickhouse-client") or "/usr/bin/clickhouse-client"

_WHOLE = {
    Unit.CLASSES: ("classes",),
    Unit.QUARANTINE: ("floods", "quarantine", "comebacks"),
    Unit.FACTS: ("facts",),
}
_OF_FAMILY = ("month", "latest", "first", "births", "spells")
_DAYS = "day - DATE '1970-01-01'"
_ROWS = 1 << 18  # rows that are sent at a time
_FAMILIES, _LOADS, _EACH_DAY, _CONTENTS = (part << 28 for part in range(1, 5))  # of a version's row sets


def on_one_processor(address: Address) -> Connection:
    """Return a connection for whose statements each server takes one processor: so two shards have two."""
    connection = connect(address)
    connection.execute("SET max_threads = 1")
    return connection


@contextmanager
def servers(directory: Path) -> Iterator[Mapping[str, Address]]:
    """Yield the address of each of `ENGINES`: databases of the same two servers."""
    with Cluster(directory) as cluster:
        one = Address("127.0.0.1", cluster.ports[0], database="one")
        yield {"clickhouse": one, "cluster": Address("127.0.0.1", cluster.ports[0], database="two", cluster=NAME)}


def fill(path: Path, places: Mapping[str, Address]) -> None:
    """Put the rows of a warehouse in DuckDB, in which no two pseudonyms are one installation, into new databases.

    All are of one version. The rows that are derived of an installation have one row set, and each of its sightings has its
    own, as if it had been loaded alone.
    """
    with duckdb.connect(str(path), read_only=True) as db:
        held = {table: _count(db, table) for table in ("pairs", "origins", "tombstones", "reports", "later")}
        assert not any(held.values()), held
        db.execute("CREATE TEMP TABLE numbered AS SELECT install, row_number() OVER () AS number FROM births")
        for address in places.values():
            ClickHouseWarehouse(address).close()  # which makes the tables
            with closing(Servers(address, connect)) as found, change(found, Versions(found)) as changing:
                _write(db, changing, address)
    for address in places.values():
        _settle(address)


def bytes_on_disk(places: Mapping[str, Address]) -> dict[str, dict[str, int]]:
    """Return the bytes of each table that are in use, over all servers, by engine."""
    found: dict[str, dict[str, int]] = {}
    for name, address in places.items():
        table = "system.parts" if address.cluster is None else f"cluster('{NAME}', system.parts)"
        with client(address) as opened:
            rows = opened.execute(
                f"SELECT table, sum(bytes_on_disk) FROM {table} "
                f"WHERE active AND database = '{address.database}' GROUP BY table"
            )
        found[name] = {str(name).removesuffix("_local"): int(count) for name, count in rows}
    return found


@contextmanager
def client(address: Address) -> Iterator[Client]:
    """Yield a client of the driver, which is disconnected at the end."""
    opened = Client(address.host, address.port, address.database)
    try:
        yield opened
    finally:
        opened.disconnect()


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = db.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)


def _write(db: duckdb.DuckDBPyConnection, changing: Change, place: Address) -> None:
    def own(table: str) -> str:
        return ", ".join(TABLES[table].names)

    def send(table: str, sql: str) -> None:
        _send(db, place, table, sql, changing.version)

    for unit, tables in _WHOLE.items():
        changing.rewrite(unit, {table: db.execute(f"SELECT {own(table)} FROM {table}").fetchall() for table in tables})
    changing.flush()
    first = changing.version << ROWSETS
    each_day = f"{first + _EACH_DAY} + ({_DAYS})"
    send("daily", f"SELECT *, 0, {each_day} FROM daily")
    send("rowsets", f"SELECT {Unit.DAY.value}, {_DAYS}, 0, {each_day} FROM daily")
    family = f"{first + _FAMILIES} + number"
    send("rowsets", f"SELECT {Unit.FAMILY.value}, install, install, {family} FROM numbered")
    for table in _OF_FAMILY:
        order = TABLES[table].order.replace("family", "install")
        send(
            table, f"SELECT {own(table)}, install, {family} FROM {table} JOIN numbered USING (install) ORDER BY {order}"
        )
    each_row = "row_number() OVER ()"
    send("sightings", f"SELECT install, day, profile, last, install, {first + _LOADS} + {each_row} FROM sightings")
    send("profiles", f"SELECT {own('profiles')}, profile, {first + _CONTENTS} + {each_row} FROM profiles")


def _send(db: duckdb.DuckDBPyConnection, place: Address, table: str, sql: str, version: int) -> None:
    """Add rows to a table: those of a statement, which gives its own columns, the family and the row set."""
    kinds = dict(column.split(" ", 1) for column in TABLES[table].columns.split(", ")) | dict.fromkeys(SHARED, "UInt64")
    query = f"INSERT INTO {table} ({', '.join(kinds)}) FORMAT Native"
    command = [
        CLIENT,
        f"--port={place.port}",
        f"--database={place.database}",
        "--insert_distributed_sync=1",
        f"--query={query}",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as client:
        assert client.stdin is not None
        for batch in db.sql(sql).to_arrow_reader(_ROWS):
            *own, family, rowset = batch.columns
            columns = [*own, family, pa.array(np.full(len(family), version)), rowset]
            client.stdin.write(_block(kinds, columns))
    assert client.returncode == 0, table


def _block(kinds: Mapping[str, str], columns: Sequence[pa.Array]) -> bytes:
    """Return rows in ClickHouse's format ``Native``: it holds columns as Arrow does, but for texts."""
    parts = [_number(len(kinds)), _number(len(columns[0]))]
    for (name, kind), column in zip(kinds.items(), columns, strict=True):
        parts += [_text(name), _text(kind), *_cells(kind, column)]
    return b"".join(parts)


def _cells(kind: str, column: pa.Array) -> Iterator[bytes]:
    if kind.startswith("Array("):
        offsets = column.offsets.to_numpy().astype("uint64")
        yield (offsets[1:] - offsets[0]).tobytes()
        yield from _cells(kind[len("Array(") : -1], column.flatten())
    elif kind == "String":
        encoded = column.dictionary_encode()
        texts = [_text(text) for text in encoded.dictionary.to_pylist()]
        yield b"".join(map(texts.__getitem__, encoded.indices.to_pylist()))
    elif kind == "Date":
        yield column.cast(pa.int32()).to_numpy().astype("uint16").tobytes()
    else:
        yield column.to_numpy(zero_copy_only=False).astype(kind.lower()).tobytes()


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _number(len(encoded)) + encoded


def _number(value: int) -> bytes:
    """Return a number in as many bytes as it needs, seven bits in each."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _settle(address: Address) -> None:
    """Wait until no parts are merged any more."""
    table = "system.merges" if address.cluster is None else f"cluster('{NAME}', system.merges)"
    idle = 0
    with client(address) as opened:
        while idle < 5:
            ((count,),) = opened.execute(f"SELECT count() FROM {table}")
            idle = 0 if count else idle + 1
            time.sleep(0.2)
