"""Changes of a warehouse in ClickHouse that are interrupted at a statement, and repeated; DuckDB says what they do."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from itertools import count
from types import TracebackType
from typing import NamedTuple, Self

from headcount.contract import Arrival
from headcount.warehouse import FloodRule, Warehouse, WarehouseUnavailable
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from tests.support.contents import COLUMNS, Contents, contents, held_since
from tests.support.engines import duckdb
from tests.support.engines.breaks import Breaks, Killed, Way
from tests.support.engines.databases import Databases
from tests.support.tables import ORIGINS, PROFILES, START

_DAY = 86_400
_RULE = FloodRule(1, 1, 10, 2)
_SECONDS = (0, 60, 300, 43_200, 86_000, 86_390)

Change = Callable[[Warehouse], object]


def batch(rng: random.Random, size: int = 8) -> list[Arrival]:
    """Return reports of all kinds, of eleven installations of which four have a secret, most of them on few days."""
    return [_arrival(rng) for _ in range(size)]


def _arrival(rng: random.Random) -> Arrival:
    install, said = rng.randrange(1, 12), rng.randrange(3)
    received = START + rng.choice([*range(8), 40, 62, 400]) * _DAY + rng.choice([*_SECONDS, rng.randrange(_DAY)])
    what = rng.choice(["report", "report", "report", "repeat", "anonymous", "dropped: too large"])
    if what == "anonymous":
        return Arrival(received, 0, said + 1, PROFILES[said], what=what)
    if what.startswith("dropped"):
        return Arrival(received, rng.randrange(5), 0, b"", what=what)
    stock = ORIGINS.get(install, 0)
    what, report = ("report", rng.randrange(1, 9)) if stock else ("report" if install % 2 else what, 0)
    crowded = install % 2 == 1 and what == "report" and rng.random() < 0.4
    return Arrival(received, install, said + 1, PROFILES[said], stock, report, what, crowded)


def _load(rng: random.Random, number: int) -> Change:
    arrivals, now = batch(rng), rng.choice([None, START + 5 * _DAY])
    return lambda warehouse: warehouse.load(arrivals, inbox="a", through=number, now=now)


def _erase(rng: random.Random, number: int) -> Change:
    installs, until = rng.sample(range(1, 12), 3), START + rng.randrange(8) * _DAY
    return lambda warehouse: warehouse.erase(installs, until, f"receipt {number}")


def _expire(rng: random.Random, _: int) -> Change:
    before, ids_before = date(2026, rng.choice([2, 3]), 1), date(2026, 1, rng.randrange(1, 9))
    return lambda warehouse: warehouse.expire(before, ids_before)


def _move(rng: random.Random, number: int) -> Change:
    since, by = START + rng.randrange(8) * _DAY, rng.choice([-30, -1, 1, 30]) * _DAY
    return lambda warehouse: warehouse.move(f"move {number}", since, since + 2 * _DAY, by)


def _keep_time(rng: random.Random, _: int) -> Change:
    now = START + rng.choice([3, 41, 500]) * _DAY
    return lambda warehouse: warehouse.keep_time(now)


def _rebuild(_rng: random.Random, _: int) -> Change:
    return lambda warehouse: warehouse.rebuild()


def _publish(rng: random.Random, number: int) -> Change:
    states = dict.fromkeys(rng.sample(range(1, 12), 4), 1)
    return lambda warehouse: warehouse.publish(f"week {number}", "{}", states)


CHANGES: Mapping[str, Callable[[random.Random, int], Change]] = {
    "load": _load,
    "erase": _erase,
    "expire": _expire,
    "move": _move,
    "keep time": _keep_time,
    "rebuild": _rebuild,
    "publish": _publish,
}
"""By name, what draws a change, given the number of it."""


class Interrupted(NamedTuple):
    """What became of a change: whether it was interrupted, and the kinds of the statements that were run until then."""

    was: bool
    ran: list[str]


class Twins:
    """A warehouse in ClickHouse and one of DuckDB beside it, to which the same happens."""

    def __init__(self, databases: Databases, seed: int) -> None:
        """Both have the same first loads."""
        self.address = databases.new()
        self._databases = databases
        self._rng = random.Random(seed)
        self._numbers = count(1)
        self._right = duckdb()
        self._right.floods = _RULE
        self._reader = self.open()
        for _ in range(2):
            self.do("load")

    def open(self, address: Address | None = None, breaks: Breaks | None = None) -> ClickHouseWarehouse:
        """Open the warehouse as another process would, which waits for none that is no more."""
        opened = ClickHouseWarehouse(
            address or self.address, connect=breaks.connect if breaks else self._databases.opens
        )
        opened.floods = _RULE
        opened._versions._lease = 0  # whoever is waited for is dead
        return opened

    def do(self, name: str) -> None:
        """Do a change in both, and compare."""
        change = self._draw(name)
        change(self._right)
        change(self._reader)
        self.compare(name)

    def interrupt(self, name: str, way: Way, is_it: Callable[[int, str], bool]) -> Interrupted:
        """Do a change in both, in ClickHouse interrupted; it is there whole or not at all; repeat it, and compare."""
        change = self._draw(name)
        before = _seen(self._reader)
        change(self._right)
        breaks = Breaks(self._databases.opens)
        with closing(self.open(breaks=breaks)) as interrupted:
            breaks.at(way, is_it)
            try:
                change(interrupted)
            except (Killed, WarehouseUnavailable):
                assert breaks.broke
            ran = breaks.ran
        assert _seen(self._reader) in (before, _seen(self._right)), (name, way, ran)
        with closing(self.open()) as another:
            change(another)
        self.compare(name, way, ran)
        return Interrupted(breaks.broke, ran)

    def compare(self, *what: object) -> None:
        """Assert that all tables hold the same."""
        found, right = _seen(self._reader), _seen(self._right)
        for table in right:
            assert found[table] == right[table], (table, *what)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()
        self._right.close()
        self._databases.give_back(self.address.database)

    def _draw(self, name: str) -> Change:
        return CHANGES[name](self._rng, next(self._numbers))


def _seen(warehouse: Warehouse) -> Contents:
    with warehouse.snapshot() as snapshot:
        since = held_since(snapshot)
    names = [name for name in COLUMNS if name != "classes"]  # their numbers depend on when they were erased
    return contents(warehouse, names) | {"held since": [(since,)]}
