"""The long runs: the same properties as in the short ones, many more times."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.fleet import Truth
from tests.contract.test_reading import REPORT
from tests.questions import test_small_fleets as small
from tests.questions.test_conformance import oracle_agrees
from tests.support.loaded import load
from tests.support.serving import serving
from tests.support.ways import WAYS, Way


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_every_answer_of_twenty_fleets_is_the_oracles(seed: int) -> None:
    """Twenty more fleets, each way to ask of each."""
    with load(installs=200, days=400, seed=1000 + seed, until=date(2021 + seed % 6, 10, 31)) as loaded:
        for way in WAYS:
            oracle_agrees(loaded, way._replace(windows=((None, loaded.until),)))


@pytest.mark.soak
@settings(max_examples=1500, deadline=None)
@given(
    small.REPORTS,
    st.lists(small.TRUTHS, min_size=4, max_size=4),
    st.lists(st.sampled_from(WAYS), min_size=20, max_size=20, unique_by=str),
    st.tuples(st.sampled_from(small.DAYS), st.sampled_from(small.DAYS)),
)
def test_many_awkward_fleets_are_answered_as_the_oracle_does(
    reports: list[tuple[int, int, int, int]], kinds: list[Truth], ways: list[Way], window: tuple[int, int]
) -> None:
    """1,500 more of them, each asked in twenty ways."""
    small.check(reports, kinds, ways, window)


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
