"""Protection of a table, pure: what comes out never says what it must not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.questions import PUBLIC_TABLES, RARE, REGISTRY
from headcount.questions._perturbation import Perturbation
from headcount.questions._protection import Protection, Tallies, Tally, _ordered, fold
from headcount.questions._public_tables import Names, public_table

VERSIONS = public_table("versions", "python")
DATABASES = public_table("environments", "db")
BANDS = public_table("plugins", "bands")
STATES = public_table("installs", "state")
TALLY = st.builds(Tally, st.integers(1, 40), st.integers(0, 2**45))


def versions(tallies: dict[str, Tally]) -> Tallies:
    """A table of versions."""
    return {(name,): {"installations": tally} for name, tally in tallies.items()}


@given(found=st.dictionaries(st.text(min_size=1, max_size=5), TALLY, max_size=12), k=st.integers(2, 12))
def test_no_count_and_no_name_under_k_comes_out(found: dict[str, Tally], k: int) -> None:
    """A name is said only where it is on k installations; no figure is under k, nor further than k from the truth."""
    protection = Protection(k)
    tallies = versions(found)
    said = protection.named(0, tallies)
    rows = protection.rows(VERSIONS, fold(said, 0, tallies), 100)
    assert [row["version"] for row in rows][-1] == RARE
    for row in rows[:-1]:
        true = found[str(row["version"])]
        shown = row["installations"]
        assert true.count >= k
        assert isinstance(shown, int)
        assert k <= shown
        assert abs(shown - true.count) <= k
    rest = sum((tally for name, tally in found.items() if name not in said), Tally(0, 0))
    assert rows[-1]["installations"] == protection.figure(rest)


def test_a_name_is_said_from_k_on() -> None:
    """Where the true count is k or more, and what is shown of it too; what stands for the rare ones is no name."""
    protection = Protection(5)
    keys = [place * 2**27 for place in range(32)]
    assert {protection.figure(Tally(5, key)) for key in keys} >= {None, 5, 6}
    for count in (3, 4, 5, 6):
        for key in keys:
            tallies = versions({"a": Tally(count, key), RARE: Tally(40, key)})
            said = count >= 5 and protection.figure(Tally(count, key)) is not None
            assert protection.named(0, tallies) == ({"a"} if said else set())


def test_what_is_folded_keeps_its_other_columns() -> None:
    """Those before the name and those behind it; what falls together is added up."""
    one, two = {"installations": Tally(1, 3)}, {"installations": Tally(2, 4)}
    tallies: Tallies = {("a", "x", "u"): one, ("b", "x", "u"): two, ("c", "x", "u"): one, ("c", "y", "v"): two}
    both = {"installations": Tally(3, 7)}
    assert fold({"a"}, 0, tallies) == {("a", "x", "u"): one, (RARE, "x", "u"): both, (RARE, "y", "v"): two}
    moved: Tallies = {(place, name, last): tally for (name, place, last), tally in tallies.items()}
    assert fold({"a"}, 1, moved) == {("x", "a", "u"): one, ("x", RARE, "u"): both, ("y", RARE, "v"): two}


def test_the_largest_names_come_first_and_the_rare_last() -> None:
    """By the sum of what is shown of each: what is not shown adds nothing."""
    shown = [(RARE, 90), ("a", 11), ("a", None), ("b", 6), ("b", 6), ("z", 13), ("z", None), ("c", 12)]
    ordered = _ordered([{"name": name, "installations": count} for name, count in shown], (Names("name"),))
    assert [row["name"] for row in ordered] == ["z", "z", "b", "b", "c", "a", "a", RARE]


def test_versions_come_in_their_order_and_the_rare_last() -> None:
    """The newest first, whatever their counts."""
    shown = [("3.9", 90), (RARE, 99), ("3.10", 6), ("2.7", None), ("4", 5)]
    ordered = _ordered(
        [{"version": name, "installations": count} for name, count in shown], (Names("version", newest_first=True),)
    )
    assert [row["version"] for row in ordered] == ["4", "3.10", "3.9", "2.7", RARE]


@given(found=st.dictionaries(st.sampled_from(["a", "b", "c"]), TALLY), k=st.integers(2, 12))
def test_the_order_is_that_of_what_is_shown(found: dict[str, Tally], k: int) -> None:
    """The order of the rows says nothing more than their figures do."""
    protection = Protection(k)
    tallies = versions(found)
    rows = protection.rows(DATABASES, fold(protection.named(0, tallies), 0, tallies), 100)[:-1]
    assert rows == sorted(rows, key=lambda row: (-int(str(row["installations"])), str(row["value"])))
    versioned = protection.rows(VERSIONS, fold(protection.named(0, tallies), 0, tallies), 100)[:-1]
    assert sorted(str(row["version"]) for row in versioned) == sorted(str(row["value"]) for row in rows)


def test_who_is_in_nothing_is_not_told_from_who_is_in_little() -> None:
    """Where the values of a column are known to all, each has its row, whether nobody or one is in it."""
    nobody = Protection(5).rows(STATES, {}, None)
    one = Protection(5).rows(STATES, {("new",): {"installations": Tally(1, 0)}}, None)
    assert nobody == one
    assert [row["state"] for row in nobody] == ["alive", "new", "lapsed"]
    assert {row["installations"] for row in nobody} == {None}
    assert {row["share"] for row in nobody} == {None}


def test_a_name_that_is_said_has_all_its_bands() -> None:
    """And so has `rare`, of every kind: no band is missing because nobody is in it."""
    some = {"installations": Tally(40, 7)}
    tallies: Tallies = {("x.Step", "step", "1"): some, (RARE, "step", "1"): some}
    rows = Protection(5).rows(BANDS, tallies, 50)
    step = [row for row in rows if row["plugin"] == "x.Step"]
    assert [row["band"] for row in step] == list(BANDS.values["band"])
    assert [row["installations"] is None for row in step] == [False, True, True, True, True]
    assert len(rows) == 5 + 5 * len(BANDS.names[0].of["kind"])


@given(a=TALLY, b=TALLY)
def test_the_same_installations_have_the_same_figure(a: Tally, b: Tally) -> None:
    """Whether they are counted as one cell, or added up from two."""
    protection = Protection(5)
    assert protection.figure(a + b) == protection.figure(Tally(a.count + b.count, (a.key + b.key) % 2**32))


def test_a_share_is_of_the_published_denominator_and_at_most_all() -> None:
    """It is computed from what is published, so that it says nothing more."""
    protection = Protection(5)
    tallies: Tallies = {("alive",): {"installations": Tally(40, 0)}}
    shown = protection.figure(Tally(40, 0))
    assert shown is not None
    assert protection.rows(STATES, tallies, 300)[0]["share"] == round(shown / 300, 4)
    assert protection.rows(STATES, tallies, 10)[0]["share"] == 1.0
    assert protection.rows(STATES, tallies, None)[0]["share"] is None


def test_the_public_tables_are_of_the_registry_and_of_two_attributes_at_most() -> None:
    """No table is of more, none shows a sum over installations, and each says its columns."""
    assert len({(table.question, table.by) for table in PUBLIC_TABLES}) == len(PUBLIC_TABLES)
    for table in PUBLIC_TABLES:
        assert table.title
        assert 1 <= len(table.attributes) <= 2
        known = [column.name for column in REGISTRY[table.question].by[table.by].shown.columns]
        assert set(table.columns) <= set(known)
        assert set(table.attributes) <= set(table.columns)
        assert "instances" not in table.columns
        decided = {column for names in table.names for column in names.of}
        listed = set(table.values) | decided | {names.column for names in table.names}
        assert listed == set(table.keys) or table.window == "months"
        assert set(table.columns) == set(table.attributes) | decided | {"installations"}


def test_a_release_and_its_series_have_noise_of_their_own() -> None:
    """Or equal figures would tell that nobody in the series runs another release: they are as often equal either way."""
    protection, rng = Protection(5), Random(5)
    series, releases = public_table("versions", "python"), public_table("versions", "python.release")
    same = 0
    for _ in range(1000):
        tally: Tallies = {("3.9",): {"installations": Tally(30, rng.getrandbits(40))}}
        figures = [protection.rows(table, tally, None)[0]["installations"] for table in (series, releases)]
        assert protection.rows(releases, tally, None) == protection.rows(releases, tally, None)
        same += figures[0] == figures[1]
    weights = Perturbation(5).weights(30)
    assert same / 1000 == pytest.approx(sum((weight / 2**32) ** 2 for weight in weights.values()), abs=0.05)
