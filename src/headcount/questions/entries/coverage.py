"""How far to trust all the other answers."""

from __future__ import annotations

from collections import Counter
from datetime import date

from headcount.contract import CATALOG
from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS
from headcount.questions._question import (
    Breakdown,
    Column,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)

LEVELS = ("basic", "full", "custom")
SENDERS = ("stock", "headcount")
_EPOCH = date(1970, 1, 1).toordinal()
_EVERYONE = Scope(denominator="everyone")


def _every_field(results: Results, totals: Totals) -> list[Row]:
    """Return all fields in the catalog's order, those that nobody answered included."""
    counts: dict[str, int] = dict(results)
    return [
        {
            "value": field.path,
            "installations": counts.get(field.path, 0),
            "share": share(counts.get(field.path, 0), totals.denominator),
        }
        for field in CATALOG
    ]


def _ages(results: Results, totals: Totals) -> list[Row]:
    installations: Counter[int] = Counter()
    for number, count in results:
        age = totals.window.until.toordinal() - (_EPOCH + int(number))
        installations[_bands.place(age, _bands.AGES)] += count
    return [
        {"band": name, "installations": installations[band], "share": share(installations[band], totals.denominator)}
        for band, name in enumerate(_bands.names(_bands.AGES))
        if installations[band]
    ]


def _uncounted(results: Results, _: Totals) -> list[Row]:
    """Return the most frequent kinds first; no installation is known of them."""
    rows: list[Row] = [
        {
            "value": f"anonymous, {level}, {sender}" if level else str(kind),
            "installations": 0,
            "share": 0.0,
            "reports": reports,
            "days": days,
        }
        for kind, level, sender, reports, days in results
    ]
    return sorted(rows, key=lambda row: (-int(row["reports"]), str(row["value"])))


def _janitor(left_out: int) -> str:
    return "subtracted" if left_out else "(none)"


def _of_profiles(column: str, meaning: str) -> Breakdown:
    columns = (Column("value", meaning, lambda value: str(value) or "(none)"), INSTALLATIONS)
    return Breakdown(Statement("coverage", fill={"column": column}), _EVERYONE, Shown(columns, sample=False))


QUESTION = Question(
    "coverage",
    "Coverage",
    "How far to trust all the other answers. By `level` and `sender`: what the last reports are; by `field`: who "
    "answered each; by `janitor`: from how many reports what `JanitorConfigurator` adds was left out, which stock "
    "counts, and our own reporter did before schema 2; by `scrubbed`: whose values were not public, and how many values; by "
    "`vocabulary`: by which version of the published names our reporters wrote, and for how many masters that, or the "
    "server's, was too old; by `age`: how many days ago an installation was last seen. Beside what is counted, by "
    "`quarantine`: the days on which more newcomers came than the days before let expect, or than one block of "
    "addresses may bring, which are not counted as confirmed until they come back on a day with room; by "
    "`uncounted`: reports without an install id, and what was thrown away, of each kind at most 10,000 a day.",
    {
        "level": _of_profiles("level", "basic, full, or custom, where a function changed the report"),
        "sender": _of_profiles("sender", "stock Buildbot's own reporter, or headcount's"),
        "janitor": Breakdown(
            Statement("coverage", fill={"column": "janitor"}),
            _EVERYONE,
            Shown(
                (Column("value", "whether the report held what JanitorConfigurator adds", _janitor), INSTALLATIONS),
                sample=False,
            ),
        ),
        "field": Breakdown(
            Statement("coverage.field"),
            _EVERYONE,
            Shown((Column("value", "a field of the catalog"), INSTALLATIONS), _every_field, "coverage", sample=False),
        ),
        "scrubbed": Breakdown(
            Statement("coverage.scrubbed"),
            _EVERYONE,
            Shown(
                (
                    Column("value", "a field; `unknown` for what no field holds"),
                    INSTALLATIONS,
                    Column("scrubs", "how many values of their last reports were not public"),
                ),
                sample=False,
            ),
        ),
        "vocabulary": Breakdown(
            Statement("coverage.vocabulary"),
            _EVERYONE,
            Shown(
                (
                    Column("value", "the reporter's version; (none) for stock", lambda value: str(value) or "(none)"),
                    INSTALLATIONS,
                    Column("newer", "of them, masters that are newer than the names known"),
                ),
                sample=False,
            ),
        ),
        "age": Breakdown(
            Statement("coverage.age"),
            _EVERYONE,
            Shown((Column("band", "days since the last report, from and to"), INSTALLATIONS), _ages, sample=False),
        ),
        "quarantine": Breakdown(
            Statement("coverage.quarantine", fill={"installations": "ever"}),
            Scope(denominator="everyone", bases=("seen",), days=365, whom="ever seen"),
            Shown(
                (
                    Column("period", "a day on which some were set apart, UTC", lambda value: value.isoformat()),
                    Column(
                        "installations",
                        "how many of those that came on that day for the first time were set apart",
                    ),
                    Column("apart", "how many of them still are at the end of the window"),
                    Column("bound", "how many newcomers would have been believed on that day"),
                ),
                chart="floods",
                sample=False,
            ),
        ),
        "uncounted": Breakdown(
            Statement("coverage.uncounted", filtered="coverage.anonymous"),
            Scope(denominator="everyone", bases=("seen",)),
            Shown(
                (
                    Column("value", "anonymous (no install id) by level and sender, or why it was thrown away"),
                    Column("installations", "none: whose they are is not known"),
                    Column(
                        "reports",
                        "how many different ones came in the window; one that is sent again is the same",
                    ),
                    Column("days", "on how many days"),
                ),
                _uncounted,
                chart="reports",
                sample=False,
            ),
        ),
    },
)
