"""A real master moves from stock's reporter to ours, and uses its rights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import headcount
from tests.support.masters import REPORTING, SMALL, make_master, start
from tests.support.serving import serving

OURS = """
c['buildbotNetUsageData'] = 'full'
c['configurators'] = [util.UsageData(url={url!r})]
"""


def test_a_master_moves_to_our_reporter_and_looks_itself_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one installation; who has both is shown, and erases, what came with the secret until that is confirmed."""
    with serving(tmp_path / "data", tmp_path / "stderr") as server:
        master = make_master(tmp_path / "master", SMALL + REPORTING.format(url=server.url))
        with start(master):
            server.wait_for_installations(1)
        (tmp_path / "master" / "master.cfg").write_text(SMALL + OURS.format(url=server.url))
        with start(master) as running:
            running.wait_for("the collector accepted the report")
        secret = (tmp_path / "master" / "usage-report.secret").read_text().strip()
        report = json.loads((tmp_path / "master" / "usage-report.json").read_text())
        install = (report.get("report") or report)["installid"]
        monkeypatch.setenv("HEADCOUNT_SECRET", secret)
        found = json.loads(headcount("lookup", install, "--url", server.url).stdout)
        assert [held["profiles"][0]["sender"] for held in found["held"]] == ["headcount"]
        assert server.ever_seen() == 1
        assert headcount("erase", install, "--url", server.url).returncode == 0
        assert server.ever_seen() == 1
        assert headcount("erase", install, "--data", tmp_path / "data").returncode == 0
        assert server.ever_seen() == 0
