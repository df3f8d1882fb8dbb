"""What is told of a master's database: its type, its driver, and of the server's version what tells releases apart."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy

from headcount.client._database import Database, of_engine, of_report, of_url

LIBRARY = "{}.{}".format(*sqlite3.sqlite_version_info)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:///s.sqlite", ("sqlite", "pysqlite", LIBRARY)),
        ("mysql+mysqldb://user:pw@host/db", ("mysql", "mysqldb", None)),
        ("mysql://host/db", ("mysql", "mysqldb", None)),
        ("mariadb+pymysql://host/db", ("mariadb", "pymysql", None)),
        ("postgresql://h/d", ("postgresql", "psycopg2", None)),
        ("postgres://h/d", ("postgresql", None, None)),
        ("postgresql+acmesecret://h/d", ("postgresql", None, None)),
        ("acmedb://secret", ("other", None, None)),
        ("://", ("other", None, None)),
        (object(), (None, None, None)),
    ],
)  # fmt: skip
def test_of_a_url_the_type_and_the_driver_are_told(url: object, found: tuple[str | None, ...]) -> None:
    """As SQLAlchemy would take it, and nothing else that is in it; a secret tells nothing."""
    told = of_url(url)
    assert (told.type, told.server) == (found[0], found[2])
    assert told.driver == found[1] or "postgresql://" in str(url), "what SQLAlchemy takes when none is named changes"


def test_a_connected_engine_tells_the_same_as_its_url() -> None:
    """It asked for the version when it connected, and is asked for nothing now."""
    engine = sqlalchemy.create_engine("sqlite://")
    assert of_engine(engine) == Database("sqlite", "pysqlite", None), "it has not connected"
    engine.connect().close()
    statements: list[str] = []
    sqlalchemy.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert of_engine(engine) == of_url("sqlite://") == Database("sqlite", "pysqlite", LIBRARY)
    assert statements == []
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "version", "server"),
    [
        ("postgresql", (15, 4), "15"),
        ("postgresql", (10, 0), "10"),
        ("postgresql", (9, 6, 24), "9.6"),
        ("mysql", (8, 0, 35), "8.0"),
        ("mysql", (8, 4, 2), "8.4"),
        ("mysql", (10, 11, 6, "MariaDB", 1), "10.11"),
        ("mysql", (5, 5, 5, 10, 11, 6, "MariaDB"), "10.11"),
        ("mysql", (5, 5, 5), "5.5"),
        ("sqlite", (3, 40, 1), "3.40"),
        ("acmedb", (2024, 7), None),
        ("mysql", (), None),
        ("mysql", None, None),
        ("mysql", "8.0.35-acme", None),
    ],
)
def test_as_many_numbers_are_told_as_tell_releases_apart(name: str, version: Any, server: str | None) -> None:
    """One of PostgreSQL since 10, two of all others; MariaDB's own, not what it says to old clients."""
    dialect = SimpleNamespace(name=name, driver="x", server_version_info=version)
    assert of_engine(SimpleNamespace(dialect=dialect)).server == server


def test_a_driver_that_is_not_published_is_another() -> None:
    """A driver of one's own may have any name."""
    assert of_engine(SimpleNamespace(dialect=SimpleNamespace(name="acmedb", driver="acme"))) == Database(
        "other", "other"
    )


def test_a_report_tells_what_it_has_in_public_forms() -> None:
    """A file may have been written by anybody."""
    told = {"db": "postgresql", "db_driver": "psycopg2", "db_server": "15"}
    assert of_report(told) == Database("postgresql", "psycopg2", "15")
    assert of_report({"db": "klaus", "db_driver": 7, "db_server": "acme"}) == Database("other")
