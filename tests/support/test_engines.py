"""The recent ClickHouse of the conformance suite, `ChdbEngine`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.support.engines import ChdbEngine

VALUES = ("a\\b", "it's", "a\tb\nc", "\\N", "\\'", '"', "100%", "$x", "{x:String}", "--", "ünï ☃ 🐘", "")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChdbEngine]:
    """One engine for all: a process can have no more."""
    made = ChdbEngine(tmp_path_factory.mktemp("chdb"))
    yield made
    made.close()


@pytest.mark.parametrize("value", VALUES)
def test_a_text_comes_back_as_it_went_in(engine: ChdbEngine, value: str) -> None:
    """Nothing in a value is taken for SQL, or for an escape."""
    assert engine.query("SELECT $x AS x, length($x) AS n", {"x": value}) == [(value, len(value.encode()))]


def test_values_keep_their_types(engine: ChdbEngine) -> None:
    """Days are dates, numbers numbers, and no number of 64 bits is rounded."""
    sql = (
        "SELECT $n AS n, toUInt64(18446744073709551615) AS u, toDate($d) AS d, [toDate($d)] AS ds, 0.5 AS f, ['a'] AS s"
    )
    day = date(2026, 10, 2)
    assert engine.query(sql, {"n": -5, "d": "2026-10-02"}) == [(-5, 2**64 - 1, day, [day], 0.5, ["a"])]


def test_a_dollar_in_a_literal_or_a_comment_is_no_parameter(engine: ChdbEngine) -> None:
    """Only what stands in the SQL itself is bound."""
    assert engine.query("SELECT '$x', $x -- $y\n", {"x": 1}) == [("$x", 1)]


def test_a_parameter_without_a_value_is_refused(engine: ChdbEngine) -> None:
    """By us, with its name."""
    with pytest.raises(ValueError, match="without a value: x"):
        engine.query("SELECT $x", {})


def test_it_keeps_tables_and_settings(engine: ChdbEngine) -> None:
    """One session runs through all statements."""
    engine.execute("CREATE TABLE kept (x UInt8) ENGINE = Memory")
    engine.execute("INSERT INTO kept VALUES (1), (2)")
    assert engine.query("SELECT sum(x) FROM kept", {}) == [(3,)]
    assert engine.query("SELECT getSetting('distributed_product_mode')", {}) == [("global",)]
