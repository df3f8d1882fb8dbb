"""How far people customize plugins."""

from __future__ import annotations

from collections import Counter, defaultdict

from headcount.contract import BANDS
from headcount.questions import _bands
from headcount.questions._columns import INSTALLATIONS, KIND, PLUGIN
from headcount.questions._over import PeriodRow, Spans, keyed_rows, lines, over_periods
from headcount.questions._periods import Periods
from headcount.questions._question import (
    Breakdown,
    Column,
    Execution,
    Question,
    Results,
    Row,
    Scope,
    Shown,
    Statement,
    Totals,
    share,
)

PORTION_NAMES = ("none", *(f"up to {bound}%" for bound in _bands.PORTIONS[1:]))
"""The names of the bands of the portion that is customized."""

_BAND = Column("band", "the part of its instances that are of classes of its own")
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


def _bases(results: Results, totals: Totals) -> list[Row]:
    """Return a row for each class that somebody subclasses, for what was found of it at each depth."""
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    depths: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for plugin, kind, below, installations, instances, users, deepest in results:
        sums[plugin, kind].update(installations=installations, instances=instances, users=users)
        depths[plugin, kind][below] += deepest
    rows: list[Row] = [
        {
            "plugin": plugin,
            "kind": kind,
            "installations": of_class["installations"],
            "share": share(of_class["installations"], totals.denominator),
            "instances": of_class["instances"],
            "users": of_class["users"],
            "subclassed": share(of_class["installations"], of_class["users"]),
            "median_depth": _median(depths[plugin, kind]),
        }
        for (plugin, kind), of_class in sums.items()
        if of_class["installations"]
    ]
    return sorted(rows, key=lambda row: (-int(row["installations"]), row["plugin"], row["kind"]))


def _median(counts: Counter[int]) -> int:
    """Return the least value that at least half of those that are counted do not exceed."""
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        if 2 * passed >= counts.total():
            return value
    return 0


def _banded_over(execution: Execution, periods: Periods, whole: list[int]) -> list[PeriodRow]:
    found = lines(execution, periods, periods.unit)
    nobody = [0] * len(periods)
    named = enumerate(PORTION_NAMES)
    return keyed_rows(periods, whole, (({"band": name}, found.get((band,), nobody)) for band, name in named))


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
    "How far people subclass. By `base`: for each class those who use subclasses of their own of it, how many instances, "
    "how many use the class at all and which part of them subclasses it, and how deep; `custom` are classes with no public "
    "ancestor, whose depth is the number of classes above them. By `depth`: those who have a class so many classes below a "
    "public one. By `portion`: which part of an installation's instances are customized. By `variety`: how many different "
    "classes of their own stand behind a class. Masters that are newer than the vocabulary are left out, since their new "
    "classes look like custom ones.",
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
                    Column("users", "installations that use the class or a subclass of it"),
                    Column("subclassed", "those with a subclass as a part of the users", is_share=True),
                    Column(
                        "median_depth",
                        "at half of these the deepest subclass is at most so many classes below this one, counting itself",
                    ),
                ),
                _bases,
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
            Shown((_BAND, INSTALLATIONS), _banded),
            over=over_periods(
                Spans(
                    Statement("over.portion", fill={"believed": "not_newer", "weights": "once_each"}),
                    Statement("over.level", fill={"answers": "not_newer"}),
                ),
                (_BAND,),
                _KNOWN,
                _banded_over,
            ),
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
