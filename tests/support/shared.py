"""What tests of a warehouse in ClickHouse have in common: its URL, and how a command is refused."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._connection import ClickHouse
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster
from tests.support.command import Done, headcount

AT_FIRST = {"HEADCOUNT", "NEW", "inbox"}
"""What is in a data directory before a warehouse was used."""

WRONG = "no such horse"
"""Another password than the user's."""


def url_of(cluster: Cluster, database: str = "headcount", user: str = USER, name: str = NAME) -> str:
    """Return the URL of a database of a cluster."""
    return f"clickhouse://{user}@127.0.0.1:{cluster.ports[0]}/{database}?cluster={name}"


def on_each(cluster: Cluster, *statements: str) -> None:
    """Run statements on each server."""
    for port in cluster.ports:
        with closing(ClickHouse(Address("127.0.0.1", port, USER, "default", password=PASSWORD))) as connection:
            for statement in statements:
                connection.execute(statement)


def sentence(done: Done) -> str:
    """Return the one sentence in which a command is refused."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("headcount: ")
    assert line.endswith(".")
    assert PASSWORD not in line
    assert WRONG not in line
    return line.removeprefix("headcount: ")


def assert_refused(data: Path, url: str, says: str) -> None:
    """`serve`, `ingest` and a command say the same, before anything is made."""
    for command in (("serve", "--port=0"), ("ingest", "--port=0"), ("token",)):
        assert says in sentence(headcount(*command, f"--data={data}", f"--warehouse={url}"))
        assert {path.name for path in data.iterdir()} == AT_FIRST
        assert not [*(data / "inbox").iterdir()]
