"""What changes the data and is no load: erasures, retention, the clock, a rebuild; each of whole families by a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from headcount.warehouse import derivation as rule
from headcount.warehouse._floods import FloodRule
from headcount.warehouse._port import HELD_SINCE, Progress
from headcount.warehouse.clickhouse import _coverage, _reports
from headcount.warehouse.clickhouse._change import Change, Unit
from headcount.warehouse.clickhouse._families import TOGETHER, Families, all_families, closed, last_retention
from headcount.warehouse.clickhouse._groups import Groups
from headcount.warehouse.clickhouse._quarantine import finish
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among

_MOMENTS = {"sightings": "last", "repeats": "last", "later": "last", "origins": "first_at", "tombstones": "until"}
_UNUSED = """
SELECT profile FROM profiles
WHERE profile NOT IN (SELECT profile FROM sightings) AND profile NOT IN (SELECT profile FROM anonymous)
    AND profile NOT IN (SELECT profile FROM later)
"""
_UNUSED_CLASSES = """
SELECT class FROM classes
WHERE class > 2 AND class < 65534 AND class NOT IN (SELECT arrayJoin(classes) AS used FROM profiles)
    AND class NOT IN (SELECT arrayJoin(variety_classes) AS used FROM profiles)
"""


def erase(change: Change, installs: Sequence[int], until: int, receipt: str | None, floods: FloodRule) -> None:
    """Take installations out of all tables; see `headcount.warehouse.Keeping.erase`."""
    change.corrects = True
    families = Families(change)
    for names in _parts(change.before, closed(change.before, installs)):
        families.change(names, lambda family, names=names: rule.erased(family.base, {*installs} & {*names}, until))  # type: ignore[misc]
    _unpublish(change, {*installs})
    if receipt is not None:
        held = change.before.rows("receipts", "1")
        change.rewrite(Unit.RECEIPTS, {"receipts": [*held, (receipt, until, 0, change.version)]})
    _drop_unused(change)
    finish(change, families, floods)


def expire(change: Change, before: date, floods: FloodRule) -> None:
    """Take away the sightings from before the first day of a month, and what is known of the time before alone."""
    change.corrects = True
    then = change.before
    if before > change.expired_before:
        change.expired, change.expired_before = change.version, before
    else:  # what was loaded since of days before goes by its row sets
        for table in ("anonymous", "drops"):
            change.kill(then.rowsets(table, f"day < toDate('{before}')"))
    change.held_since = max(before, change.held_since)
    change.note_facts({HELD_SINCE: str(change.held_since)})
    touched = then.families("veterans", "1")
    for table, condition in (
        ("sightings", f"day < toDate('{before}')"),
        ("crowded", f"day < toDate('{before}')"),
        ("repeats", f"toDate(last) < toDate('{before}')"),
        ("later", f"toDate(noted) < toDate('{before}')"),
    ):
        touched |= then.families(table, condition)
    families = Families(change)
    families.change_each(sorted(touched), lambda family: rule.expired(family.base, before))
    _unpublish(change, _no_longer_held(change))
    _drop_unused(change)
    finish(change, families, floods)


def rebuild(change: Change, floods: FloodRule, progress: Progress) -> None:
    """Compute all derived tables again."""
    change.corrects = True
    families = Families(change, anew=True)
    names = sorted(all_families(change.before))
    for start in range(0, len(names), TOGETHER):
        progress("installations are derived anew", start / len(names))
        families.change(names[start : start + TOGETHER], lambda family: rule.rebuilt(family.base))
    finish(change, families, floods)


def keep_time(change: Change, noted: int | None, now: float, floods: FloodRule) -> int:
    """Set apart and bring back by the clock, and note the time; return how many sightings moved."""
    then = change.before
    touched = then.families("sightings", f"last > {int(now) + rule.AHEAD}")
    if noted is not None and rule.stepped(noted, now):
        touched |= then.families("later", f"last > {noted} AND last <= {int(now)}")
    families = Families(change)
    moved = 0
    for names in _parts(then, touched):
        moved += families.change(names, lambda family: rule.believed(family.base, noted, now, last_retention(change)))
    change.note_facts({"clock": str(int(now))})
    change.corrects = moved > 0
    if moved:
        finish(change, families, floods)
    return moved


def move(change: Change, name: str, shift: rule.Shift, floods: FloodRule) -> None:
    """Move what was received under a clock that was wrong."""
    change.corrects = True
    since, through = shift.span
    touched = set[int]()
    for table, column in _MOMENTS.items():
        touched |= change.before.families(table, f"{column} >= {since} AND {column} <= {through}")
    families = Families(change)
    for names in _parts(change.before, touched):
        families.change(names, lambda family: rule.moved(family.base, shift, last_retention(change)))
    _coverage.move(change, shift)
    _reports.move(change, shift)
    held = change.before.rows("receipts", "1")
    receipts = [
        (receipt, shift.moment(asked), shift.moment(disk) if disk else 0, by) for receipt, asked, disk, by in held
    ]
    change.rewrite(Unit.RECEIPTS, {"receipts": receipts})
    change.note_facts({"moved": name})
    finish(change, families, floods)


def _no_longer_held(change: Change) -> set[int]:
    """Return what was published of, and is not held any more under this name."""
    held = change.after()
    rows = held.query(
        "SELECT install FROM published WHERE install NOT IN (SELECT install FROM sightings) AND install NOT IN "
        "(SELECT stock FROM origins WHERE install IN (SELECT install FROM sightings))",
        {},
    )
    return {int(install) for (install,) in rows}


def _unpublish(change: Change, installs: Collection[int]) -> None:
    held = change.before.rows("published", "1") if installs else []
    left = [row for row in held if row[0] not in installs]
    if len(left) < len(held):
        change.rewrite(Unit.PUBLISHED, {"published": left})


def _drop_unused(change: Change) -> None:
    """Drop the profiles that nobody has any more, and the classes that no profile has."""
    after = change.after()
    unused = [profile for (profile,) in after.query(_UNUSED, {})]
    if not unused:
        return
    for start in range(0, len(unused), TOGETHER):
        change.kill(after.rowsets("profiles", among("profile", unused[start : start + TOGETHER])))
    after = change.after()
    classes = {number for (number,) in after.query(_UNUSED_CLASSES, {})}
    if classes:
        change.rewrite(Unit.CLASSES, {"classes": [row for row in after.rows("classes", "1") if row[0] not in classes]})


def _parts(snapshot: ClickHouseSnapshot, names: Iterable[int]) -> Iterator[list[int]]:
    """Yield families together that may become others: an installation, and the stock pseudonyms that came with it."""
    groups = Groups()
    for name in names:
        groups.join([name])
    listed = sorted(names)
    for start in range(0, len(listed), TOGETHER):
        where = among("family", listed[start : start + TOGETHER])
        for row in snapshot.rows("later", where, "family"):
            groups.join([row[-1], row[0], *([row[4]] if row[4] else [])])
        for install, stock, *_ in snapshot.rows("origins", where):
            groups.join([install, stock])
    yield from groups.parts(TOGETHER)
