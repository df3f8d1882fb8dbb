"""The long runs: the same properties as in the short ones, many more times."""

from __future__ import annotations

from datetime import date

import pytest

from tests.questions.test_conformance import WAYS, WINDOWS, load, oracle_agrees


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_every_answer_of_twenty_fleets_is_the_oracles(seed: int) -> None:
    """Twenty more fleets, each way to ask of each."""
    with load(installs=200, days=400, seed=1000 + seed, until=date(2021 + seed % 6, 10, 31)) as loaded:
        for way in WAYS:
            oracle_agrees(loaded, *way, windows=[(since, loaded.until) for since, _ in WINDOWS[:1]])
