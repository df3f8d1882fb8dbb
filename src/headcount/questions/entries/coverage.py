"""How far to trust all the other answers."""

from __future__ import annotations

from collections import Counter
from datetime import date

from headcount.contract import CATALOG
from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS, whole
from headcount.questions._question import Breakdown, Column, Found, Question, Row, Totals, share

_EPOCH = date(1970, 1, 1).toordinal()


def _every_field(found: Found, totals: Totals) -> list[Row]:
    """All fields in the catalog's order: one that nobody answers is an answer too."""
    counts = {str(path): whole(count) for path, count in found}
    return [
        {
            "value": field.path,
            "installations": counts.get(field.path, 0),
            "share": share(counts.get(field.path, 0), totals.denominator),
        }
        for field in CATALOG
    ]


def _ages(found: Found, totals: Totals) -> list[Row]:
    installations: Counter[int] = Counter()
    for number, count in found:
        age = totals.window.until.toordinal() - (_EPOCH + int(float(str(number))))
        installations[_bands.place(age, _bands.AGES)] += whole(count)
    return [
        {"band": name, "installations": installations[band], "share": share(installations[band], totals.denominator)}
        for band, name in enumerate(_bands.names(_bands.AGES))
        if installations[band]
    ]


def _of_profiles(column: str, meaning: str) -> Breakdown:
    columns = (Column("value", meaning, lambda value: str(value) or "(none)"), INSTALLATIONS)
    return Breakdown("coverage", columns, "everyone", fill={"column": column})


QUESTION = Question(
    "coverage",
    "Coverage",
    "How far to trust all the other answers. By `level` and `sender`: what the last reports are; by `field`: who "
    "answered each; by `scrubbed`: whose values were not public, and how many values; by `vocabulary`: by which "
    "version of the published names our reporters wrote, and for how many masters that, or the server's, was too "
    "old; by `age`: how many days ago an installation was last seen.",
    {
        "level": _of_profiles("level", "basic, full, or custom, where a function changed the report"),
        "sender": _of_profiles("sender", "stock Buildbot's own reporter, or headcount's"),
        "field": Breakdown(
            "coverage.field",
            (Column("value", "a field of the catalog"), INSTALLATIONS),
            "everyone",
            finish=_every_field,
        ),
        "scrubbed": Breakdown(
            "coverage.scrubbed",
            (
                Column("value", "a field; `unknown` for what no field holds"),
                INSTALLATIONS,
                Column("scrubs", "how many values of their last reports were not public", whole),
            ),
            "everyone",
        ),
        "vocabulary": Breakdown(
            "coverage.vocabulary",
            (
                Column("value", "the reporter's version; (none) for stock", lambda value: str(value) or "(none)"),
                INSTALLATIONS,
                Column("newer", "of them, masters that are newer than the names known", whole),
            ),
            "everyone",
        ),
        "age": Breakdown(
            "coverage.age",
            (Column("band", "days since the last report, from and to"), INSTALLATIONS),
            "everyone",
            finish=_ages,
        ),
    },
)
