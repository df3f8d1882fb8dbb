"""What the protection of the publication costs, and what an attacker still learns. See docs/protection.md."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from random import Random
from typing import Any

from bench._attacker import used, watch
from bench._versions_attacker import watch_versions
from headcount import fleet
from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.ingest import Pseudonymizer, arrival
from headcount.questions import RARE, Query, ask
from headcount.questions._perturbation import KEYS, Perturbation
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.publishing import publish

_UNTIL = date(2026, 10, 25)
_SIZES = (50, 100, 300, 1000, 3000)
_WATCHED = (50, 100, 300)
_PAIRED = 300
_LOOKED_UP = (300, 3000)
_LOOKS = (1, 4, 13, 52)
_K = 5
_RECORDS = (1, 3, 12)
LOOKS = 5
"""In so many cells of a record that are published an installation is by whether it uses what it is of."""
_TRIES = 4000


def measure() -> dict[str, float]:
    """By the size of the fleet (simulated installations): the error of published shares, and what watching tells.

    ``share_error_*``: the mean absolute difference, in percentage points, of the published and the true share of the
    versions of Python and the plugins that are named; ``named_*``: the part of all that are used that are named.
    ``watch_*``: by how much likelier a figure moves if the target is in it, in a year of publications; ``unbatched``: if
    each week were computed. ``inject_*``: how often who sends reports of its own, and knows all but one installation, is
    right about that one after so many weeks; ``inject_both_*``:
    where two figures a week tell it, of a release and its series. ``pairs_*``: in how many
    pairs of named plugins an installation would be.
    ``releases_*``: what watching tells of the release that an installation took up, from the releases; ``versions_*``:
    from the series too; ``rest_*``: by how much likelier a series and its only named release differ in their figures if
    that is not all of it. ``unnamed_*``: how often who knows all others in a series is right about whether an installation
    in it runs the only named release: from releases alone, from both with one noise, and from both as they are.
    ``record_*``: how often who knows all but one installation is right about that one after so many records, each of which
    would count it.
    ``unique_*``: the part of the installations at `basic` whose configuration no other one has.
    """
    figures: dict[str, float] = {}
    for size in _SIZES:
        with closing(fleet_of(size)) as warehouse:
            error, named = _errors(warehouse)
            figures[f"share_error_{size}"] = round(100 * error, 3)
            figures[f"named_{size}"] = round(named, 3)
            if size in _WATCHED:
                figures[f"watch_{size}"] = round(watch(warehouse, _UNTIL, _K).advantage, 3)
                figures[f"watch_unbatched_{size}"] = round(watch(warehouse, _UNTIL, _K, batched=False).advantage, 3)
                versions = watch_versions(warehouse, _UNTIL, _K)
                figures[f"releases_{size}"] = round(versions.by_releases, 3)
                figures[f"versions_{size}"] = round(versions.by_both, 3)
                figures[f"rest_{size}"] = round(versions.rest, 3)
            if size == _PAIRED:
                figures[f"pairs_{size}"] = round(pairs(warehouse))
    for size in _LOOKED_UP:
        figures[f"unique_{size}"] = round(unique(size), 3)
    for looks in _LOOKS:
        figures[f"inject_{looks}"] = injected(looks)
        figures[f"inject_both_{looks}"] = injected(2 * looks)
    for name, told in unnamed().items():
        figures[f"unnamed_{name}"] = round(told, 3)
    for records in _RECORDS:
        figures[f"record_{records}"] = injected(LOOKS * records)
    return figures


def fleet_of(installs: int) -> DuckWarehouse:
    """A simulated fleet in a warehouse."""
    pseudonymizer, words = Pseudonymizer(b"k" * 32), vocabulary()
    warehouse = DuckWarehouse(":memory:")
    arrivals: list[Arrival] = []
    for event in fleet.simulate(installs, 900, 11, _UNTIL):
        report = (read_report if event.path == REPORTS_PATH else read_stock)(event.body, words)
        if report.install is not None:
            arrivals.append(arrival(report, report.install, event.received, pseudonymizer))
    warehouse.load(arrivals, inbox="a", through=len(arrivals))
    return warehouse


def _errors(warehouse: DuckWarehouse) -> tuple[float, float]:
    """The mean absolute error of the shares that are said, and the part of all names that is said."""
    published = publish(warehouse, week="2026-W43", k=_K)
    errors, used = [], 0
    for question, by in (("versions", "python"), ("plugins", "all")):
        truth = ask(warehouse, Query(question, by=by, basis="confirmed"), today=_UNTIL)
        key = truth.columns()[0]
        shares = {row[key]: float(row["share"] or 0) for row in truth.rows}
        used += len(shares)
        errors += [
            abs(float(row["share"]) - shares[row[key]])
            for row in published.table(question, by).rows
            if row[key] != RARE and row["share"] is not None
        ]
    return statistics.fmean(errors) if errors else math.nan, len(errors) / used


def pairs(warehouse: DuckWarehouse) -> float:
    """In how many pairs of the plugins that are named a confirmed installation would be, the median, if they were told."""
    rows = publish(warehouse, week="2026-W43", k=_K).table("plugins", "all").rows
    named = {row["plugin"] for row in rows}
    with warehouse.snapshot() as snapshot:
        counts = [len(named & plugins) for plugins in used(snapshot, _UNTIL).values()]
    return statistics.median(math.comb(count, 2) for count in counts if count)


def unique(installs: int) -> float:
    """The part of a fleet's installations at `basic` whose last configuration, as it is stored, no other one has."""
    words = vocabulary()
    last: dict[str, bytes | str] = {}
    for event in fleet.simulate(installs, 400, 11, _UNTIL):
        truth = event.truth
        if truth.install is not None and truth.level == "basic" and not truth.made_up:
            report = (read_report if event.path == REPORTS_PATH else read_stock)(event.body, words)
            last[truth.install] = report.profile.canonical()
    held = Counter(last.values())
    return sum(held[configuration] == 1 for configuration in last.values()) / len(last)


def unnamed() -> dict[str, float]:
    """How often who knows all others in a series is right about one in it: whether they run its only named release.

    From the release's figure alone; from that and the series' figure, of one noise; and of two. The chance is that of the
    best rule, of true counts above k, by the distribution of the noise.
    """
    noise = {by: weight / KEYS for by, weight in Perturbation(_K).weights(3 * _K).items()}
    both = {(one, other): p * q for one, p in noise.items() for other, q in noise.items()}
    elsewhere = {(one - 1, other): p for (one, other), p in both.items()}  # the release has one less than the series
    return {
        "alone": _right(noise, {one - 1: p for one, p in noise.items()}),
        "same": _right({(one, one): p for one, p in noise.items()}, elsewhere),
        "own": _right(both, elsewhere),
    }


def _right(one: Mapping[Any, float], other: Mapping[Any, float]) -> float:
    """How often the best rule tells two distributions apart, of which each is as likely."""
    return sum(max(one.get(seen, 0), other.get(seen, 0)) for seen in one.keys() | other.keys()) / 2


def injected(looks: int) -> float:
    """How often the mean of so many figures, each with noise of its own, is on the right side."""
    perturbation, rng = Perturbation(_K), Random(1)
    right = 0
    for _ in range(_TRIES):
        true = 3 * _K + rng.randrange(2)
        seen = [perturbation.perturb(true, rng.getrandbits(32)) for _ in range(looks)]
        mean = statistics.fmean(seen)
        right += (mean > 3 * _K + 0.5) == (true > 3 * _K) if mean != 3 * _K + 0.5 else rng.randrange(2)
    return round(right / _TRIES, 3)
