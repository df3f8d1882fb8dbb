"""What was held when what `JanitorConfigurator` adds was still counted loses it by a migration, as if it were loaded now."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from headcount.warehouse.duckdb import DuckWarehouse, _janitors
from headcount.warehouse.duckdb._descriptions import DESCRIPTIONS
from headcount.warehouse.duckdb._migrations import migrate, migrations
from tests.support.contents import everything, rows
from tests.support.janitors import HELD, arrivals

_OLD = Path(__file__).parent / "warehouse_0002.sql"
"""All rows of a warehouse into which the wheel before schema 2 (commit 1c40863) loaded `tests.support.janitors`."""
STEP = "buildbot.configurators.janitor.LogChunksJanitor"
_SUMS = "SELECT profile, [list_sum(counts), coalesce(list_sum(builders), 0)] FROM profiles ORDER BY profile"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """That warehouse."""
    path = tmp_path / "warehouse.duckdb"
    with closing(duckdb.connect(str(path))) as db:
        migrate(db, str(path), {number: migrations()[number] for number in (1, 2)}, new=True)
        db.execute(_OLD.read_text(encoding="utf-8"))
    return path


def _is_as_it_was(path: Path) -> bool:
    with closing(duckdb.connect(str(path))) as db:
        held = db.execute("SELECT * FROM profiles ORDER BY profile").fetchall()
        numbers = db.execute("SELECT number FROM migrations ORDER BY 1").fetchall()
        db.execute("CREATE TEMP TABLE profiles AS FROM profiles LIMIT 0")
        (statement,) = [one for one in duckdb.extract_statements(_OLD.read_text()) if "INTO profiles" in one.query]
        db.execute(statement)
        return numbers == [(1,), (2,)] and db.execute("FROM temp.profiles ORDER BY profile").fetchall() == held


def test_what_is_held_already_comes_to_what_is_loaded_now(older: Path) -> None:
    """Each profile under its key, whatever of it is the Janitor's; what the administrator has of the same stays."""
    with closing(DuckWarehouse(older, threads=1)) as warehouse, closing(DuckWarehouse(":memory:", threads=1)) as now:
        now.load(arrivals(), inbox="a", through=12)
        assert rows(warehouse, f"{DESCRIPTIONS} ORDER BY profile") == rows(now, f"{DESCRIPTIONS} ORDER BY profile")
        held, loaded = everything(warehouse), everything(now)
        assert {table: found for table, found in held.items() if table != "profiles"} == {
            table: found for table, found in loaded.items() if table != "profiles"
        }
        told = rows(warehouse, "SELECT janitor FROM profiles ORDER BY profile")
        assert told == [(int(held.added > 0),) for held in HELD]


def test_as_many_are_left_out_as_it_added(older: Path) -> None:
    """Of what each report counts, and of its builders; a Janitor's step in another builder is the administrator's."""
    with closing(duckdb.connect(str(older))) as db:
        before = dict(db.execute(_SUMS).fetchall())
    with closing(DuckWarehouse(older, threads=1)) as warehouse, warehouse.snapshot() as snapshot:
        after: dict[int, list[int]] = dict(snapshot.query(_SUMS, {}))
    lost = [(before[key][0] - after[key][0], before[key][1] - after[key][1]) for key in before]
    assert lost == [(held.added, builders) for held, builders in zip(HELD, (1, 0, 1, 2, 0, 0), strict=True)]


def test_it_says_how_far_it_is_and_runs_once(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches; who opens the warehouse again is told nothing."""
    monkeypatch.setattr(_janitors, "_AT_ONCE", 2)
    said: list[float] = []
    for _ in range(2):
        DuckWarehouse(older, threads=1, progress=lambda _, share: said.append(share)).close()
        assert said == [0.0, 0.4, 0.8, 1.0]
    DuckWarehouse(":memory:", threads=1, progress=lambda _, share: said.append(share)).close()
    assert said == [0.0, 0.4, 0.8, 1.0]


def test_it_can_be_interrupted(older: Path) -> None:
    """Then all is as it was before, and the next one that opens the warehouse does it."""

    def interrupt(_: str, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DuckWarehouse(older, threads=1, progress=interrupt)
    assert _is_as_it_was(older)
    DuckWarehouse(older, threads=1).close()
    assert not _is_as_it_was(older)


def test_killed_within_it_nothing_is_lost(older: Path) -> None:
    """The file is as it was before."""
    kill = (
        "import os, sys; from headcount.warehouse.duckdb import DuckWarehouse\n"
        "def end(what, share):\n    if share == 1: os.kill(os.getpid(), 9)\n"
        "DuckWarehouse(sys.argv[1], threads=1, progress=end)"
    )
    ended = subprocess.run([sys.executable, "-c", kill, str(older)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert _is_as_it_was(older)


def test_what_is_damaged_holds_up_no_other(older: Path) -> None:
    """A profile of a class that has no name any more stays as it is."""
    with closing(duckdb.connect(str(older))) as db:
        db.execute("UPDATE profiles SET classes = list_append(classes, 999), depths = list_append(depths, 0), "
                   "counts = list_append(counts, 1) WHERE profile = 1")  # fmt: skip
        db.execute("UPDATE profiles SET sequences = [['no name']], builders = [1] WHERE profile = 4")
    with closing(DuckWarehouse(older, threads=1)) as warehouse:
        assert warehouse.problem is None
        told = rows(warehouse, "SELECT janitor FROM profiles ORDER BY profile")
        assert told == [(0,), (1,), (1,), (0,), (0,), (0,)]


@pytest.mark.parametrize(
    "damage",
    [
        "sequences = [NULL], builders = [1]",
        "sequences = [[NULL]], builders = [1]",
        f"sequences = [['{STEP}']], builders = [NULL]",
        f"sequences = [['{STEP}']], builders = [4294967295]",
        "counts = list_append(counts[2:], NULL)",
    ],
)
def test_no_damage_keeps_a_warehouse_from_being_opened(older: Path, damage: str) -> None:
    """Nothing where a text or a number was, and a number of builders that nobody has: the others lose the Janitor's."""
    with closing(duckdb.connect(str(older))) as db:
        db.execute(f"UPDATE profiles SET {damage} WHERE profile = 1")
    with closing(DuckWarehouse(older, threads=1)) as warehouse:
        told = rows(warehouse, "SELECT janitor FROM profiles WHERE profile > 1 ORDER BY profile")
        assert told == [(1,), (1,), (1,), (0,), (0,)]


def test_the_wheel_before_says_that_it_is_newer(older: Path) -> None:
    """Whoever goes back to it is told so in a sentence, and the file is left as it is."""
    DuckWarehouse(older, threads=1).close()
    known = {number: migrations()[number] for number in (1, 2)}
    with closing(duckdb.connect(str(older))) as db:
        with pytest.raises(ValueError, match=r"newer Headcount \(migration 6\): install that one"):
            migrate(db, str(older), known)
        assert db.execute("SELECT max(number) FROM migrations").fetchone() == (6,)
