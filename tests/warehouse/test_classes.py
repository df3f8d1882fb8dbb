"""Profiles hold the numbers of classes, and those stand for the same names for ever."""

from __future__ import annotations

from contextlib import closing

import pytest

from headcount.contract import Arrival, Name, Profile, vocabulary
from headcount.warehouse import WWW
from headcount.warehouse._classes import Classes, plugin_kind
from tests.support.contents import table
from tests.support.engines import Engine

FACTORY = "buildbot.process.factory.BuildFactory"
GIT, CVS = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS"


def test_a_class_keeps_its_number() -> None:
    """A name has one, and another where a field of its own counts it; only what is new or has changed is to be kept."""
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


def test_a_class_is_counted_once_in_whatever_order_its_entries_stand(engine: Engine) -> None:
    """A profile of an export that somebody edited need not be sorted."""
    content = Profile("stock", "basic", plugins=((Name(GIT, 1), 2), (Name(CVS), 1), (Name(GIT), 3))).canonical()
    with closing(engine()) as warehouse:
        warehouse.load([Arrival(1_790_000_000, 1, 1, content)], inbox="a", through=1)
        assert table(warehouse, "profiles", "depths", "counts") == [([0, 0, 1], [1, 3, 2])]


@pytest.mark.clickhouse(recent="ci", cluster="ci")
def test_what_was_erased_leaves_no_profile_when_it_comes_again(engine: Engine) -> None:
    """As in a file of history: neither what it said nor its classes are held."""
    content = Profile("stock", "basic", plugins=((Name(GIT), 1),)).canonical()
    with closing(engine()) as warehouse:
        warehouse.erase([7], 1_790_000_000)
        warehouse.load([Arrival(1_790_000_000, 7, 1, content)], inbox="a", through=1)
        assert table(warehouse, "profiles") == table(warehouse, "sightings") == []
        assert table(warehouse, "classes", "class") == [(1,), (2,), (65_534,), (65_535,)]
        warehouse.load([Arrival(1_790_000_001, 7, 1, content)], inbox="a", through=2)
        assert len(table(warehouse, "profiles")) == 1


def test_a_class_that_its_own_subclasses_alone_tell_of_keeps_its_number(engine: Engine) -> None:
    """Where a function dropped all that is counted, and kept how many classes stand behind it; others are erased."""
    told = Profile("headcount", "custom", "2026.1.1", variety=((Name(GIT), 2),)).canonical()
    other = Profile("headcount", "custom", "2026.1.1", variety=((Name(CVS), 1),)).canonical()
    with closing(engine()) as warehouse:
        arrivals = [Arrival(1_790_000_000, 1, 1, told), Arrival(1_790_000_000, 2, 2, other)]
        warehouse.load(arrivals, inbox="a", through=1)
        warehouse.erase([2], 1_790_000_001)
        held = [name for (name,) in table(warehouse, "classes", "name") if name != "custom"]
    assert held == [GIT]


def test_what_is_private_has_the_numbers_that_the_statements_know() -> None:
    """Whatever is numbered first; what is public follows."""
    classes = Classes()
    numbers = [classes.number(*name) for name in ((GIT, "step"), ("custom", WWW), ("custom", "other"), (GIT, WWW))]
    assert numbers == [3, 2, 1, 4]
    assert [classes.number("custom", kind) for kind in ("configurator", "factory")] == [65_534, 65_535]


def test_a_class_of_a_field_of_its_own_is_none_of_the_plugins() -> None:
    """Though a report may count it there too: each has its number, and the kind that tells them apart."""
    known = vocabulary()
    classes = Classes([(3, FACTORY, "factory"), (4, FACTORY, "other"), (5, GIT, "other")])
    classes.follow(known)
    assert classes.changed.pop(5) == (5, GIT, "step")
    assert {number for number, *_ in classes.changed.values()} <= {1, 2}
    assert (known.kind(FACTORY), plugin_kind(known, FACTORY)) == ("factory", "other")
    assert (classes.number(FACTORY, "factory"), classes.number(FACTORY, "other")) == (3, 4)
