"""The statements of the conformance suite: all of them keep to the subset, and all of them run on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest

from headcount.questions import REGISTRY, PublicTable
from headcount.questions._sql import compose
from tests.support.conformance import COLUMNS, Asked, answers, each, each_table, public_statements
from tests.support.sql_lint import lint
from tests.support.ways import LATEST, SELECTED, WAYS, Way, statements

NOON = 1_793_448_000  # of the last day of the windows, Unix time


class Listener:
    """An engine that finds nothing, but that data are held since long ago, and keeps the texts that it is asked."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def query(self, sql: str, parameters: Mapping[str, str | int]) -> list[tuple[object, ...]]:
        """Return no rows, but of the statement that asks since when data are held."""
        self.texts.add(sql)
        return [(date(2020, 1, 1),)] if sql == compose("held_since", {}) else []


@pytest.mark.ci
def test_every_statement_keeps_to_the_subset() -> None:
    """What is asked, as it is put together from its fragments, passes the lint."""
    strict: dict[str, Way] = {}
    lenient: dict[str, Way] = {}
    for way, latest in product(WAYS, (False, True)):
        strict |= dict.fromkeys(statements(way, latest=latest), way)
        lenient |= dict.fromkeys(statements(way, latest=latest, once=True), way)
    for sql, way in strict.items():
        assert lint(sql, columns=COLUMNS) == [], str(way)
    for sql, way in lenient.items():
        if sql not in strict:
            assert [each for each in lint(sql, columns=COLUMNS) if ": join-repeats: " not in each] == [], str(way)


@each_table
def test_what_a_publication_asks_keeps_to_the_subset(table: PublicTable) -> None:
    """Its statements, and the one that says of whom it is."""
    for sql in public_statements(table):
        assert lint(sql, columns=COLUMNS) == [], sql


def test_the_ways_that_are_selected_run_every_statement() -> None:
    """Of an engine that holds rows twice, with two thirds of the windows; each question over two at least."""
    listener = Listener()
    for way in SELECTED:
        answers(Asked(listener), way)
    assert frozenset().union(*map(statements, WAYS)) <= listener.texts
    assert len(SELECTED) < sum(len(way.windows) for way in WAYS) * 0.7
    windows = {(way.question, way.windows[0]) for way in SELECTED}
    assert min(Counter(question for question, _ in windows).values()) > 1


@each(LATEST)
def test_the_present_is_asked_of_last_reports(way: Way) -> None:
    """Where the time of the newest report is known, by other statements than over any window.

    An analysis may ask of the past too.
    """
    listener = Listener()
    answers(Asked(listener, NOON), way)
    wanted = statements(way, latest=True)
    of_the_past = statements(way) if REGISTRY[way.question].by[way.by].analysis else frozenset()
    assert wanted & listener.texts
    assert listener.texts >= wanted or listener.texts & of_the_past
    same = statements(way, latest=True) & statements(way)
    assert not [text for text in same if "FROM month" in text and "$quarter" not in text]
