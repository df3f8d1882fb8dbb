"""The Office for National Statistics' own package publishes the same counts from our table of noise and our record keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

import pandas as pd
import pytest
from cell_key_perturbation.create_perturbed_table import create_perturbed_table

from headcount.fleet import Truth
from headcount.fleet.oracle.population import population
from headcount.ingest import Pseudonymizer
from headcount.questions import RARE, Publication
from headcount.questions._perturbation import KEYS, Perturbation
from headcount.questions._protection import Protection, Tallies, Tally, fold
from headcount.questions._public_tables import public_table
from tests.support.loaded import Fleet, load
from tests.support.publishing import publish

UNTIL, WEEK, K = date(2026, 10, 25), "2026-W43", 5


def noise(count: int, key: int) -> int:
    """Read it off our weights: it is the first whose cumulated weight is above the key."""
    weights = Perturbation(K).weights(count)
    return next(by for by, upto in zip(weights, accumulate(weights.values()), strict=True) if key < upto)


def published(data: pd.DataFrame, columns: list[str]) -> dict[tuple[str, ...], tuple[int, int | None]]:
    """Return the true and the published count of each cell, None for one under k, as the package counts.

    Its table of noise has a row for each count and key, of which ours would have 2**32 for each count; so it is given those
    that it asks for, once it has added up the keys of the cells.
    """
    ends = pd.DataFrame({"pcv": [1, 1], "ckey": [0, KEYS - 1], "pvalue": [0, 0]})

    def table(ptable: pd.DataFrame) -> pd.DataFrame:
        return create_perturbed_table(data, ptable, [], columns, "record_key", threshold=K)

    asked = table(ends).query("pre_sdc_count > 0")[["pcv", "ckey"]].drop_duplicates()
    asked["pvalue"] = [noise(count, key) for count, key in zip(asked["pcv"], asked["ckey"], strict=True)]
    unasked = ends[~ends.set_index(["pcv", "ckey"]).index.isin(asked.set_index(["pcv", "ckey"]).index)]
    return {
        tuple(row[column] for column in columns): (
            row["pre_sdc_count"],
            None if pd.isna(row["count"]) else int(row["count"]),
        )
        for row in table(pd.concat([asked, unasked])).to_dict("records")
    }


def told(data: pd.DataFrame, columns: list[str]) -> dict[tuple[str, ...], int | None]:
    """Return the published cells: names on fewer than k, before or after the noise, are `RARE` in their column."""
    folded = data.copy()
    for column in columns:
        counts = published(data, [column])
        rare = [name for (name,), (true, shown) in counts.items() if true < K or shown is None]
        folded[column] = folded[column].where(~folded[column].isin(rare), RARE)
    return {cell: shown for cell, (_, shown) in published(folded, columns).items()}


@pytest.mark.parametrize("seed", range(3))
def test_the_package_gives_the_same_counts(seed: int) -> None:
    """Of made-up installations: small cells and large ones, and the noise of each key."""
    rng = Random(seed)
    names = ["3.9", "3.10", "3.11", "2.7", "3.8", "3.4"]
    versions = rng.choices(names, weights=[400, 60, 20, 7, 4, 2], k=500)
    keys = [rng.getrandbits(32) for _ in versions]
    tallies: dict[tuple[str, ...], dict[str, Tally]] = {}
    for name, key in zip(versions, keys, strict=True):
        before = tallies.get((name,), {}).get("installations", Tally(0, 0))
        tallies[name,] = {"installations": before + Tally(1, key)}
    protection = Protection(K)
    rows = protection.rows(_VERSIONS, fold(protection.named(0, tallies), 0, _checked(tallies)), None)
    theirs = told(pd.DataFrame({"version": versions, "record_key": keys}), ["version"])
    assert {(str(row["version"]),): row["installations"] for row in rows} == {(RARE,): None, **theirs}


_VERSIONS = public_table("versions", "python")


def _checked(tallies: Tallies) -> Tallies:
    assert sum(counts["installations"].count for counts in tallies.values()) == 500
    return tallies


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """A fleet, and its truth."""
    with load(installs=150, days=420, seed=3, until=UNTIL) as made:
        yield made


@pytest.fixture(scope="module")
def confirmed(loaded: Fleet) -> dict[int, Truth]:
    """The last report of whoever the oracle calls confirmed, by the record key of the id."""
    people = population(loaded.truths, date(2020, 1, 1), UNTIL, loaded.believed)
    pseudonymizer = Pseudonymizer(b"k" * 32)
    return {
        pseudonymizer.install(*install.split(" ")) % KEYS: people.installations[install][-1][1]
        for install in people.confirmed()
    }


@pytest.fixture(scope="module")
def publication(loaded: Fleet) -> Publication:
    """All tables of its last week."""
    return publish(loaded.warehouse, week=WEEK, k=K)


@pytest.mark.ci
@pytest.mark.parametrize(
    ("question", "by", "facts"),
    [
        ("versions", "buildbot", ("buildbot",)), ("versions", "python", ("python",)), ("versions", "twisted", ("twisted",)),
        *(("environments", fact, (fact,)) for fact in ("system", "distro", "machine", "implementation", "db", "mq")),
        ("environments", "system,machine", ("system", "machine")), ("environments", "distro,db", ("distro", "db")),
        ("coverage", "level", ("level",)), ("coverage", "sender", ("sender",)),
    ],
)  # fmt: skip
def test_a_publication_is_what_the_package_publishes_of_the_truth(
    confirmed: dict[int, Truth], publication: Publication, question: str, by: str, facts: tuple[str, ...]
) -> None:
    """Of whoever the oracle calls confirmed, by the facts of their last reports and the keys of their ids."""
    records = []
    for key, state in confirmed.items():
        values = [
            _series(fact, state.versions.get(fact)) if question == "versions" else getattr(state, fact)
            for fact in facts
        ]
        if None not in values:
            records.append([*values, key])
    columns = ["value", "with"][: len(facts)]
    theirs = told(pd.DataFrame(records, columns=[*columns, "record_key"]), columns)
    answer = publication.table(question, by)
    names = answer.columns()[: len(facts)]
    ours = {tuple(str(row[name]) for name in names): row["installations"] for row in answer.rows}
    assert {cell for cell, shown in theirs.items() if shown is not None} <= ours.keys()
    assert ours == {cell: theirs.get(cell) for cell in ours}
    assert sum(shown is not None for shown in ours.values()) >= 2


def _series(product: str, version: str | None) -> str | None:
    return None if version is None else ".".join(version.split(".")[: 1 if product == "twisted" else 2])
