"""A warehouse of before there were pairs is brought up to date: what it holds is judged by the rule of today."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb

from headcount.questions import Query, ask
from headcount.warehouse.duckdb import DuckWarehouse, _migrations
from tests.support.contents import everything, rows
from tests.support.guessers import CVS, GIT, WORKER, Said, arrivals

_OLD = Path(__file__).parent / "warehouse_0001.sql"
"""All rows of a warehouse into which the loader of migration 0001 loaded `REPORTS`, in batches of six."""

_USES_CVS, _USES_GIT = (WORKER, CVS), (WORKER, GIT)
REPORTS = [
    *(Said(date(2026, 1, 1 + install), install, 0, _USES_CVS) for install in range(1, 5)),
    # 1 moved to a secret; somebody guessed the ids 2 and 3; 4 came back to stock.
    *(Said(date(2026, 3, day), 1, 11, _USES_CVS) for day in (1, 2)),
    *(Said(date(2026, 3, day), install, 99, _USES_GIT) for install in (2, 3) for day in (5, 6)),
    *(Said(date(2026, 4, day), 4, 14, _USES_CVS) for day in (1, 2)),
    Said(date(2026, 4, 5), 4, 0, _USES_CVS), Said(date(2026, 4, 5), 1, 11, _USES_CVS),
    *(Said(date(2026, 4, 20), install, 0, _USES_GIT) for install in range(20, 27)),  # a flood
]  # fmt: skip


def test_what_is_held_already_is_judged_by_the_rule_of_today(tmp_path: Path) -> None:
    """It comes to the same tables as loading it now; before, the guesser had taken CVS from two masters."""
    path = tmp_path / "warehouse.duckdb"
    with closing(duckdb.connect(str(path))) as db:
        _migrations.migrate(db, str(path), {1: _migrations.migrations()[1]}, new=True)
        db.execute(_OLD.read_text(encoding="utf-8"))
        assert db.execute("SELECT count(*) FROM moved").fetchone() == (4,)
    with closing(DuckWarehouse(path, "0123456789abcdef")) as warehouse, closing(DuckWarehouse(":memory:")) as now:
        now.load(arrivals(REPORTS), inbox="a", through=1)
        assert everything(warehouse) == everything(now)
        for table in ("floods", "quarantine", "comebacks"):
            assert rows(warehouse, f"FROM {table} ORDER BY ALL") == rows(now, f"FROM {table} ORDER BY ALL")
        assert len(rows(warehouse, "FROM pairs")) == 2
        users = ask(
            warehouse, Query("drop", by="version", where=f"plugin = {CVS}", basis="alive"), today=date(2026, 4, 30)
        )
        assert users.denominator == 4


def test_a_claim_that_is_set_apart_is_judged_when_it_comes(tmp_path: Path) -> None:
    """By what it says first then; until then it is none, though whoever erases the stock id reaches what is set apart."""
    path = tmp_path / "warehouse.duckdb"
    stock, secret = arrivals(Said(date(2026, month, 1), 30, known, _USES_CVS) for month, known in ((3, 0), (6, 11)))
    with closing(duckdb.connect(str(path))) as db:
        _migrations.migrate(db, str(path), {1: _migrations.migrations()[1]}, new=True)
        db.execute(
            "INSERT INTO profiles SELECT 7, 'stock', 'basic', '', ['plugins'], 4003000, 0, 0, 0, '', '', '', '', '', '', "
            "'', 0, [3, 4], [0, 0], [1, 1], [], [], [], [], 0"
        )
        db.execute(f"INSERT INTO classes VALUES (3, '{CVS}', 'step'), (4, '{WORKER}', 'worker')")
        db.execute(
            "INSERT INTO sightings (install, day, profile, second) VALUES (?, '2026-03-01', 7, 5)", [stock.install]
        )
        db.execute("INSERT INTO origins VALUES (?, ?)", [secret.install, stock.install])
        db.execute("INSERT INTO later VALUES (?, 7, 1780000000, 1777000000)", [secret.install])
    with closing(DuckWarehouse(path)) as warehouse:
        assert warehouse.heirs(stock.install) == [secret.install]
        assert rows(warehouse, "FROM pairs") == []
        warehouse.load([secret], inbox="a", through=1)
        assert rows(warehouse, "SELECT install, stock FROM pairs") == [(secret.install, stock.install)]


def test_what_was_published_has_the_names_of_pairs(tmp_path: Path) -> None:
    """So that nothing seems to have changed of who moved; who was counted twice is once from now on, which is a change."""
    path = tmp_path / "warehouse.duckdb"
    with closing(duckdb.connect(str(path))) as db:
        _migrations.migrate(db, str(path), {1: _migrations.migrations()[1]}, new=True)
        db.execute(_OLD.read_text(encoding="utf-8"))
        db.execute("INSERT INTO published SELECT install, 1 FROM births WHERE second < '2100-01-01'")
        before = {install for (install,) in db.execute("SELECT install FROM published").fetchall()}
    moved, twice = (arrivals([REPORTS[place]])[0] for place in (4, 10))
    with closing(DuckWarehouse(path, "0123456789abcdef")) as warehouse:
        published = {install for (install,) in rows(warehouse, "SELECT install FROM published")}
    assert (moved.install in before, {twice.install, twice.stock} <= before) == (True, True)
    assert published == before - {moved.install} | {moved.stock}
