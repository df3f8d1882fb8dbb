"""Of few installations their number and the series of Buildbot are published, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date

import pytest

from headcount import fleet
from headcount.questions import PUBLIC_TABLES, RARE, Publication, _publish, compute
from headcount.questions._public_tables import FEW
from headcount.warehouse import Asking
from tests.support.loaded import Fleet, load
from tests.support.publishing import publish

WEEK, UNTIL = "2026-W43", date(2026, 10, 25)
K = 5


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """A fleet that is small."""
    with load(installs=150, days=420, seed=7, until=UNTIL) as made:
        yield made


@pytest.fixture(scope="module")
def published(loaded: Fleet) -> Publication:
    """All tables of its last week, as of many installations."""
    return publish(loaded.warehouse, week=WEEK, k=K)


def _publication(warehouse: Asking, week: str, before: Publication | None = None) -> Publication:
    """The publication as the server computes it."""
    with warehouse.snapshot() as snapshot:
        return compute(snapshot, week=week, k=K, before=before).publication


def test_of_few_installations_only_their_number_and_the_series_are_published(
    loaded: Fleet, published: Publication
) -> None:
    """With no release of Buildbot, and of no series that few have; each figure has the noise of its cell."""
    few = _publication(loaded.warehouse, WEEK)
    assert [(table.question, table.by) for table in few.tables] == [("installs", "state"), ("versions", "buildbot")]
    state, series = few.tables
    (alive,) = [row for row in published.table("installs", "state").rows if row["state"] == "alive"]
    assert (state.denominator, state.rows) == (published.table("installs", "state").denominator, (alive,))
    assert FEW > int(state.denominator or 0) > K
    versions = [str(row["version"]) for row in series.rows]
    assert {version.count(".") for version in versions if version != RARE} == {1}
    assert "4.3" in versions
    releases = published.table("versions", "buildbot.release")
    assert series == published.table("versions", "buildbot")
    assert series.denominator == releases.denominator
    assert {str(row["version"]).count(".") for row in releases.rows if row["version"] != RARE} == {2}
    assert Publication.from_json(few.to_json()) == few


def test_a_series_counts_all_that_run_one_of_its_releases(loaded: Fleet, published: Publication) -> None:
    """Each has one, so that the noise alone is between the figure and the truth."""
    states = fleet.last_states(
        loaded.truths, basis="confirmed", since=date(2020, 1, 1), until=UNTIL, believed=loaded.believed
    )
    said = [".".join(state.versions["buildbot"].split(".")[:2]) for state in states if "buildbot" in state.versions]
    shown = {
        str(row["version"]): int(str(row["installations"] or 0))
        for row in _publication(loaded.warehouse, WEEK).table("versions").rows
    }
    for series in shown.keys() - {RARE}:
        assert abs(shown[series] - said.count(series)) <= K
    assert shown.keys() - {RARE} <= set(said)


def test_whether_they_are_few_is_told_by_the_published_number(
    loaded: Fleet, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which tables there are would tell more of the true one."""
    everybody = int(published.tables[0].denominator or 0)
    for few, tables in ((everybody, len(PUBLIC_TABLES)), (everybody + 1, 2)):
        monkeypatch.setattr(_publish, "FEW", few)
        assert len(_publication(loaded.warehouse, WEEK).tables) == tables


def test_what_an_older_headcount_published_of_few_is_not_taken_over(loaded: Fleet, published: Publication) -> None:
    """Where few changed since, the number alone is; what was published of few, or of many, is all taken over."""
    same = _publication(loaded.warehouse, WEEK, published)
    assert [(table.question, len(table.rows)) for table in same.tables] == [("installs", 1)]
    assert same.tables[0].denominator == published.tables[0].denominator
    few = _publication(loaded.warehouse, WEEK)
    assert _publication(loaded.warehouse, WEEK, few).tables == few.tables
    large = dataclasses.replace(published.tables[0], denominator=FEW)
    many = dataclasses.replace(published, tables=(large, *published.tables[1:]))
    assert _publication(loaded.warehouse, WEEK, many).tables == many.tables
