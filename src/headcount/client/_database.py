"""The database of a master: its type, its driver, and the version of its server, as far as all that is known already."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from headcount.contract import public

_ONE_NUMBER = {"postgresql": 10}  # type of a database → since which release one number tells its releases apart
_MARIADB_AS_MYSQL = (5, 5, 5)  # what MariaDB says before its own version, for old clients


class Database(NamedTuple):
    """A database, in public forms; None for what is unknown."""

    type: str | None = None
    driver: str | None = None
    server: str | None = None


def of_engine(engine: Any) -> Database:
    """Return the database of SQLAlchemy's engine. Asks the server nothing: the engine did so when it connected."""
    dialect = engine.dialect
    kind = _public("db", dialect.name)
    return Database(
        kind, _public("db_driver", dialect.driver), _server(kind, getattr(dialect, "server_version_info", None))
    )


def of_url(url: Any) -> Database:
    """Return the database behind a URL, with the driver that SQLAlchemy takes for it, and no server but SQLite's library.

    All is unknown where the URL is no text, such as a secret.
    """
    if not isinstance(url, str):
        return Database()
    kind = _public("db", url.partition("://")[0].partition("+")[0])
    return Database(kind, _driver(url), _server(kind, sqlite3.sqlite_version_info) if kind == "sqlite" else None)


def of_report(report: dict[str, Any]) -> Database:
    """Return the database that a report told."""
    return Database(*(_public(key, report.get(key)) for key in ("db", "db_driver", "db_server")))


def _driver(url: str) -> str | None:
    from sqlalchemy.engine.url import make_url

    try:
        return _public("db_driver", make_url(url).get_dialect().driver)
    except Exception:  # noqa: BLE001  # no such dialect, and what else SQLAlchemy may raise for an odd URL
        return None


def _server(kind: str | None, version: Any) -> str | None:
    """Return the numbers that tell the releases of a server apart."""
    if not isinstance(version, (tuple, list)):
        return None
    numbers = [number for number in version if isinstance(number, int)]
    if tuple(numbers[:3]) == _MARIADB_AS_MYSQL and len(numbers) > 3:
        numbers = numbers[3:]
    if not numbers:
        return None
    count = 1 if numbers[0] >= _ONE_NUMBER.get(kind or "", numbers[0] + 1) else 2
    return _public("db_server", ".".join(map(str, numbers[:count])))


def _public(path: str, value: Any) -> str | None:
    found = public(path, value)
    return found if isinstance(found, str) else None
