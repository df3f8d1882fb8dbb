"""One way to fail over a cluster: every route and every command while a shard is away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headcount.warehouse.clickhouse import ClickHouseWarehouse, read_address
from tests.support.clickhouse import NAME, PASSWORD, USER, Cluster, clickhouse_missing
from tests.support.command import headcount
from tests.support.reports import REPORTS, report
from tests.support.requires import require
from tests.support.routes import all_routes
from tests.support.serving import serving
from tests.support.waiting import wait_until
from tests.support.walks import SECRET, walk_commands, walk_routes


@pytest.mark.soak
def test_a_shard_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are taken; what needs the warehouse is a page or JSON with 503, or one sentence, and never of a part.

    A server starts meanwhile too; what it took is loaded once the shard is back.
    """
    require(clickhouse_missing())
    monkeypatch.setenv("HEADCOUNT_WAREHOUSE_PASSWORD", PASSWORD)
    routes = all_routes(tmp_path / "routes")
    data = tmp_path / "data"
    with Cluster(tmp_path / "cluster") as cluster:
        url = f"clickhouse://{USER}@127.0.0.1:{cluster.ports[0]}/headcount?cluster={NAME}"
        simulate = ("simulate", "--installs=80", "--days=100", f"--into={data}", f"--warehouse={url}")
        for arguments in (simulate, ("publish", f"--data={data}"), ("token", f"--data={data}")):
            done = headcount(*arguments)
            assert done.returncode == 0, done.stderr
        alone = shutil.copytree(data, tmp_path / "alone")
        with serving(data, tmp_path / "stderr") as server:
            before = server.ask("installs")["denominator"]
            cluster.kill(1)
            assert server.post(REPORTS, report(1), {"Headcount-Secret": SECRET}).status == 202
            statuses = walk_routes(server, routes)
            assert (statuses.pop("POST /sign-out"), statuses.pop("POST /next")) == ([303, 303], [400, 400])
            assert {status for each in statuses.values() for status in each} <= {200, 404, 503}
            needs = {path for path, each in statuses.items() if 503 in each} - {"/readyz"}
            assert {"/", "/questions/{name}", "/api/ask/{question}"} <= needs
            for path in ("/public", "/public/api/{question}", "/metrics", "/privacy", "/healthz"):
                assert statuses[path] == [200, 200]
            walk_commands(data, tmp_path / "out", served=True)
            assert "Traceback" not in server.stop()
        walk_commands(alone, tmp_path / "more", served=False)
        with serving(data, tmp_path / "again") as server:
            assert server.post(REPORTS, report(2)).status == 202
            cluster.restart(1)
            warehouse = ClickHouseWarehouse(read_address(url, PASSWORD))

            def loaded() -> bool:
                with warehouse.snapshot() as snapshot:
                    return bool(len(snapshot.query("SELECT install FROM births", {})) >= before + 2)

            wait_until(loaded, "what was taken meanwhile is loaded")
            warehouse.close()
