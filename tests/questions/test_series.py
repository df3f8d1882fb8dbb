"""Series: releases of one line of a product, in the order of versions."""

from __future__ import annotations

from datetime import date

import pytest

from headcount.contract import Release
from headcount.questions import REGISTRY
from headcount.questions._question import Totals
from headcount.questions._series import place, series, width
from headcount.questions._windows import Window

TOTALS = Totals(10, 10, Window(date(2026, 1, 1), date(2026, 1, 31)))


@pytest.mark.parametrize(
    ("product", "release", "name"),
    [
        ("buildbot", (4, 3, 0), "4.3"), ("python", (3, 9, 20), "3.9"), ("twisted", (24, 11, 0), "24"),
        ("sqlalchemy", (2, 0, 41), "2.0"), ("worker", (0, 8, 14), "0.8"),
    ],
)  # fmt: skip
def test_a_release_is_of_a_series(product: str, release: tuple[int, int, int], name: str) -> None:
    """Of Twisted, whose first number is the year, that number; of the others two."""
    number = Release(*release).number
    assert series(product, number) == name
    assert series(product, number // width(product) * width(product)) == name


def test_each_row_has_the_running_total_and_the_end_of_support() -> None:
    """Newest first: a release of 3.10 is newer than all of 3.9, whose releases are one row."""
    finish = REGISTRY["versions"].by["python"].shown.finish
    assert finish is not None
    assert finish([(3_010_001, 2), (3_009_020, 1), (3_009_002, 3), (2_000_000, 1)], TOTALS) == [
        {"version": "3.10", "supported_until": "2026-10-31", "installations": 2, "share": 0.2, "running": 2,
         "running_share": 0.2},
        {"version": "3.9", "supported_until": "2025-10-31", "installations": 4, "share": 0.4, "running": 6,
         "running_share": 0.6},
        {"version": "2.0", "supported_until": "", "installations": 1, "share": 0.1, "running": 7, "running_share": 0.7},
    ]  # fmt: skip


def test_what_is_no_version_has_a_place_too() -> None:
    """A column of published names also holds `rare`."""
    assert sorted(["3.10", "rare", "3.9", "24"], key=place) == ["rare", "3.9", "3.10", "24"]
