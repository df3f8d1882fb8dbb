"""An attacker on the weekly publications, who knows more than anybody should be expected to.

`watch`: knows in which week an installation came or changed, and looks which figures moved then. `inject`: sends reports of
its own, new ones each week so that the noise is drawn again, to learn whether one installation has a plugin that few have,
and knows everything else about the others who have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from headcount.contract import Arrival, Name, Profile
from headcount.ingest import Pseudonymizer
from headcount.questions import PUBLIC_TABLES, Publication, TooFew, last_day
from headcount.questions._publish import states_statement
from headcount.questions._windows import alive
from headcount.warehouse import Snapshot, Warehouse
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.publishing import publish

_PLUGINS = [table for table in PUBLIC_TABLES if (table.question, table.by) == ("plugins", "all")]
_FAKES = 10
WEEKS = 52


@dataclass(frozen=True)
class Watched:
    """What watching told: figures of plugins that a target took up, and those that it did not touch; how many moved."""

    touched: int
    touched_moved: int
    others: int
    others_moved: int

    @property
    def advantage(self) -> float:
        """By how much likelier a figure moves if the target is in it: 0 tells nothing, 1 everything."""
        return self.touched_moved / max(self.touched, 1) - self.others_moved / max(self.others, 1)


def watch(warehouse: Warehouse, until: date, k: int, *, batched: bool = True) -> Watched:
    """Watch a year of publications up to ``until``: every installation that came or changed in a week is a target.

    ``batched``: as they are published, the week before again where few changed; else as if each week were computed.
    """
    found = Counter[tuple[bool, bool]]()
    pending: dict[object, frozenset[str]] = {}
    before: Publication | None = None
    states: dict[object, frozenset[str]] = {}
    for week in weeks_to(until):
        with warehouse.snapshot() as snapshot:
            now = used(snapshot, last_day(week))
        for install, plugins in now.items():
            if took_up := plugins - states.get(install, frozenset()):
                pending[install] = pending.get(install, frozenset()) | took_up
        states = now
        try:
            after = publish(warehouse, week=week, k=k, before=before if batched else None, listed=_PLUGINS)
        except TooFew:
            continue
        if before is not None and after.computed == week:
            shown = [_figures(before), _figures(after)]
            for install, took_up in pending.items():
                for plugin in shown[0].keys() & shown[1].keys() - (now.get(install, frozenset()) - took_up):
                    found[plugin in took_up, shown[0][plugin] != shown[1][plugin]] += 1
        if before is None or after.computed == week:
            pending = {}
        before = after
    return Watched(
        touched=found[True, True] + found[True, False],
        touched_moved=found[True, True],
        others=found[False, True] + found[False, False],
        others_moved=found[False, True],
    )


def inject(
    warehouse: DuckWarehouse, plugin: str, until: date, *, k: int, pseudonymizer: Pseudonymizer, weeks: int = WEEKS
) -> list[int]:
    """What is published of a plugin in each of the weeks up to ``until``, less the attacker's own installations.

    Each week ten new installations report the plugin on two days, and those of the week before report that they have it
    no more.
    """
    with_it = Profile("stock", "basic", plugins=((Name(plugin, 0), 1),))
    without = Profile("stock", "basic", plugins=())
    sent, shown, old = list[Arrival](), list[int](), list[str]()
    for week in weeks_to(until, weeks):
        new = [f"{week}-{number}" for number in range(_FAKES)]
        end = last_day(week)
        sent += [
            _arrival(install, with_it, end - timedelta(days=day), pseudonymizer) for day in (1, 0) for install in new
        ]
        sent += [_arrival(install, without, end, pseudonymizer) for install in old]
        old = new
    warehouse.load(
        sent, inbox="attacker", through=1
    )  # at once: a publication sees nothing of what comes after its week
    before: Publication | None = None
    for week in weeks_to(until, weeks):
        before = publish(warehouse, week=week, k=k, before=before, listed=_PLUGINS)
        if (figure := _figures(before).get(plugin)) is not None:
            shown.append(figure - _FAKES)
    return shown


def _arrival(install: str, profile: Profile, day: date, pseudonymizer: Pseudonymizer) -> Arrival:
    received = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    content = profile.canonical()
    return Arrival(received, pseudonymizer.install(install), pseudonymizer.profile(content), content)


def weeks_to(until: date, weeks: int = WEEKS) -> Iterator[str]:
    for back in reversed(range(weeks)):
        year, week, _ = (until - timedelta(days=7 * back)).isocalendar()
        yield f"{year}-W{week:02}"


def used(snapshot: Snapshot, until: date) -> dict[object, frozenset[str]]:
    """The plugins of each confirmed installation."""
    names = {number: str(name) for number, name in snapshot.query("SELECT class, name FROM classes", {})}
    rows_of = snapshot.query("SELECT profile, classes FROM profiles", {})
    profiles: dict[object, Any] = {row[0]: row[1] for row in rows_of}
    rows = snapshot.query(states_statement(), alive(until).parameters(None))
    return {install: frozenset(names[number] for number in profiles[profile]) for install, profile in rows}


def _figures(publication: Publication) -> dict[str, int]:
    return {
        str(row["plugin"]): int(row["installations"])
        for row in publication.table("plugins", "all").rows
        if row["installations"] is not None and row["plugin"] != "rare"
    }
