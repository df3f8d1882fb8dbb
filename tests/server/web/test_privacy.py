"""The list of what is kept, against what the warehouse has tables for."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from bench.protection import unique
from headcount.dashboard import SiteState
from headcount.server.data.contents import contents
from headcount.server.web.privacy import UNIQUE, privacy_page
from headcount.warehouse.duckdb import DuckWarehouse

_SIGHTINGS = "for each pseudonym and day, which configuration was reported"
_FLOODS = "of a day on which far more came than was to be expected"
_SAYS = {
    **dict.fromkeys(
        (
            "sightings",
            "profiles",
            "classes",
            "month",
            "latest",
            "first",
            "births",
            "spells",
            "pair_sightings",
            "repeats",
        ),
        _SIGHTINGS,
    ),
    **dict.fromkeys(("origins", "pairs"), "for each pseudonym with a secret"),
    **dict.fromkeys(("quarantine", "comebacks", "crowded"), _FLOODS),
    "veterans": "which pseudonyms reported before the oldest day",
    "anonymous": "without an install id",
    "later": "a time that the collector's clock had not reached",
    "reports": "a keyed hash of each report's id",
    "drops": "of what was thrown away",
    "published": "which pseudonyms are in the last tables",
    "receipts": "for each erasure",
    "tombstones": "the pseudonym of who was erased",
}
_OF_NO_INSTALLATION = {"documents", "daily", "floods", "facts", "marks", "migrations"}


def test_each_table_is_on_the_privacy_page() -> None:
    """A new one has to be said there, or to hold nothing of an installation; and no row is of a table that is gone."""
    with closing(DuckWarehouse(":memory:")) as warehouse, warehouse.snapshot() as snapshot:
        tables = {str(name) for (name,) in snapshot.query("SELECT table_name FROM duckdb_tables()", {})}
        columns = snapshot.query(
            "SELECT table_name FROM duckdb_columns() WHERE column_name IN ('install', 'profile')", {}
        )
    assert tables == _SAYS.keys() | _OF_NO_INSTALLATION
    assert _OF_NO_INSTALLATION.isdisjoint(str(table) for (table,) in columns)
    listed = [each.what for each in contents(793, "the warehouse", shared=False) if each.where == "the warehouse"]
    assert {phrase: sum(phrase in what for what in listed) for phrase in _SAYS.values()} == dict.fromkeys(
        _SAYS.values(), 1
    )
    assert len(listed) == len(set(_SAYS.values()))


def test_the_page_says_what_a_stolen_database_tells() -> None:
    """By a configuration a row is found, and by an id none; the document says the same. A small fleet has about as many."""
    assert abs(unique(100) - UNIQUE / 100) < 0.05
    page = privacy_page("", 793, "the warehouse", SiteState(), shared=False)
    assert f"<code>basic</code>, {UNIQUE} had a configuration that no other one had" in page
    assert "Nobody finds a row by the install id without the key" in page
    document = (Path(__file__).parents[3] / "docs" / "protection.md").read_text()
    (stated,) = re.findall(r"^\| `unique_3000` \| ([\d.]+) \|", document, re.MULTILINE)
    assert round(100 * float(stated)) == UNIQUE


def test_the_page_says_how_long_a_shared_warehouse_holds() -> None:
    """Whole months go there, of each table from which something goes by the retention; over a file no page says so."""
    pages = {shared: privacy_page("", 793, "the warehouse", SiteState(), shared=shared) for shared in (False, True)}
    assert pages[True].count("793 days and up to a month more") == pages[False].count("793 days") == 7
    assert "a month more" not in pages[False]


@pytest.mark.ci
def test_the_figure_of_the_page_is_that_of_a_fleet() -> None:
    """Of as many masters as it says."""
    assert round(100 * unique(3000)) == UNIQUE
