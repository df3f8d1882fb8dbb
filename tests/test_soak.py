"""The long runs: the same properties as in the short ones, many more times."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from tests.contract.test_reading import REPORT
from tests.questions.test_conformance import oracle_agrees
from tests.support.loaded import load
from tests.support.serving import serving
from tests.support.ways import WAYS


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_every_answer_of_twenty_fleets_is_the_oracles(seed: int) -> None:
    """Twenty more fleets, each way to ask of each."""
    with load(installs=200, days=400, seed=1000 + seed, until=date(2021 + seed % 6, 10, 31)) as loaded:
        for way in WAYS:
            oracle_agrees(loaded, way._replace(windows=((None, loaded.until),)))


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_by_kills(tmp_path: Path) -> None:
    """`kill -9` fifty times while reports come and are loaded: what was acknowledged is there, and once."""
    acknowledged = 0
    chance = random.Random(1)
    for _ in range(50):
        with serving(tmp_path / "data", tmp_path / "stderr") as served:
            for _ in range(chance.randrange(1, 40)):
                body = {**REPORT, "installid": f"{acknowledged:040x}"}
                assert served.post("/v1/reports", body).status == 202
                acknowledged += 1
            served.process.kill()
            served.process.wait()
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        served.wait_for_installations(acknowledged)
        git = {row["plugin"]: row for row in served.ask("plugins", by="step")["rows"]}["buildbot.steps.source.git.Git"]
        assert (git["installations"], git["instances"]) == (acknowledged, 2 * acknowledged)
