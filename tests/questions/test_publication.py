"""The publication, computed over a simulated fleet whose truth is known."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from headcount import fleet
from headcount.contract import Arrival, Name, Profile
from headcount.fleet.oracle.population import population
from headcount.ingest import Pseudonymizer
from headcount.questions import (
    PUBLIC_TABLES,
    RARE,
    Cell,
    NotPublished,
    Publication,
    Query,
    TooFew,
    ask,
    compute,
    last_day,
    week_before,
)
from headcount.questions._perturbation import Perturbation
from headcount.questions._public_tables import public_table
from headcount.questions._publish import Computed
from headcount.warehouse import FloodRule
from tests.support.loaded import Fleet, empty_warehouse, load, sightings
from tests.support.publishing import publish

WEEK, UNTIL = "2026-W43", date(2026, 10, 25)
K = 5


@pytest.fixture(scope="module")
def loaded() -> Iterator[Fleet]:
    """A fleet; of its reports some are after the week that is published."""
    with load(installs=250, days=500, seed=7, until=date(2026, 10, 31)) as made:
        yield made


@pytest.fixture(scope="module")
def published(loaded: Fleet) -> Publication:
    """Its publication of the week that ended on the 25th of October."""
    return publish(loaded.warehouse, week=WEEK, k=K)


def test_it_has_every_public_table_and_no_other(published: Publication) -> None:
    """In their order, each with its window, its basis and its threshold."""
    assert [(answer.question, answer.by) for answer in published.tables] == [
        (table.question, table.by) for table in PUBLIC_TABLES
    ]
    for answer in published.tables:
        assert answer.protected
        assert answer.basis == "confirmed"
        assert answer.to_dict()["protected"] is True
        assert answer.until == (date(2026, 9, 30) if answer.by == "month" else UNTIL)
        assert answer.fresh == "2026-10-25T23:59:59Z"  # and not when the last report came
        assert all(list(row) == answer.columns() for row in answer.rows)


@pytest.mark.parametrize(
    "by", ["buildbot", "buildbot.release", "python", "python.release", "twisted", "twisted.release"]
)
def test_each_figure_is_the_truth_with_the_noise_of_its_cell(loaded: Fleet, published: Publication, by: str) -> None:
    """Recomputed from the truth: who is confirmed, their record keys from their raw ids, the sums, the noise."""
    product, _, release = by.partition(".")
    numbers = 3 if release else 1 if product == "twisted" else 2
    pseudonymizer, perturbation = Pseudonymizer(b"k" * 32), Perturbation(K)
    people = population(loaded.truths, date(2020, 1, 1), UNTIL, loaded.believed)
    cells: dict[str, list[str]] = {}
    for install in people.confirmed():
        version = people.installations[install][-1][1].versions.get(product, "")
        cells.setdefault(".".join(version.split(".")[:numbers]), []).append(install)
    cells.pop("", None)
    everybody = [install for those in cells.values() for install in those]

    def figure(installs: list[str]) -> int:
        key = sum(pseudonymizer.install(*install.split(" ")) % 2**32 for install in installs)
        if release and installs != everybody:  # its noise is another than that of the series
            digest = hashlib.blake2b(f"release {key % 2**32}".encode(), digest_size=4).digest()
            key = int.from_bytes(digest, "big")
        return perturbation.perturb(len(installs), key)

    answer = published.table("versions", by)
    shown = {str(row["version"]): row["installations"] for row in answer.rows}
    said = {name: figure(those) for name, those in cells.items() if len(those) >= K and figure(those) >= K}
    rest = figure([install for name, those in cells.items() if name not in said for install in those])
    assert shown == {**said, RARE: rest if rest >= K else None}
    assert answer.denominator == figure(everybody)
    assert len(said) >= 3


def test_rare_plugins_are_installations_with_one_at_least(loaded: Fleet, published: Publication) -> None:
    """Of each kind: an installation with several rare plugins counts once."""
    people = population(loaded.truths, date(2020, 1, 1), UNTIL, loaded.believed)
    states = [people.installations[install][-1][1] for install in people.confirmed()]
    rows = published.table("plugins", "all").rows
    said = {row["plugin"] for row in rows}
    for kind in ("step", "worker", "reporter", "service"):
        true = sum(
            any(base not in said and (state.kinds or {})[base] == kind for base, _ in state.plugins or ())
            for state in states
        )
        (shown,) = [row["installations"] for row in rows if (row["plugin"], row["kind"]) == (RARE, kind)]
        assert abs(true - int(str(shown or 0))) <= 2 * K
        assert shown is None or int(str(shown)) >= K
        if true >= 2 * K:
            assert shown is not None


def test_no_name_on_fewer_than_k_is_in_it(loaded: Fleet, published: Publication) -> None:
    """Not in any table, not anywhere in the file."""
    text = published.to_json()
    unsaid = 0
    for question, by, column in (
        ("plugins", "all", "plugin"), ("plugins", "www", "plugin"), ("versions", "python", "version"),
        ("versions", "python.release", "version"),
    ):  # fmt: skip
        answer = ask(loaded.warehouse, Query(question, by=by, basis="confirmed"), today=UNTIL)
        for row in answer.rows:
            if int(str(row["installations"])) < K and row[column] != "custom":
                unsaid += column == "plugin"
                assert f'"{row[column]}"' not in json.dumps(published.table(question, by).to_dict())
                assert column == "version" or f'"{row[column]}"' not in text
    assert unsaid > 3


def test_all_the_bands_of_a_plugin_are_of_the_same_installations(loaded: Fleet, published: Publication) -> None:
    """Bands stand for the sums that are not published: they add up to the plugin, but for their noise."""
    sums: dict[object, int] = {}
    for row in published.table("plugins", "bands").rows:
        sums[row["plugin"]] = sums.get(row["plugin"], 0) + int(str(row["installations"] or 0))
    for row in published.table("plugins", "all").rows:
        if row["plugin"] != RARE:
            assert abs(int(str(row["installations"])) - sums[row["plugin"]]) <= 5 * 2 * K
    assert "instances" not in published.to_json()


def test_the_same_week_gives_the_same_publication(loaded: Fleet, published: Publication) -> None:
    """No chance is in it, only the keys; it survives being written and read."""
    assert publish(loaded.warehouse, week=WEEK, k=K) == published
    assert Publication.from_json(published.to_json()) == published


def test_where_few_changed_the_week_before_is_published_again(loaded: Fleet, published: Publication) -> None:
    """From then on until k installations came, went or changed; who did is told by nothing that is published."""
    people = population(loaded.truths, date(2020, 1, 1), date(2026, 10, 31), loaded.believed)
    changed = 0
    for reports in people.installations.values():
        before = [truth for day, truth in reports if day <= UNTIL]
        changed += len(before) < len(reports) and (not before or reports[-1][1] != before[-1])
    many = publish(loaded.warehouse, week="2026-W44", k=2, before=dataclasses.replace(published, k=2))
    few = publish(loaded.warehouse, week="2026-W44", k=100, before=published)
    assert 2 <= changed < 100
    assert (many.week, many.computed) == ("2026-W44", "2026-W44")
    assert (few.week, few.computed, few.tables) == ("2026-W44", WEEK, published.tables)
    again = publish(loaded.warehouse, week="2026-W45", k=100, before=few)
    assert again.computed == WEEK


DATED = [public_table("installs", "state"), public_table("installs", "month"), public_table("versions", "buildbot")]
"""Tables of both kinds of windows, and the one of all installations that a publication begins with."""


@contextmanager
def _imported(arrivals: list[Arrival], week: str = WEEK) -> Iterator[tuple[Fleet, Computed]]:
    """A fleet that was published, into which history is imported after that."""
    with load(installs=120, days=500, seed=7, until=UNTIL) as made:
        made.warehouse.floods = FloodRule(floor=50)  # forty installations of one day are no flood
        made.warehouse.rebuild()
        with made.warehouse.snapshot() as snapshot:
            first = compute(snapshot, week=week, k=K, listed=DATED)
        made.warehouse.load(arrivals, inbox="import", through=1)
        yield made, first


@pytest.mark.ci
def test_imported_history_is_published_from_the_next_week_on() -> None:
    """The weeks that were published stay, though the past is another one now; so does a table of the same months."""
    history = sightings(range(1000, 1040), date(2026, 5, 5), date(2026, 6, 6))
    with _imported(history) as (made, first), made.warehouse.snapshot() as snapshot:
        again = publish(made.warehouse, week=WEEK, k=K, listed=DATED)
        assert again != first.publication  # so to compute it again would tell
        second = compute(snapshot, week="2026-W44", k=K, before=first.publication, then=first.states, listed=DATED)
    assert second.publication.computed == "2026-W44"
    old, new = (one.publication.table("installs", "state").denominator for one in (first, second))
    assert new is not None
    assert old is not None
    assert 40 - 2 * K <= new - old <= 40 + 2 * K
    assert second.publication.table("installs", "month").until == date(2026, 10, 31)
    with _imported(history, "2026-W41") as (made, third), made.warehouse.snapshot() as snapshot:
        same = compute(snapshot, week=WEEK, k=K, before=third.publication, then=third.states, listed=DATED).publication
    assert same.computed == WEEK
    assert same.table("installs", "month") == third.publication.table("installs", "month")
    assert same.table("installs", "state") != third.publication.table("installs", "state")


@pytest.mark.ci
def test_imported_history_hides_no_few_changes() -> None:
    """Installations of long ago, whose 13 months end within this week, did not change what was published of the last."""
    leaving = date(2025, 9, 28)
    history = sightings(range(1000, 1040), leaving - timedelta(days=1), leaving)
    one_more = sightings(range(2000, 2001), date(2026, 10, 27), date(2026, 10, 28))
    with _imported([*history, *one_more]) as (made, first), made.warehouse.snapshot() as snapshot:
        taken = compute(snapshot, week="2026-W44", k=K, before=first.publication, then=first.states, listed=DATED)
        unknown = compute(snapshot, week="2026-W44", k=K, before=first.publication, listed=DATED)
    assert (taken.publication.computed, taken.publication.tables) == (WEEK, first.publication.tables)
    assert taken.states is None
    assert unknown.publication.computed == "2026-W44"  # by what is known now of then


def test_of_too_few_nothing_is_published(loaded: Fleet) -> None:
    """Where even the number of all installations would not be said."""
    with empty_warehouse() as empty, pytest.raises(TooFew, match="fewer than 5 confirmed"):
        publish(empty, week=WEEK, k=K)
    with pytest.raises(TooFew):
        publish(loaded.warehouse, week="2020-W01", k=K)


def test_what_is_not_published_is_told(published: Publication) -> None:
    """With what there is."""
    with pytest.raises(NotPublished, match="no table of 'drop' is published: there are those of installs, versions"):
        published.table("drop")
    with pytest.raises(NotPublished, match=r"by 'perl' is not published: it is by buildbot, buildbot\.release, python"):
        published.table("versions", "perl")


@pytest.mark.parametrize("text", ["{}", "[]", '{"publication": 1}', "nonsense", '{"publication": 99}'])
def test_what_is_no_publication_is_refused(text: str) -> None:
    """Also one of a newer Headcount."""
    with pytest.raises(ValueError, match=r"publication|newer|Expecting"):
        Publication.from_json(text)


def test_weeks_are_those_of_iso_8601() -> None:
    """The week to publish is the last one that is over, also at the turn of a year."""
    assert week_before(date(2026, 11, 25)) == "2026-W47"
    assert week_before(date(2026, 11, 23)) == "2026-W47"
    assert week_before(date(2026, 11, 22)) == "2026-W46"
    assert week_before(date(2027, 1, 4)) == "2026-W53"
    assert last_day("2026-W53") == date(2027, 1, 3)
    for wrong in ("2026-W54", "2026-47", "", "2025-W53", "2026-W00"):
        with pytest.raises(ValueError, match="a week is such as 2026-W47"):
            last_day(wrong)


def test_the_oracle_agrees_on_who_is_confirmed(loaded: Fleet, published: Publication) -> None:
    """The figures are of confirmed installations, within the noise of the oracle's count."""
    expected = fleet.answer("installs", loaded.truths, by="state", basis="alive", since=date(2020, 1, 1), until=UNTIL)
    true = {str(row["state"]): int(str(row["installations"])) for row in expected.rows}
    shown = {row["state"]: row["installations"] for row in published.table("installs", "state").rows}
    assert abs(int(str(shown["alive"])) - true["confirmed"]) <= K
    assert true["alive"] - true["confirmed"] > 2 * K


def test_large_counts_stop_no_publication() -> None:
    """Of many installations that say the same, as often as can be said; also where keys are multiplied by it."""
    content = Profile("stock", "basic", plugins=((Name("buildbot.steps.shell.ShellCommand"), 1_000_000),)).canonical()
    noon = int(datetime(2026, 10, 1, 12, tzinfo=UTC).timestamp())
    arrivals = [
        Arrival(noon + day * 86_400, (install << 32) + 0xFFFFFFFF, 1 << 40, content)
        for day in (0, 1)
        for install in range(4_400)
    ]
    with empty_warehouse() as warehouse:
        warehouse.load(arrivals, inbox="a", through=1)
        made = publish(warehouse, week="2026-W41", k=10, listed=[public_table("plugins", "all")])
    assert next((row["plugin"], row["kind"]) for row in made.tables[0].rows) == (
        "buildbot.steps.shell.ShellCommand", "step"
    )  # fmt: skip


def test_releases_that_were_published_before_there_were_series_are_not_taken_for_series(
    loaded: Fleet, published: Publication
) -> None:
    """Where a week is published again because many changed, its old table of this name is of another grain."""
    rows: tuple[dict[str, Cell | None], ...] = ({"version": "4.3.0", "installations": 50, "share": 1.0},)
    old = dataclasses.replace(
        published,
        tables=tuple(
            dataclasses.replace(table, rows=rows, grain=None) if table.by == "buildbot" else table
            for table in published.tables
            if "." not in table.by
        ),
    )
    assert Publication.from_json(old.to_json()) == old
    with loaded.warehouse.snapshot() as snapshot:
        again = compute(snapshot, week=WEEK, k=K, before=old, then={}, listed=PUBLIC_TABLES).publication
    assert again == published
