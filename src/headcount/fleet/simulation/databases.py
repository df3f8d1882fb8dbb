"""Databases: the drivers by which installations use them, and the releases of their servers."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from headcount.fleet._history import dated, newest

_DRIVERS = {
    "sqlite": {"pysqlite": 98, "aiosqlite": 2},
    "postgresql": {"psycopg2": 84, "psycopg": 8, "pg8000": 5, "asyncpg": 3},
    "mysql": {"mysqldb": 60, "pymysql": 36, "mysqlconnector": 4},
}
_RELEASES = {
    "sqlite": "3.7 2014-01-01 3.22 2018-02-01 3.31 2020-04-01 3.34 2021-08-01 3.40 2023-06-01 3.45 2024-04-01 "
    "3.46 2025-08-01",
    "postgresql": "9.4 2014-12-18 9.6 2016-09-29 10 2017-10-05 11 2018-10-18 12 2019-10-03 13 2020-09-24 14 2021-09-30 "
    "15 2022-10-13 16 2023-09-14 17 2024-09-26",
    "mysql": "5.5 2010-12-03 5.7 2015-10-21 8.0 2018-04-19 8.4 2024-04-30",
    "mariadb": "10.0 2014-03-31 10.3 2018-05-25 10.6 2021-07-06 10.11 2023-02-16 11.4 2024-05-29",
}  # by SQLite those that distributions had, and their days
_SERVERS = {product: dated(releases) for product, releases in _RELEASES.items()}
_UNKNOWN = 0.06  # the share of engines that do not know what server they are connected to


class Database(NamedTuple):
    """A driver, and what its server is: of which product, and how many days it is behind its releases."""

    driver: str
    product: str
    lag: int
    known: bool

    def server(self, day: int) -> str | None:
        """Return the release of the server on a day, as the engine knows it."""
        version = newest(_SERVERS[self.product], day - self.lag) or _SERVERS[self.product][0][1]
        return ".".join(map(str, version)) if self.known else None


def draw_database(rng: Random, db: str) -> Database:
    """Return the driver and the server of an installation with a database of this kind."""
    drivers = _DRIVERS[db]
    product = "mariadb" if db == "mysql" and rng.random() < 0.5 else db
    (driver,) = rng.choices(list(drivers), list(drivers.values()))
    return Database(driver, product, rng.randint(30, 1500), rng.random() >= _UNKNOWN)
