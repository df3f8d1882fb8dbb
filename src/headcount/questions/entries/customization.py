"""How far people customize plugins."""

from __future__ import annotations

from collections import Counter, defaultdict

from headcount.contract import BANDS
from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
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

PORTION_NAMES = ("none", *(f"up to {bound} %" for bound in _bands.PORTIONS[1:]))
"""The names of the bands of the portion that is customized."""

_KNOWN = Scope(("plugins",), "known")


def _statement(file: str) -> Statement:
    return Statement(file, fill={"believed": "not_newer"})


def _banded(results: Results, totals: Totals) -> list[Row]:
    installations: Counter[int] = Counter()
    for customized, instances, count in results:
        part = 100 * customized / max(instances, 1)
        installations[_bands.place(part, _bands.PORTIONS)] += count
    return [
        {"band": name, "installations": installations[band], "share": share(installations[band], totals.denominator)}
        for band, name in enumerate(PORTION_NAMES)
    ]


def _varieties(results: Results, totals: Totals) -> list[Row]:
    """Return a row for each class, with how many installations are in each band."""
    banded: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for plugin, least, count in results:
        banded[plugin][least] += count
    rows: list[Row] = [
        {
            "plugin": plugin,
            "installations": counts.total(),
            "share": share(counts.total(), totals.denominator),
            **{band: counts[least] for band, least in BANDS.items()},
        }
        for plugin, counts in banded.items()
    ]
    return sorted(rows, key=lambda row: (-int(row["installations"]), str(row["plugin"])))


QUESTION = Question(
    "customization",
    "Customization",
    "How far people subclass. By `base`: for each class those who use subclasses of their own of it, how many "
    "instances, how deep they go, and how many use the class at all; `custom` are classes with no public ancestor, "
    "whose depth is the number of classes above them. By `depth`: those who have a class so many classes below a "
    "public one. By `portion`: which part of an installation's instances are customized. By `variety`: how many different "
    "classes of their own stand behind a class. Masters that are newer than "
    "the vocabulary are left out, since their new classes look like custom ones.",
    {
        "base": Breakdown(
            _statement("customization.base"),
            _KNOWN,
            Shown(
                (
                    PLUGIN,
                    KIND,
                    INSTALLATIONS,
                    Column("instances", "how many instances of subclasses these have"),
                    Column(
                        "deepest",
                        "the greatest number of classes between one of them and this one, counting itself",
                    ),
                    Column("users", "installations that use the class or a subclass of it"),
                )
            ),
        ),
        "depth": Breakdown(
            _statement("customization.depth"),
            _KNOWN,
            Shown(
                (
                    Column("depth", "how many classes below a public one; 0 is the public one itself"),
                    INSTALLATIONS,
                    Column("instances", "how many instances there are at that depth"),
                )
            ),
        ),
        "portion": Breakdown(
            _statement("customization.portion"),
            _KNOWN,
            Shown((Column("band", "the part of its instances that are of classes of its own"), INSTALLATIONS), _banded),
        ),
        "variety": Breakdown(
            _statement("customization.variety"),
            Scope(("variety",), "known"),
            Shown(
                (
                    PLUGIN,
                    INSTALLATIONS,
                    *(Column(band, f"of them, those with {band} different classes of their own") for band in BANDS),
                ),
                _varieties,
            ),
        ),
    },
)
