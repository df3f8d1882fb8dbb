"""A backup of a cluster by its own means: what was frozen is copied away, and put back on servers that lost all."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from headcount.warehouse.clickhouse import ClickHouseWarehouse, read_address
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.command import headcount
from tests.support.derivations import Tables, tables_of
from tests.support.requires import require


def _run(*arguments: object) -> str:
    done = headcount(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _held(url: str) -> Tables:
    with closing(ClickHouseWarehouse(read_address(url, PASSWORD))) as warehouse:
        return tables_of(warehouse)


def test_a_file_is_not_frozen(tmp_path: Path) -> None:
    """Of a file there is a backup; a name that could be a path is none."""
    data = tmp_path / "data"
    _run("token", f"--data={data}")
    for name, says in (("kept", "`headcount backup FILE` writes a copy"), ("../kept", "has letters, digits, - and _")):
        done = headcount("freeze", name, f"--data={data}")
        assert (done.returncode, done.stdout) == (1, "")
        assert says in done.stderr


@pytest.mark.soak
def test_what_was_frozen_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, and nothing that came later; the data directory goes on with it, and loads what comes then."""
    require(clickhouse_missing())
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    data = tmp_path / "data"
    with Cluster(tmp_path / "cluster") as cluster:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.ports[0]}/headcount?cluster={NAME}"
        _run("simulate", "--installs=20", "--days=60", f"--into={data}", f"--warehouse={url}")
        said = _run("freeze", "kept", f"--data={data}")
        assert said.startswith(f"127.0.0.1:{cluster.ports[0]}, 127.0.0.1:{cluster.ports[1]} keep what")
        held = _held(url)
        _run("simulate", "--installs=20", "--days=60", "--seed=2", f"--into={data}")
        assert _held(url) != held
        for number, home in enumerate(sorted(tmp_path.glob("cluster/*/*-1/data"))):
            kept = tmp_path / "kept" / str(number)
            shutil.copytree(home / "shadow" / "kept" / "data" / "headcount", kept / "data")
            shutil.copytree(home / "metadata" / "headcount", kept / "metadata")
            cluster.kill(number)
            for place in ("data", "metadata"):  # all is lost, and what was copied is put back
                shutil.rmtree(home / place / "headcount")
                shutil.copytree(kept / place, home / place / "headcount")
        for number in range(2):
            cluster.restart(number)
        assert _held(url) == held
        _run("simulate", "--installs=20", "--days=60", "--seed=2", f"--into={data}")
        after = _held(url)
        assert len(after["births"]) > len(held["births"])
        assert "WRONG" not in _run("doctor", f"--data={data}")
