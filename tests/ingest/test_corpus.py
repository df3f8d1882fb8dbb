"""Six public masters report to a real server: as stock does, and as we do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import corpus
from tests.support.reports import PHONE_HOME, REPORTS
from tests.support.serving import Served, serving

PATHS: dict[corpus.Form, tuple[str, int]] = {"stock": (PHONE_HOME, 200), "ours": (REPORTS, 202)}
"""Form → where it is posted, and the status with which it is accepted."""


@pytest.mark.ci
def test_real_masters_are_counted_on_both_paths(tmp_path: Path) -> None:
    """Each is accepted and nothing of it scrubbed; steps, builders and workers are as many as in the configurations, and
    the same masters under other ids, in the other form, add as many again.
    """
    with serving(tmp_path / "data", tmp_path / "stderr") as server:
        for turn, (form, (path, accepted)) in enumerate(PATHS.items(), 1):
            for number, project in enumerate(corpus.PROJECTS):
                body = {**corpus.body(project, form), "installid": f"{turn:020x}{number:020x}"}
                assert server.post(path, body).status == accepted, project
            server.wait_for_installations(turn * len(corpus.PROJECTS))
            assert _rows(server, "coverage", "scrubbed") == []
            steps = sum(corpus.STEPS.values()) - sum(corpus.JANITOR_STEPS.values())
            janitors = sum(count > 0 for count in corpus.JANITOR_STEPS.values())  # each with a builder of its own
            assert _instances(server, "sizes", "steps") == turn * steps
            assert _instances(server, "sizes", "builders") == turn * (sum(corpus.BUILDERS.values()) - janitors)
            assert _instances(server, "plugins", "step") == turn * steps
            assert _rows(server, "plugins", "other") == []
            bands = {row["band"]: row["installations"] for row in _rows(server, "sizes", "steps")}
            assert sum(bands.values()) == turn * len(corpus.PROJECTS)
        assert server.stop() == ""


def _rows(server: Served, question: str, by: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = server.ask(question, by=by)["rows"]
    return rows


def _instances(server: Served, question: str, by: str) -> int:
    return sum(row["instances"] for row in _rows(server, question, by))
