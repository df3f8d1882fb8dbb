"""Profiles hold the numbers of classes, and those stand for the same names for ever."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from pathlib import Path

import duckdb

from headcount.contract import Arrival, Name, Profile, read_stock, vocabulary
from headcount.warehouse import WWW
from headcount.warehouse._classes import Classes
from headcount.warehouse.duckdb import DuckWarehouse
from headcount.warehouse.duckdb._descriptions import DESCRIBED, DESCRIPTIONS
from headcount.warehouse.duckdb._migrations import migrate, migrations
from tests.support import captures

GIT, CVS = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS"


def test_a_class_keeps_its_number() -> None:
    """A name has one, a plugin of the web interface of that name another; only what is new or has changed is to be kept."""
    classes = Classes([(1, "custom", "other"), (9, GIT, "step")])
    assert (classes.number(GIT, "step"), classes.number("custom", "other"), classes.changed) == (9, 1, {})
    assert (classes.number("custom", WWW), classes.number(CVS, "other"), classes.number(CVS, "step")) == (2, 3, 3)
    assert classes.changed == {2: (2, "custom", WWW), 3: (3, CVS, "step")}
    assert (classes.number(GIT, "other"), classes.number(GIT, "step")) == (9, 9)
    assert classes.changed[9] == (9, GIT, "step")  # what was said last


def test_numbers_that_nobody_has_any_more_are_used_again() -> None:
    """Or who comes, is erased and comes again would use all of them up in the end."""
    classes = Classes([(1, "custom", "other"), (2, "custom", WWW), (4, GIT, "step")])
    assert [classes.number(name, "step") for name in (CVS, GIT, "a", "b")] == [3, 4, 5, 6]


def test_a_class_is_counted_once_in_whatever_order_its_entries_stand() -> None:
    """A profile of an export that somebody edited need not be sorted."""
    content = Profile("stock", "basic", plugins=((Name(GIT, 1), 2), (Name(CVS), 1), (Name(GIT), 3))).canonical()
    with closing(DuckWarehouse(":memory:")) as warehouse:
        warehouse.load([Arrival(1_790_000_000, 1, 1, content)], inbox="a", through=1)
        with warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT depths, counts FROM profiles", {}) == [([0, 0, 1], [1, 3, 2])]


def test_what_was_erased_leaves_no_profile_when_it_comes_again() -> None:
    """As in a file of history: neither what it said nor its classes are held."""
    content = Profile("stock", "basic", plugins=((Name(GIT), 1),)).canonical()
    with closing(DuckWarehouse(":memory:")) as warehouse:
        warehouse.erase([7], 1_790_000_000)
        warehouse.load([Arrival(1_790_000_000, 7, 1, content)], inbox="a", through=1)
        with warehouse.snapshot() as snapshot:
            for table in ("profiles", "sightings"):
                assert snapshot.query(f"SELECT * FROM {table}", {}) == []
            assert snapshot.query("SELECT class FROM classes ORDER BY class", {}) == [(1,), (2,)]
        warehouse.load([Arrival(1_790_000_001, 7, 1, content)], inbox="a", through=2)
        with warehouse.snapshot() as snapshot:
            assert len(snapshot.query("SELECT * FROM profiles", {})) == 1


def test_what_is_private_has_the_numbers_that_the_statements_know() -> None:
    """Whatever is numbered first; what is public follows."""
    classes = Classes()
    numbers = [classes.number(*name) for name in ((GIT, "step"), ("custom", WWW), ("custom", "other"), (GIT, WWW))]
    assert numbers == [3, 2, 1, 4]


def test_a_class_is_of_the_kind_that_the_newest_vocabulary_says() -> None:
    """Of what was loaded before too, and without a second row."""
    known = vocabulary()
    profile = Profile("stock", "basic", plugins=((Name(GIT), 1),))
    before = dataclasses.replace(known, kinds={**known.kinds, GIT: "other"})
    with closing(DuckWarehouse(":memory:")) as warehouse:
        for key, vocabulary_then in ((1, before), (2, known)):
            warehouse._vocabulary = vocabulary_then
            warehouse.load([Arrival(1_790_000_000, key, 1, profile.canonical())], inbox="a", through=key)
        with warehouse.snapshot() as snapshot:
            assert snapshot.query("SELECT * FROM classes ORDER BY class", {}) == [
                (1, "custom", "other"),
                (2, "custom", WWW),
                (3, GIT, "step"),
            ]
            assert snapshot.query("SELECT classes FROM profiles ORDER BY profile", {}) == [([3],)]


def test_the_names_of_an_older_warehouse_become_numbers(tmp_path: Path) -> None:
    """Each profile says what it said, and another one can be loaded beside it."""
    path = tmp_path / "w.duckdb"
    profile = read_stock(captures.body("430-rich-full"), vocabulary()).profile
    with closing(DuckWarehouse(":memory:")) as new:
        new.load([Arrival(1_790_000_000, 1, 1, profile.canonical())], inbox="a", through=1)
        with new.snapshot() as snapshot:
            (expected,) = snapshot.query(DESCRIPTIONS, {})
    with closing(duckdb.connect(str(path))) as db:
        migrate(db, "old", {number: sql for number, sql in migrations().items() if number < 31})
        db.execute(
            f"INSERT INTO profiles ({', '.join(DESCRIBED)}) VALUES ({', '.join('?' * len(DESCRIBED))})", expected
        )
    with closing(DuckWarehouse(path)) as migrated:
        other = Profile("stock", "basic", plugins=((Name("custom", 2), 3), (Name(CVS, 1), 1)))
        migrated.load([Arrival(1_790_000_000, 2, 2, other.canonical())], inbox="a", through=1)
        with migrated.snapshot() as snapshot:
            first, second = snapshot.query(f"{DESCRIPTIONS} ORDER BY profile", {})
            assert first == expected
            assert dict(zip(DESCRIBED, second, strict=True))["names"] == [CVS, "custom"]
            assert snapshot.query("SELECT name, kind FROM classes WHERE class <= 2 ORDER BY class", {}) == [
                ("custom", "other"),
                ("custom", WWW),
            ]
