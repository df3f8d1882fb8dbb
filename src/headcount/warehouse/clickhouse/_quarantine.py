"""The counts of days, and who is set apart, once families are changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from headcount.warehouse import derivation as rule
from headcount.warehouse._floods import FloodRule
from headcount.warehouse.clickhouse._change import Change, Row, Unit
from headcount.warehouse.clickhouse._families import TOGETHER, Families
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, among

_EPOCH = rule.LONG_AGO.toordinal()
_TABLES = ("floods", "quarantine", "comebacks")


def finish(change: Change, families: Families, floods: FloodRule, counted: Iterable[rule.Daily] = ()) -> None:
    """Count the days anew that families touched, and judge who is set apart. Raises `WarehouseUnavailable`.

    ``counted``: days with their counts, of which those from before the last retention are taken over.
    """
    _count_days(change, families, [row for row in counted if row.day < change.held_since])
    judge(change, families.touched, floods)


def _count_days(change: Change, families: Families, counted: Sequence[rule.Daily]) -> None:
    installs, newcomers = families.installs, families.newcomers
    if families.anew:
        rows = [row for row in change.before.rows("daily", "1") if row[0] >= change.held_since]
        held = {row[0]: (0, 0) for row in rows}
        days = {*installs, *held}
    else:
        days = {*installs}
        among_days = among("toUInt64(toRelativeDayNum(day))", sorted(map(_number, days)))
        held = {row[0]: row[1:3] for row in change.before.rows("daily", among_days)} if days else {}
    if not days and not counted:
        return
    counts: list[rule.Daily] = [*counted]
    for day in days:
        seen, came = held.get(day, (0, 0))
        counts.append(rule.Daily(day, seen + installs[day], came + newcomers[day]))
    rowset = change.replace(Unit.DAY, sorted({_number(row.day) for row in counts}))
    for row in sorted(counts):
        if row.installs:
            change.write("daily", [row], rowset(_number(row.day)))


def judge(change: Change, touched: Collection[int], floods: FloodRule) -> None:
    """Judge all days by the flood rule, and write who is set apart where that changes."""
    after = change.after()
    newcomers = _Newcomers(change.before, after, touched)
    found = rule.set_apart(
        floods,
        _first(after),
        rule.Tally(
            {day for (day,) in after.query("SELECT day FROM daily WHERE installs > 0", {})},
            dict(after.query("SELECT earliest AS came, count() FROM births WHERE earliest = day GROUP BY earliest", {})),
            dict(after.query(
                "SELECT second, count() FROM births WHERE second < toDate('2100-01-01') GROUP BY second", {}
            )),
        ),
        newcomers.crowded(),
        newcomers.of_day,
    )  # fmt: skip
    rows: dict[str, Sequence[Row]] = {
        "floods": sorted(found.floods),
        "quarantine": sorted(found.apart),
        "comebacks": sorted(found.comebacks),
    }
    if any(rows[table] != sorted(change.before.rows(table, "1")) for table in _TABLES):
        change.rewrite(Unit.QUARANTINE, rows)


def _first(after: ClickHouseSnapshot) -> date | None:
    ((first, count),) = after.query("SELECT min(day), count() FROM births", {})
    return first if count else None


class _Newcomers:
    """Finds newcomers with their later days."""

    def __init__(self, before: ClickHouseSnapshot, after: ClickHouseSnapshot, touched: Collection[int]) -> None:
        self._before = before
        self._after = after
        self._touched = touched

    def crowded(self) -> list[rule.Newcomer]:
        """Return those whose first day is marked in ``crowded``."""
        marks = {(install, day) for install, day in self._after.query("SELECT install, day FROM crowded", {})}
        if not marks:
            return []
        marked = self._after.substituted("install IN (SELECT install FROM crowded)")
        born = self._born(f"earliest = day AND {marked}")
        return self._with_days([each for each in born if (each[0], each[1]) in marks])

    def of_day(self, day: date) -> list[rule.Newcomer]:
        """Return those of a day."""
        return self._with_days(self._born(f"earliest = day AND day = toDate('{day}')"))

    def _born(self, where: str) -> list[tuple[int, date, int]]:
        """Return installations, their first day, and their family."""
        return [(row[0], row[1], row[4]) for row in self._after.rows("births", where, "family")]

    def _with_days(self, born: Collection[tuple[int, date, int]]) -> list[rule.Newcomer]:
        """Return newcomers; the later days of those that are set apart, and were not changed, are in ``comebacks``."""
        listed = {install for (install,) in self._before.query("SELECT install FROM quarantine", {})}
        days: dict[int, set[date]] = defaultdict(set)
        for install, day in self._before.query("SELECT install, day FROM comebacks", {}) if listed else ():
            days[install].add(day)
        others = {install: family for install, _, family in born if install not in listed or family in self._touched}
        for install in others:
            days.pop(install, None)
        for install, day in self._counted(sorted({*others.values()})):
            if install in others:
                days[install].add(day)
        return [rule.Newcomer(install, came, sorted(days[install] - {came})) for install, came, _ in born]

    def _counted(self, families: list[int]) -> Iterable[tuple[int, date]]:
        for start in range(0, len(families), TOGETHER):
            where = among("family", families[start : start + TOGETHER])
            halves = {install for pair in self._after.rows("pairs", where) for install in pair[:2]}
            yield from (row[:2] for row in self._after.rows("sightings", where) if row[0] not in halves)
            yield from (row[:2] for row in self._after.rows("pair_sightings", where))


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH
