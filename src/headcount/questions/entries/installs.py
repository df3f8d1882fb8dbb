"""How many installations there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from headcount.questions._columns import INSTALLATIONS, week
from headcount.questions._over import of_condition
from headcount.questions._question import (
    Breakdown,
    Cell,
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

_STATES = ("alive", "confirmed", "unconfirmed", "new", "set apart", "lapsed")
_NEW = Column("new", "installations seen for the first time ever in the period")
_PERIODS: Mapping[str, Callable[[date], Cell]] = {
    "day": lambda value: value.isoformat(),
    "week": week,
    "month": lambda value: value.isoformat()[:7],
}


def _every_state(results: Results, totals: Totals) -> list[Row]:
    """Return all states in their order, empty ones included."""
    counts: dict[str, int] = dict(results)
    counts["unconfirmed"] = counts.get("alive", 0) - counts.get("confirmed", 0)
    return [
        {
            "state": state,
            "installations": counts.get(state, 0),
            "share": share(counts.get(state, 0), totals.denominator),
        }
        for state in _STATES
    ]


def _period(
    name: Literal["day", "week", "month"], days: int, period_of: str, file: str = "installs.period"
) -> Breakdown:
    """Return the breakdown by a period; ``period_of``: the SQL of the period in which the day ``{}`` lies."""
    fill = {
        "periods": f"{name}s",
        "judged_periods": "judged_months" if name == "month" else "judged_days",
        "period_of": period_of.format("day"),
        "period_end": "addDays(period, 6)" if name == "week" else "period",
        "start": period_of.format("birth"),
        "calendar_of": period_of.format("date_of"),
    }
    return Breakdown(
        Statement(file, "installs.judged", fill),
        Scope(
            denominator="everyone",
            bases=("seen",),
            days=days,
            widen=name,
            whom="seen in the window",
            judged=f"the last report of each in a {name}",
        ),
        Shown(
            (Column("period", f"a {name} of the window, UTC", _PERIODS[name]), INSTALLATIONS, _NEW),
            chart="over_time",
            sample=False,
        ),
    )


_AT_ENDS = "the state at the end of each period, where the share is of those that answered it then"

QUESTION = Question(
    "installs",
    "Installations",
    "How many installations there are. By `state`: alive, of those confirmed (seen on two different days) and "
    "unconfirmed (seen on one day only: masters that started once, containers that lived for an hour, made-up "
    "reports), new (alive, and first seen in the last 30 days), set apart (seen, but in a flood of newcomers that is not "
    "believed yet) and lapsed (not seen for 13 months), of all that were ever seen: each is alive, set apart or lapsed. By "
    "`day`, `week` or `month`: those who were seen, which is not all who are there, since most report only when they "
    "start; a condition is judged by the last report of each in the period, and the shares are of all that were seen in the "
    "window. A window is widened to whole weeks or months, as far as there are reports or it was asked for: the last one "
    "may be cut short, and the answer says where it ends.",
    {
        "state": Breakdown(
            Statement("installs.state", fill={"installations": "ever"}),
            Scope(denominator="everyone", bases=("alive",), whom="ever seen"),
            Shown((Column("state", ", ".join(_STATES)), INSTALLATIONS), _every_state, sample=False),
            over=of_condition(Scope(bases=("alive", "confirmed"), judged=_AT_ENDS), "alive"),
        ),
        "day": _period("day", 30, "{}", "installs.day"),
        "week": _period("week", 26 * 7, "toMonday({})"),
        "month": _period("month", 365, "toStartOfMonth({})"),
    },
)
