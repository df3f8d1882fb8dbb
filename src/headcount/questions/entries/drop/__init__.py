"""`drop`: the record of a decision, which a maintainer must know before dropping something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from headcount.questions._columns import INSTALLATIONS, INSTANCES, VERSION
from headcount.questions._estimates import interval
from headcount.questions._over import of_condition
from headcount.questions._question import (
    Analysis,
    Basis,
    Breakdown,
    Cell,
    Chart,
    Column,
    Execution,
    Findings,
    Question,
    Results,
    Rows,
    Scope,
    Shown,
    Statement,
    Totals,
)
from headcount.questions.entries.combinations import COMPANIONS
from headcount.questions.entries.drop import _differences, _instances, _moves, _parts, _releases, _silent, _year
from headcount.questions.entries.drop._counts import USES, Counts, part_of

_BASES: tuple[Basis, ...] = ("confirmed", "alive")
_USERS = Scope(denominator="asked", bases=_BASES, subject="everyone")


def _record(execution: Execution) -> Findings:
    """Return the record: a row, and the tables beside it."""
    counts = Counts.read(execution.rows("whole"))
    differences, tested = _differences.compute(execution, counts)
    users = counts.truths[USES]
    parts, overlap = _parts.compute(execution, users)
    ended = execution.rows("last_seen")
    low, high = interval(counts.told[USES], counts.asked) if counts.asked else (None, None)
    row: dict[str, Cell | None] = {
        "installations": users,
        "share": counts.share,
        "low": low,
        "high": high,
        "least": counts.least,
        "most": counts.most,
        **_instances.of_all(execution),
        "builders": sum(int(size) * number for truth, _, size, number in execution.rows("size") if truth == USES),
        **_releases.of_newest(counts, execution.window),
        "last_seen": datetime.fromtimestamp(ended[0][0], UTC).date().isoformat() if ended else "never",
    }
    return Findings(
        counts.asked,
        (row,),
        tables={
            "year": _year.compute(execution),
            "parts": parts,
            "overlap": overlap,
            "classes": _instances.by_class(execution, users),
            "series": _releases.compute(counts),
            "differences": differences,
            "moved": _moves.compute(execution, users),
        },
        levels=counts.levels,
        tested=tested,
    )


_TABLES: Mapping[str, tuple[Column, ...]] = {
    "year": _year.COLUMNS,
    "parts": _parts.COLUMNS,
    "overlap": _parts.OVERLAP_COLUMNS,
    "classes": _instances.COLUMNS,
    "series": _releases.COLUMNS,
    "differences": _differences.COLUMNS,
    "moved": _moves.COLUMNS,
}
_STATEMENTS: Mapping[str, Statement] = {
    "whole": Statement("drop.whole"),
    "last_seen": Statement("drop.last_seen", fill={"judged_on": "toDate($until)"}),
    **_year.STATEMENTS,
    **_parts.STATEMENTS,
    **_instances.STATEMENTS,
    **_differences.STATEMENTS,
    **_moves.STATEMENTS,
}
_CHARTS: Mapping[str, Chart] = {"year": "turnover", "series": "versions", "differences": "dumbbells"}
_SUMMARY = Breakdown(
    _STATEMENTS["whole"],
    _USERS,
    Shown(
        (
            INSTALLATIONS,
            Column(
                "low",
                "the lower end of the 95% interval of the share, if those who report were a random sample",
                is_share=True,
            ),
            Column("high", "its upper end", is_share=True),
            Column("least", "their share of all, if none of those of whom it is not known used it", is_share=True),
            Column("most", "their share of all, if each of those did", is_share=True),
            INSTANCES,
            Column("over_half", "whether one installation has over half of the instances: yes or no"),
            Column("builders", "how many builders these installations have"),
            Column("newest_release", "the newest release of Buildbot at the end of the window"),
            Column("on_newest_release", "how many of them run it; who runs what is not released yet does not"),
            Column("newest_series", "the newest two series"),
            Column(
                "on_newest_series",
                "how many of them run one of those; who runs an older one would not upgrade anyway, as it seems",
            ),
            Column(
                "rate_on_newest_series", "which part of all on those two series that answered uses it", is_share=True
            ),
            Column("last_seen", "the last day on which one of the basis was seen whose last report has it"),
        ),
        chart="intervals",
        sample=False,
    ),
    Analysis(_STATEMENTS, _record),
    _TABLES,
    over=of_condition(_USERS),
)


def _alone(name: str) -> Breakdown:
    """Return the breakdown that gives a table of the record alone."""

    def compute(execution: Execution) -> Findings:
        found = _record(execution)
        table = found.tables[name]
        if table.denominator is None:
            return Findings(found.denominator, table.rows, levels=found.levels, tested=found.tested)
        return Findings(table.denominator, table.rows, tested=found.tested)

    shown = Shown(_TABLES[name], chart=_CHARTS.get(name, "ranking"), sample=False)
    return Breakdown(_STATEMENTS["whole"], _USERS, shown, Analysis(_STATEMENTS, compute))


def _months(results: Results, _: Totals) -> Rows:
    return [
        {
            "period": period.isoformat()[:7],
            "installations": using,
            "share": part_of(told, everyone),
            "seen": everyone,
        }
        for period, using, everyone, told in results
    ]


QUESTION = Question(
    "drop",
    "Before dropping",
    "What to know before dropping what a condition names: plugins, the old versions of something, a database. By "
    "`summary`, the record of a decision: of the confirmed, how many use it, whatever else they leave out; their "
    "share among those that answered all of it, with the least and the most it could be of all; instances, and "
    "whether one installation has over half of them; how many run the newest release and the newest two series; and "
    "in tables: what became of the same masters in a year, up to the end of the last quarter (`year`); each of "
    "several things, alone and together (`parts`, `overlap`); the classes that are named (`classes`); users by series "
    "(`series`); where users differ from those that do not use it, corrected after Holm for all that was tested "
    "(`differences`); how long those needed that used it and do not any more (`moved`). Each table can be asked "
    "alone. By `month`: who was seen with it. By `version`: on which releases. By `companions`: used together with "
    "what. By `silent`: the share if those who do not report used it so many times as often as those who do, where so "
    "large a part reports. In a simulated fleet of which a third reports, and of those who use SVN half as many, the "
    "reports said 3.2% where 5.5% was true; with twice as often and a quarter, the estimate said 5.6%. Nothing in "
    "the reports tells what holds. This never says yes.",
    {
        "summary": _SUMMARY,
        **{name: _alone(name) for name in _TABLES},
        "month": Breakdown(
            Statement("drop.month"),
            Scope(denominator="asked", bases=("seen",), days=730, widen="month", subject="everyone"),
            Shown(
                (
                    Column("period", "a month of the window, UTC"),
                    INSTALLATIONS,
                    Column("seen", "how many were seen in the month and answered: the share is of those"),
                ),
                _months,
                chart="rates",
                sample=False,
            ),
        ),
        "version": Breakdown(
            Statement("drop.version"),
            Scope(("versions.Buildbot",), bases=_BASES, subject="matching"),
            Shown((VERSION, INSTALLATIONS), chart="versions", grain="release"),
        ),
        "companions": replace(COMPANIONS, scope=replace(COMPANIONS.scope, bases=_BASES)),
        "silent": _silent.BREAKDOWN,
    },
)
