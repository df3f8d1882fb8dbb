"""Each change of a warehouse, done in an engine and held against what `headcount.warehouse.derivation` says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from headcount.contract import Arrival
from headcount.warehouse import Warehouse
from headcount.warehouse import derivation as rule
from headcount.warehouse.clickhouse import ClickHouseWarehouse
from tests.support.derivations import Families, Tables, assert_follows, base_of, held_of, held_since, tables_of


def load_and_compare(
    warehouse: Warehouse, arrivals: Sequence[Arrival], now: int | None = None, *, inbox: str = "a", through: int = 1
) -> None:
    """Load a batch, and compare."""
    before = tables_of(warehouse)
    decided = rule.decide(arrivals, held_of(before, arrivals), now)
    warehouse.load(arrivals, inbox=inbox, through=through, now=now)
    with warehouse.snapshot() as snapshot:
        said = snapshot.query("SELECT profile, buildbot, classes, depths FROM profiles", {})
    ids = {report: rule.day_of(sent.received) for report, sent in decided.reports.items()}
    _compare(
        warehouse,
        before,
        partial(rule.loaded, decided=decided, held_since=held_since(before)),
        {each.install for each in arrivals},
        {
            "anonymous": {*before["anonymous"], *decided.anonymous},
            "drops": {*before["drops"], *decided.drops},
            "reports": [*before["reports"], *ids.items()],
            "said": said,
        },
        arrivals,
    )


def erase_and_compare(warehouse: Warehouse, installs: Sequence[int], until: int) -> None:
    """Erase installations, and compare."""
    before = tables_of(warehouse)
    receipt = f"erasure {len(before['receipts'])}"
    warehouse.erase(installs, until, receipt)
    published = [row for row in before["published"] if row[0] not in installs]
    beside = {"published": published, "receipts": [*before["receipts"], (receipt, until, None)]}
    change = partial(rule.erased, installs=installs, until=until)
    _compare(warehouse, before, change, installs, beside | _used(before, change))


def expire_and_compare(warehouse: Warehouse, before: date, ids_before: date) -> None:
    """Take away what is from before a day, and the ids of reports of before another one, and compare.

    ClickHouse takes away whole months: there the day is the first of its month.
    """
    if isinstance(warehouse, ClickHouseWarehouse):
        before = before.replace(day=1)
    tables = tables_of(warehouse)
    beside: dict[str, list[Any]] = {"reports": [row for row in tables["reports"] if row[1] >= ids_before]}
    if warehouse.expire(before, ids_before):
        assert any(each.day < before for each in tables["sightings"])
        touched = [
            *(row.install for name in ("sightings", "crowded") for row in tables[name] if row.day < before),
            *(row.install for row in tables["repeats"] if rule.day_of(row.last) < before),
            *(row.install for row in tables["later"] if rule.day_of(row.noted) < before),
            *(install for (install,) in tables["veterans"]),
        ]
        change = partial(rule.expired, before=before)
        names = rule.names(change(base_of(tables)).base)
        beside |= {name: [row for row in tables[name] if row.day >= before] for name in ("anonymous", "drops")}
        beside["published"] = [row for row in tables["published"] if row[0] in names]
        beside["held since"] = [(max(before, held_since(tables) or before),)]
        _compare(warehouse, tables, change, touched, beside | _used({**tables, **beside}, change))
    else:
        assert all(each.day >= before for each in tables["sightings"])
        _compare(warehouse, tables, rule.Changed, (), beside)


def keep_time_and_compare(warehouse: Warehouse, now: int) -> None:
    """Look at the clock, and compare."""
    before = tables_of(warehouse)
    ((noted,),) = before["clock"]
    moved = warehouse.keep_time(now)
    last = max((each.last for each in before["sightings"]), default=None)
    if not rule.is_time_due(last, noted, now):
        _compare(warehouse, before, rule.Changed, (), {})
        return
    touched = {each.install for each in before["sightings"] if each.last > now + rule.AHEAD}
    if rule.stepped(noted, now):
        touched |= {each.install for each in before["later"] if noted < each.last <= now}
    change = partial(rule.believed, noted=noted, now=now, held_since=held_since(before))
    assert moved == change(base_of(before)).moved
    _compare(warehouse, before, change, touched, {"clock": [(now,)]})


def move_and_compare(warehouse: Warehouse, shift: rule.Shift) -> None:
    """Move what came under a wrong clock, and compare."""
    before = tables_of(warehouse)
    name = str(shift)
    warehouse.move(name, *shift)
    if before["moved"] == [(name,)]:
        _compare(warehouse, before, rule.Changed, (), {})
        return
    first, last = shift.span
    moments = [
        *((row.install, row.last) for table in ("sightings", "repeats", "later") for row in before[table]),
        *((row.install, row.first_at) for row in before["origins"]),
        *before["tombstones"],
    ]
    _compare(
        warehouse,
        before,
        partial(rule.moved, shift=shift, held_since=held_since(before)),
        {install for install, moment in moments if first <= moment <= last},
        {
            "anonymous": shift.rows(before["anonymous"]),
            "drops": shift.rows(before["drops"]),
            "reports": [(report, shift.day_of_id(day)) for report, day in before["reports"]],
            "receipts": [(receipt, shift.moment(asked), disk) for receipt, asked, disk in before["receipts"]],
            "moved": [(name,)],
        },
    )


def rebuild_and_compare(warehouse: Warehouse) -> None:
    """Derive all anew, and compare."""
    before = tables_of(warehouse)
    warehouse.rebuild()
    everything = base_of(before)
    touched = {row.install for name in ("sightings", "origins", "later") for row in before[name]}
    touched |= {*everything.tombstones, *everything.veterans}
    _compare(warehouse, before, rule.rebuilt, touched, {})


def _compare(
    warehouse: Warehouse,
    before: Tables,
    change: Callable[[rule.Base], rule.Changed],
    touched: Iterable[int],
    beside: Mapping[str, Iterable[Any]],
    arrivals: Sequence[Arrival] = (),
) -> None:
    families = Families(before, arrivals)
    assert_follows(warehouse, before, change, partial(families.have, families.of(touched)), beside)


def _used(before: Tables, change: Callable[[rule.Base], rule.Changed]) -> Tables:
    """Return the profiles that somebody still has."""
    base = change(base_of(before)).base
    used = {row.profile for row in (*base.sightings, *base.later, *before["anonymous"])}
    return {"said": [row for row in before["said"] if row[0] in used]}
