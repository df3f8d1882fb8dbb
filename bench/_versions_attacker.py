"""An attacker on the tables of versions, of which there are two for each product: series, and releases.

They know in which week an installation took up a release, and look which figures of releases, and of their series, moved
then: the two figures have noise of their own, unless they count the same installations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bench._attacker import weeks_to
from headcount.contract import Release
from headcount.questions import PUBLIC_TABLES, Publication, TooFew, last_day
from headcount.questions._publish import states_statement
from headcount.questions._series import series
from headcount.questions._windows import alive
from headcount.warehouse import Snapshot, Warehouse
from tests.support.publishing import publish

_TABLES = [table for table in PUBLIC_TABLES if table.question == "versions"]
_PRODUCTS = ("buildbot", "python", "twisted")

Signal = tuple[bool, bool]
"""Whether the figure of a release moved, and whether that of its series did."""


@dataclass
class Watched:
    """What watching told: of releases that a target took up, and of the others, how often which figures moved.

    ``told``: by whether a series has installations on releases that are not named, how often its figure differs from that of
    its only named release.
    """

    touched: Counter[Signal] = field(default_factory=Counter)
    others: Counter[Signal] = field(default_factory=Counter)
    told: Counter[tuple[bool, bool]] = field(default_factory=Counter)

    @property
    def by_releases(self) -> float:
        """By how much likelier the figure of a release moves if the target took it up: 0 tells nothing, 1 everything."""
        return _distance(*(Counter({moved: _sum(seen, moved) for moved in (True, False)}) for seen in self._both))

    @property
    def by_both(self) -> float:
        """The same of the rule that serves the attacker best, where series are published too."""
        return _distance(*self._both)

    @property
    def rest(self) -> float:
        """By how much likelier a series and its only named release differ in their figures if that is not all of it."""
        rates = [
            self.told[more, True] / max(self.told[more, True] + self.told[more, False], 1) for more in (True, False)
        ]
        return rates[0] - rates[1]

    @property
    def _both(self) -> tuple[Counter[Signal], Counter[Signal]]:
        return self.touched, self.others


def watch_versions(warehouse: Warehouse, until: date, k: int) -> Watched:
    """Watch a year of publications up to ``until``: every installation that came or took up another release is a target."""
    watched = Watched()
    before: Publication | None = None
    then: Mapping[object, Mapping[str, int]] = {}
    for week in weeks_to(until):
        try:
            after = publish(warehouse, week=week, k=k, before=before, listed=_TABLES)
        except TooFew:
            continue
        if after.computed != week:
            continue
        with warehouse.snapshot() as snapshot:
            now = _releases(snapshot, last_day(week))
        for product in _PRODUCTS:
            new = _figures(after, product)
            if before is not None:
                took_up = [
                    state[product]
                    for install, state in now.items()
                    if product in state and then.get(install, {}).get(product) != state[product]
                ]
                _look(watched, product, took_up, _figures(before, product), new)
            _compare(watched, product, Counter(state[product] for state in now.values() if product in state), new)
        before, then = after, now
    return watched


def _look(
    watched: Watched, product: str, took_up: Iterable[int], old: Mapping[str, int], new: Mapping[str, int]
) -> None:
    moved = {name: old[name] != new[name] for name in old.keys() & new.keys()}
    signals = {
        release: (moved[release], moved.get(_of(product, release), False))
        for release in moved
        if release.count(".") == 2
    }
    for target in took_up:
        for release, signal in signals.items():
            (watched.touched if release == str(Release.from_number(target)) else watched.others)[signal] += 1


def _compare(watched: Watched, product: str, true: Mapping[int, int], figures: Mapping[str, int]) -> None:
    named: dict[str, list[str]] = {}
    for name in figures:
        if name.count(".") == 2:
            named.setdefault(_of(product, name), []).append(name)
    everybody = Counter[str]()
    for number, count in true.items():
        everybody[series(product, number)] += count
    counts = {str(Release.from_number(number)): count for number, count in true.items()}
    for name, (release, *more) in named.items():
        if not more and name in figures:
            watched.told[everybody[name] > counts[release], figures[name] != figures[release]] += 1


def _of(product: str, release: str) -> str:
    major, minor, patch = map(int, release.split("."))
    return series(product, Release(major, minor, patch).number)


def _figures(publication: Publication, product: str) -> dict[str, int]:
    return {
        str(row["version"]): int(row["installations"])
        for by in (product, f"{product}.release")
        for row in publication.table("versions", by).rows
        if row["installations"] is not None and row["version"] != "rare"
    }


def _releases(snapshot: Snapshot, until: date) -> dict[object, dict[str, int]]:
    """The releases that each confirmed installation runs, by product."""
    rows = snapshot.query(f"SELECT profile, {', '.join(_PRODUCTS)} FROM profiles", {})
    profiles = {profile: dict(zip(_PRODUCTS, numbers, strict=True)) for profile, *numbers in rows}
    states = snapshot.query(states_statement(), alive(until).parameters(None))
    return {
        install: {product: number for product, number in profiles[profile].items() if number}
        for install, profile in states
    }


def _sum(signals: Counter[Signal], moved: bool) -> int:
    return sum(count for (release, _), count in signals.items() if release == moved)


def _distance(one: Counter, other: Counter) -> float:  # type: ignore[type-arg]  # of any signals
    """The total variation distance of what is seen in the two cases, which is the greatest advantage of any rule."""
    return (
        sum(abs(one[signal] / max(one.total(), 1) - other[signal] / max(other.total(), 1)) for signal in one | other)
        / 2
    )
