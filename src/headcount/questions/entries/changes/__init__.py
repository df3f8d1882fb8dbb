"""`changes`: what differs from a day before, or between two groups of installations."""

from __future__ import annotations

from headcount.questions._question import Basis, Column, Question, Scope
from headcount.questions.entries.changes import _groups, _masters

_BASES: tuple[Basis, ...] = ("confirmed", "alive")

QUESTION = Question(
    "changes",
    "Changes",
    "What differs: which classes, series of Buildbot, Python and Twisted, and environments (distribution, database, "
    "operating system, message queue) gained or lost. By `month` and `year`: between the day 28, or 365, days before the "
    "end and the end, of the same masters, those that were there on that day and have reported since: how many kept "
    "something, started and stopped it, of those that were asked for it on both days; with a condition, of those that "
    "matched on that day. The test is the exact paired one, for which those count once that turned from one "
    "configuration to another on one day, as the masters of one organisation do. By `condition`: those that match "
    "(`where`) against those that match another condition (`with`), or against all others of which it is known; who "
    "matches both is in neither group. By `lapsed`: who leaves, that is, those that lapsed in the last year, by their "
    "last state, against those that are alive. Of groups the test is Fisher's exact one. A row is shown where the "
    "difference is clear: of the rows shown, in all tables together, 5% are expected to be false discoveries at most "
    "(Benjamini and Yekutieli), and `tested` says from how many they were chosen. Something is tested that at least 5 "
    "installations have on one side, and, between days, that any of them started or stopped.",
    {
        "month": _masters.breakdown(28, "28 days before"),
        "year": _masters.breakdown(365, "a year before"),
        "condition": _groups.breakdown(
            {"groups": "conditional"},
            Scope(
                denominator="groups_levels",
                bases=_BASES,
                subject="everyone",
                whom="of one of the two groups that are compared",
            ),
            (
                Column("installations", "how many match the condition"),
                Column("others", "how many match the other one, or do not match it"),
                Column("both", "how many match both, and are left out"),
            ),
            frozenset({"with"}),
        ),
        "lapsed": _groups.breakdown(
            {"groups": "lapsed", "judged_on": "toDate($until)"},
            Scope(denominator="groups_levels", bases=_BASES, whom="that are alive or lapsed in the last year"),
            (
                Column("installations", "how many lapsed in the last year: their 13 months ended in it"),
                Column("others", "how many are alive"),
            ),
            frozenset(),
        ),
    },
)
