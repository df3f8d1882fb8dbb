"""What is compared: classes, series of releases, and what installations run on."""

from __future__ import annotations

from collections.abc import Mapping

from headcount.questions._kinds import KINDS_AT_FULL
from headcount.questions._question import Cell, Column, Row
from headcount.questions._series import series, width

TABLES = ("classes", "series", "environments")
"""The tables, in their order."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "series": ("buildbot", "python", "twisted"),
    "environments": ("distro", "db", "system", "mq"),
}
"""The tables of attributes of which an installation has one value, with these in the order of their statements."""

CLASSES = {"compared_parts": "classes", "asked_for": "asked_kinds", "whose": "everything"}
SERIES = {"compared_parts": "versions_of", "asked_for": "unasked", "attributes": "4", "whose": "everything"}
ENVIRONMENTS = {"compared_parts": "environments_of", "asked_for": "unasked", "attributes": "4", "whose": "everything"}
"""What fills the statements for each table."""

ASKED = 3
"""The place, after those of the series, of what an installation was asked: a sum of `BITS`."""

BITS = (1, 2, 4, 8, 16)

_BITS = {"www": 2, "configurator": 4, "factory": 8, **dict.fromkeys(KINDS_AT_FULL, 16)}


def class_bit(kind: str) -> int:
    """Return the power of two that stands for the kind in what an installation was asked (``asked_kinds``)."""
    return _BITS.get(kind, 1)


def attribute_columns(table: str) -> tuple[Column, ...]:
    """Return the columns that say what a row is about."""
    if table == "series":
        return Column("attribute", "buildbot, python or twisted"), Column("version", "a series of it")
    return Column("attribute", "distro, db, system or mq"), Column("value", "a value of it")


def named_value(table: str, attribute: str, value: Cell) -> Row:
    """Return the cells of those columns; ``value``: as its statement gives it."""
    if table == "series":
        return {"attribute": attribute, "version": series(attribute, int(value) * width(attribute))}
    return {"attribute": attribute, "value": value}
