"""The attacker on the publication: what one installation's secrets are worth is measured, and stated in the documents.

These tests hold what `docs/protection.md` says, in both directions: that the protection protects as far as it is said to,
and that the attacks work as far as it is said that they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench._attacker import _PLUGINS, WEEKS, inject, watch
from bench._versions_attacker import watch_versions
from bench.protection import LOOKS, fleet_of, injected, pairs, unnamed
from headcount.contract import Arrival, Name, Profile
from headcount.ingest import Pseudonymizer
from headcount.questions import PUBLIC_TABLES
from headcount.server.data.records import MOST, SAME
from headcount.warehouse import FloodRule
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import empty_warehouse, load
from tests.support.publishing import publish

UNTIL = date(2026, 10, 25)
PSEUDONYMIZER = Pseudonymizer(b"k" * 32)
SECRET = "buildbot.steps.source.darcs.Darcs"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "protection.md").read_text()
K = 5


@contextmanager
def _fleet(*, secret: bool) -> Iterator[DuckWarehouse]:
    """A small fleet, and one more installation, which has the plugin that nobody else has or does not."""
    with load(installs=40, days=900, seed=11, until=UNTIL) as loaded:
        plugins = ((Name("buildbot.steps.shell.ShellCommand", 0), 2), *(((Name(SECRET, 0), 1),) if secret else ()))
        content = Profile("stock", "basic", plugins=plugins).canonical()
        arrivals = [
            Arrival(_noon(year, month, 1), PSEUDONYMIZER.install("target"), PSEUDONYMIZER.profile(content), content)
            for year, month in ((2025, 10), (2025, 11), (2026, 6))
        ]
        loaded.warehouse.load(arrivals, inbox="target", through=1)
        yield loaded.warehouse


@pytest.mark.ci
def test_who_only_watches_learns_what_is_stated() -> None:
    """Of a year of publications of a fleet of 50: less than if each week's changes were published at once."""
    with closing(fleet_of(50)) as warehouse:
        watched = watch(warehouse, UNTIL, K)
    assert watched.touched > 50
    assert watched.advantage == pytest.approx(_stated("watch_50"), abs=0.1)
    assert watched.advantage < _stated("watch_unbatched_50")


@pytest.mark.soak
def test_pairs_of_classes_would_show_an_installation_as_often_as_is_stated() -> None:
    """Which is why they are not published."""
    with closing(fleet_of(300)) as warehouse:
        assert pairs(warehouse) == pytest.approx(_stated("pairs_300"), abs=5)
    assert not [table for table in PUBLIC_TABLES if table.question == "combinations"]


@pytest.mark.soak
@pytest.mark.parametrize("installs", [50, 100, 300])
def test_who_only_watches_learns_what_is_stated_of_larger_fleets(installs: int) -> None:
    """And of the same publications, if every week were computed anew."""
    with closing(fleet_of(installs)) as warehouse:
        for name, batched in (("watch", True), ("watch_unbatched", False)):
            watched = watch(warehouse, UNTIL, K, batched=batched)
            assert watched.advantage == pytest.approx(_stated(f"{name}_{installs}"), abs=0.1)


def test_series_beside_releases_do_not_tell_who_is_not_named() -> None:
    """By the distribution of the noise: no more than releases alone, where with one noise they would nearly tell."""
    told = unnamed()
    assert {name: round(chance, 3) for name, chance in told.items()} == {
        name: _stated(f"unnamed_{name}") for name in ("alone", "same", "own")
    }
    assert told["own"] == pytest.approx(told["alone"])


@pytest.mark.soak
def test_who_watches_series_too_learns_what_is_stated() -> None:
    """Of the release that an installation took up no more than from releases."""
    with closing(fleet_of(100)) as warehouse:
        watched = watch_versions(warehouse, UNTIL, K)
    assert watched.touched.total() > 50
    assert watched.by_releases == pytest.approx(_stated("releases_100"), abs=0.1)
    assert watched.by_both == pytest.approx(_stated("versions_100"), abs=0.1)
    assert watched.by_both - watched.by_releases < 0.05


@pytest.mark.soak
def test_a_series_and_its_only_named_release_do_not_tell_of_others() -> None:
    """Their figures differ as often where nobody runs another release of the series as where somebody does."""
    with closing(fleet_of(300)) as warehouse:
        watched = watch_versions(warehouse, UNTIL, K)
    assert watched.rest == pytest.approx(_stated("rest_300"), abs=0.1)
    assert watched.by_both - watched.by_releases < 0.05


@pytest.mark.soak
def test_what_few_have_is_in_no_publication_of_a_year() -> None:
    """Who sends nothing never sees that one installation has a plugin that nobody else has."""
    with _fleet(secret=True) as warehouse:
        for week in ("2026-W26", "2026-W43"):
            assert SECRET not in publish(warehouse, week=week, k=K).to_json()


@pytest.mark.soak
@pytest.mark.parametrize("secret", [True, False])
def test_who_sends_reports_of_their_own_learns_it_in_a_year(*, secret: bool) -> None:
    """New installations each week draw the noise again: one figure tells little, the mean of 52 tells the truth."""
    with _fleet(secret=secret) as warehouse:
        warehouse.floods = FloodRule(floor=50)  # or the new installations are set apart
        figures = inject(warehouse, SECRET, UNTIL, k=K, pseudonymizer=PSEUDONYMIZER)
    assert len(figures) == WEEKS
    assert max(figures) - min(figures) >= 4  # a single week's figure is wrong by as much
    assert (sum(figures) / WEEKS > 0.5) == secret


@pytest.mark.parametrize("records", [1, 3, 12])
def test_who_reads_records_learns_what_is_stated(records: int) -> None:
    """Who knows all but whether one installation uses it, of as many looks as a record gives at it."""
    assert injected(LOOKS * records) == pytest.approx(_stated(f"record_{records}"), abs=0.01)
    assert _stated("record_1") < _stated(f"record_{SAME}") == pytest.approx(_stated("inject_13"), abs=0.03)
    assert _stated(f"record_{MOST}") < 1


def test_the_noise_of_installations_that_stay_is_not_averaged_away() -> None:
    """While nobody comes, goes or changes, ten weeks tell no more than one, also where each is computed anew."""
    weeks = [f"2026-W{number}" for number in range(42, 52)]
    with empty_warehouse() as warehouse:
        contents = [Profile("stock", "basic", plugins=((Name(SECRET, depth), 1),)).canonical() for depth in (0, 1)]
        arrivals = [
            Arrival(_noon(2026, month, 1), PSEUDONYMIZER.install(str(one)), one % 2, contents[one % 2])
            for one in range(30)
            for month in (8, 9)
        ]
        warehouse.load(arrivals, inbox="a", through=1)
        published = [publish(warehouse, week=week, k=K, listed=_PLUGINS).tables[0].rows for week in weeks]
    assert published[0][0]["plugin"] == SECRET
    assert published[0][0]["customized"] is not None
    assert all(rows == published[0] for rows in published)


def _noon(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp())


def _stated(name: str) -> float:
    (found,) = re.findall(rf"\| `{name}` \| ([\d.]+) \|", DOCUMENT)
    return float(found)
