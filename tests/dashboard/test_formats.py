"""Answers in every format, and the badge."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import vl_convert

from headcount.contract import CATALOG
from headcount.dashboard import FORMATS, badge
from headcount.dashboard._badge import short
from headcount.dashboard._fields import field_name
from headcount.dashboard._titles import _WAYS
from headcount.dashboard.charts import VEGA_LITE, chart
from headcount.questions import PUBLIC_TABLES, REGISTRY, Answer, Cell, Publication, PublicTable
from tests.support.made_answers import made

DAY = date(2026, 10, 31)


_LIKELY = {"period": "2026-10", "band": "2-5"}


def protected(table: PublicTable, installations: int | None) -> Answer:
    """A table of a publication with two rows of one figure."""
    row: dict[str, Any] = {name: _LIKELY.get(name, f"<{name}>") for name in table.keys}
    row |= dict.fromkeys(table.counts, installations)
    row["share"] = None if installations is None else 0.5
    rows = tuple({name: row[name] for name in _columns(table)} for _ in range(2))
    return Answer(table.question, table.by, "confirmed", DAY, DAY, installations, 1_793_491_199, rows, k=5)


def _columns(table: PublicTable) -> list[str]:
    names: list[str] = []
    for name in table.columns:
        names += [name, "share"] if name == "installations" else [name]
    return names


@pytest.mark.parametrize("installations", [None, 1200])
@pytest.mark.parametrize("table", PUBLIC_TABLES, ids=lambda table: f"{table.question}-{table.by}")
def test_every_table_draws_and_is_written(table: PublicTable, installations: int | None) -> None:
    """Also where no figure of it is said: then there is no bar, and the words stand for the count."""
    answer = protected(table, installations)
    svg = vl_convert.vegalite_to_svg(chart(answer), vl_version=VEGA_LITE)
    assert bool(re.search("mark-(rect|symbol)", svg)) == (
        installations is not None or table.by == "month"
    )  # its key is there
    said = "1,200" if installations else "fewer than 5"
    assert said in FORMATS["table"].render(answer).decode()
    assert f"Share of {said} installations" in answer.caption()
    assert Answer.from_dict(json.loads(answer.to_json())) == answer
    assert ("<5" in answer.to_csv()) == (installations is None)


@pytest.mark.parametrize(("value", "kind"), [("4.3.0", "VARCHAR"), (3, "BIGINT"), (0.5, "DOUBLE"), (None, "VARCHAR")])
def test_a_parquet_column_has_the_type_of_its_values(tmp_path: Path, value: Cell | None, kind: str) -> None:
    """Counts are whole numbers, shares floating ones, also where an answer has no row."""
    rows: tuple[dict[str, Cell | None], ...]
    rows = () if value is None else ({"value": value, "installations": 3, "share": 0.5},)
    answer = Answer("environments", "db", "alive", DAY, DAY, 6, None, rows)
    path = tmp_path / "answer.parquet"
    path.write_bytes(FORMATS["parquet"].render(answer))
    with duckdb.connect(":memory:") as db:
        described = db.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        assert [tuple(column[:2]) for column in described] == [
            ("value", kind), ("installations", "BIGINT"), ("share", "DOUBLE"),
        ]  # fmt: skip
        assert len(db.execute(f"SELECT * FROM '{path}'").fetchall()) == len(rows)


def test_a_picture_stands_alone() -> None:
    """It has a title, and says of whom, of when and how fresh it is; what comes from data is text in it."""
    rows: tuple[dict[str, Cell | None], ...] = ({"version": "<b>4.3.0</b>", "installations": 801, "share": 0.8754},)
    answer = Answer("versions", "buildbot", "seen", DAY, DAY, 915, 1_793_491_092, rows)
    svg = ET.fromstring(FORMATS["svg"].render(answer))
    text = "".join(svg.itertext())
    for part in ("Versions by buildbot", "Share of 915 installations", "2026-10-31 to 2026-10-31", "<b>4.3.0</b>"):
        assert part in text
    assert not [element for element in svg.iter() if element.tag.endswith("}b")]
    assert FORMATS["png"].render(answer).startswith(b"\x89PNG")


def test_a_picture_that_stands_alone_has_a_title_in_words() -> None:
    """Neither the registry's words nor its marks of code."""
    answer = replace(made("drop", "silent", 15), where="plugin = CVS")
    text = " ".join(ET.fromstring(FORMATS["svg"].render(answer)).itertext())
    assert "May we drop it? What if the silent use it more, or less" in text
    assert "`" in answer.caption()
    assert "`" not in text


def test_every_way_that_has_a_title_can_be_asked() -> None:
    """A title of a way that the registry no longer has would never be read."""
    assert all(by in REGISTRY[question].by for question, by in _WAYS)


def test_every_field_has_a_name() -> None:
    """Which is none of the catalog's own with a dot or an underscore."""
    names = [field_name(field.path) for field in CATALOG]
    assert len({*names}) == len(names)
    assert not [name for name in names if "_" in name or "." in name]


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (5, "5"), (949, "949"), (999, "999"), (1000, "1.0k"), (2345, "2.3k"), (9949, "9.9k"), (9950, "10k"),
        (45_499, "45k"), (999_499, "999k"), (1_000_000, "1.0M"), (2_340_000, "2.3M"),
    ],
)  # fmt: skip
def test_a_count_is_short(count: int, says: str) -> None:
    """Three digits at most."""
    assert short(count) == says


def test_the_badge_says_that_too_few_are_alive() -> None:
    """Or that nothing is published."""
    states = next(table for table in PUBLIC_TABLES if table.by == "state")
    few = protected(states, None)
    rows = tuple({**row, "state": "alive"} for row in few.rows)
    table = Answer("installs", "state", "confirmed", DAY, DAY, None, None, rows, k=5)
    publication = Publication("2026-W43", 5, (table,), "2026-W43")
    assert ET.fromstring(badge(publication)).attrib["aria-label"] == "installations alive: fewer than 5"
    assert ET.fromstring(badge(None)).attrib["aria-label"] == "installations alive: not published yet"
