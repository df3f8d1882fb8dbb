"""What a maintainer does well to think of before dropping something, made of the figures. It never says yes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from headcount.dashboard._words import count, percent
from headcount.dashboard.pages.record.usage import Row, Usage, number
from headcount.questions import FEW, Answer, listed, shown_name

_COMPANIONS = 3  # that are named


class Item(NamedTuple):
    """What to think of: the question in a few words, what the figures say to it, and where more is, empty: nowhere."""

    ask: str
    known: str
    path: str = ""


def checklist(usage: Usage, silent: Answer) -> list[Item]:
    """Return what the figures say to each question; ``silent``: the answer of `drop` by `silent`."""
    if not usage.asked:
        return []
    return [
        Item("Whom would the next release leave behind?", " ".join(_left_behind(usage))),
        Item("Do they go by themselves?", _going(usage)),
        Item("How long would they need?", _needed(usage)),
        Item("What is not known?", " ".join(_unknown(usage, silent))),
        *_companions(usage),
        *_one_of_many(usage),
        Item(
            "What else?",
            "Whether something takes its place, and who keeps it going meanwhile, no report tells. Say it in the release "
            "notes one release before.",
        ),
    ]


def _left_behind(usage: Usage) -> Iterator[str]:
    if not usage.users:
        yield "Nobody who reports is known to use it."
        return
    two = listed(usage.newest_series, "or")
    run = f"{usage.on_newest:,} of its {count(usage.users, 'user')} {'runs' if usage.on_newest == 1 else 'run'} {two}"
    yield (
        f"{run}, and would meet it when they upgrade."
        if usage.on_newest
        else f"Of its {count(usage.users, 'user')} none runs {two}."
    )
    rest = usage.users - usage.on_newest
    if rest:
        yield f"{f'The other {rest:,} run' if rest > 1 else 'The other runs'} another release, or did not say."


def _going(usage: Usage) -> str:
    year = usage.year
    if year is None:
        return f"Not known: reports are held since {usage.answer.held_since or 'no day yet'}, which is not a year."
    then, stopped, started = (number(year, name) for name in ("installations", "stopped", "started"))
    if not then and not started:
        return f"Nobody used it on {year['before']} either, and nobody began since."
    return (
        f"Of the {count(then, 'master')} that used it on {year['before']}, {_how_many(stopped)} stopped by "
        f"{year['quarter']}; {_how_many(started)} began. {usage.change}".strip()
    )


def _how_many(masters: int) -> str:
    return f"{masters:,}" if masters else "none"


def _needed(usage: Usage) -> str:
    moved = usage.table("moved")
    if not moved:
        return "Nobody is known to have moved away from it, so nothing tells how long that takes."
    row = moved[0]
    early = number(row, "from_start")
    more = f" {early:,} of them used it already when reports began: they needed longer." if early else ""
    masters, median, long = (number(row, name) for name in ("installations", "median", "q3"))
    return (
        f"The {count(masters, 'master')} that moved away used it for {count(median, 'day')} at the median, a quarter of "
        f"them for over {count(long, 'day')}.{more}"
    )


def _unknown(usage: Usage, silent: Answer) -> Iterator[str]:
    least, most = usage.value("least"), usage.value("most")
    if usage.is_of_few or least is None or most is None:
        yield "Of so few, hardly anything: these are counts of those who report, and no more."
        return
    if least != most:
        yield (
            f"Not everybody answers: of all {usage.answer.basis} masters at least {percent(float(least))} use it, and at "
            f"most {percent(float(most))}."
        )
    estimate = next((row["estimate"] for row in silent.rows if (row["times"], row["reporting"]) == (2.0, 0.25)), None)
    if estimate is not None:
        yield (
            "If a quarter of all masters report, and the others use it twice as often, it is "
            f"{percent(float(estimate))} of all."
        )


def _companions(usage: Usage) -> Iterator[Item]:
    rows = [row for row in usage.table("differences") if row["attribute"] == "companion" and _is_more(row)]
    if rows:
        named = listed([f"{shown_name(str(row['value']))} ({_shares(row, usage)})" for row in rows[:_COMPANIONS]])
        yield Item("What goes with it?", f"Its users also use {named}: what takes its place must go with those.")


def _is_more(row: Row) -> bool:
    return float(row["share"] or 0) > float(row["others_share"] or 0)


def _shares(row: Row, usage: Usage) -> str:
    if min(usage.users, usage.asked - usage.users) < FEW:
        return f"{number(row, 'installations'):,} of them, {number(row, 'others'):,} of the others"
    return f"{percent(float(row['share'] or 0))} of them, {percent(float(row['others_share'] or 0))} of the others"


def _one_of_many(usage: Usage) -> Iterator[Item]:
    if usage.value("over_half") == "yes" and usage.users > 1:
        yield Item(
            "Is it one installation?",
            f"Over half of the {count(number(usage.answer.rows[0], 'instances'), 'instance')} are in one installation: "
            "count masters, not instances.",
        )
