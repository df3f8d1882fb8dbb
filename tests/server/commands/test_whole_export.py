"""An export holds all that a warehouse holds: what takes it in whole gives the same answers to every question."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headcount.server.data.directory import open_directory
from headcount.server.data.opened import opened
from headcount.warehouse import Warehouse
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.command import headcount
from tests.support.derivations import Tables, tables_of
from tests.support.requires import require

WAYS = [
    ("installs",),
    ("installs", "--by=month"),
    ("installs", "--by=day"),
    ("versions",),
    ("versions", "--over=month"),
    ("plugins", "--basis=confirmed"),
    ("combinations",),
    ("upgrades",),
    ("coverage",),
    ("drop", "--where=plugin = CVS"),
]
OWN = {"classes", "said", "clock"}
"""What is of a warehouse itself: numbers of classes, and when it was looked at."""


def _run(*arguments: object) -> str:
    done = headcount(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def moved_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data directory with a fleet, movers, floods, an erasure, a retention and a publication; and its export."""
    path: Path = tmp_path_factory.mktemp("whole")
    data = path / "data"
    _run("simulate", "--installs=50", "--days=600", "--seed=3", "--floods=1", f"--into={data}")
    _run("publish", f"--data={data}")
    directory = open_directory(data, create=False)
    with opened(directory) as work:
        (install,), *_ = _rows(work.warehouse, "SELECT install FROM sightings ORDER BY day DESC, install LIMIT 1")
        work.warehouse.erase([install], int(datetime.now(UTC).timestamp()), "a" * 32)
        today = datetime.now(UTC).date()
        assert work.warehouse.expire(today - timedelta(days=580), today - timedelta(days=90))
    _run("export", path / "out", f"--data={data}")
    return data, path / "out"


def _rows(warehouse: Warehouse, sql: str) -> list[tuple[int, ...]]:
    with warehouse.snapshot() as snapshot:
        return snapshot.query(sql, {})


def _held(data: Path) -> Tables:
    with opened(open_directory(data, create=False)) as work:
        found = tables_of(work.warehouse)
        found["published"] = sorted(_rows(work.warehouse, "SELECT install, profile FROM published"))
        found["documents"] = sorted(_rows(work.warehouse, "SELECT name, document FROM documents"))
        assert work.warehouse.receipt("a" * 32) is not None
    found["tombstones"].sort()
    found["reports"].sort()
    found["veterans"].sort()
    return {name: rows for name, rows in found.items() if name not in OWN}


def _new(tmp_path: Path, data: Path) -> Path:
    """Return a data directory with the key of another one."""
    new = tmp_path / "new"
    new.mkdir(mode=0o700, parents=True)
    shutil.copy(data / "pseudonym.key", new)
    return new


def _answers(data: Path) -> list[object]:
    """Return the answers; where they are from is beside them."""
    return [json.loads(_run("ask", *way, "--format=json", f"--data={data}")) for way in WAYS]


@pytest.mark.ci
def test_all_that_is_held_comes_back(moved_out: tuple[Path, Path], tmp_path: Path) -> None:
    """Every table has the same rows; taken in again, they stay the same."""
    data, export = moved_out
    new = _new(tmp_path, data)
    for _ in range(2):
        _run("import", export, f"--data={new}")
        there, here = _held(new), _held(data)
        for name in here:
            assert there[name] == here[name], name


@pytest.mark.soak
def test_a_warehouse_moves_to_a_cluster_and_back(
    moved_out: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same answers in ClickHouse, and in the file of a data directory into which that is exported again."""
    require(clickhouse_missing())
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    data, export = moved_out
    expected = _answers(data)
    new = _new(tmp_path, data)
    with Cluster(tmp_path / "cluster") as cluster:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.ports[0]}/headcount?cluster={NAME}"
        _run("import", export, f"--data={new}", f"--warehouse={url}")
        assert _answers(new) == expected
        _run("export", tmp_path / "again", f"--data={new}")
    back = _new(tmp_path / "back", data)
    _run("import", tmp_path / "again", f"--data={back}")
    there, here = _held(back), _held(data)
    for name in here:
        assert there[name] == here[name], name
    assert _answers(back) == expected
