"""Findings of answers over time."""

from __future__ import annotations

from datetime import timedelta

from headcount.questions._answer import Answer
from headcount.questions.findings._versions import PRODUCTS
from headcount.questions.findings._words import FEW, Row, commonest, installations, known_as, number, short, verb, whom

_DOES = {"version": "run", "value": "have", "plugin": "use", "band": "customize"}


def over(answer: Answer) -> str:
    """Say what it is at the end of the last period, and what it was at the end of the first one."""
    whole = {str(row["period"]): int(row["denominator"] or 0) for row in answer.tables["periods"].rows}
    if not whole:
        return f"Nothing is known of {answer.since} to {answer.until}: no report came in it."
    first, last = next(iter(whole)), list(whole)[-1]
    end = f"On {answer.until}" if is_cut(answer) else f"At the end of {last}"
    if not whole[last]:
        return f"{end}, nothing is known: there are no {known_as(answer)}installations{whom(answer)}."
    column = next((name for name in _DOES if name in answer.columns()), None)
    if column is None:
        return _of_condition(answer, whole, first, last, end)
    rows = commonest(row for row in answer.rows if row["period"] == last)
    if not rows or not rows[0]["installations"]:
        return f"{end}, none of {installations(whole[last], known_as(answer))}{whom(answer)} was counted."
    row = rows[0]
    before = next((other for other in answer.rows if other["period"] == first and other[column] == row[column]), None)
    then = (
        f"; at the end of {first} it was {_part(before, whole[first])} of {whole[first]:,}"
        if before is not None and first != last
        else ""
    )
    return (
        f"{end}, {_part(row, whole[last])} of {installations(whole[last], known_as(answer))}{whom(answer)} "
        f"{verb(row['installations'], _DOES[column])} {_named(answer, column, row)}, more than any other{then}."
    )


def _named(answer: Answer, column: str, row: Row) -> str:
    if column == "plugin":
        return short(answer)[str(row["plugin"])]
    if column == "version":
        return f"{PRODUCTS[answer.by]} {row['version']}"
    return f"{row['band']} of their plugins" if column == "band" else str(row["value"])


def _of_condition(answer: Answer, whole: dict[str, int], first: str, last: str, end: str) -> str:
    rows = {str(row["period"]): row for row in answer.rows}
    now, then = rows[last], rows[first]
    if answer.where is None:
        counts = [int(row["installations"] or 0) for row in (now, then)]
        change = "" if first == last else f"; at the end of {first}, {counts[1]:,} {verb(counts[1], 'were')}"
        return f"{end}, {installations(counts[0])} {verb(counts[0], 'were')} {answer.basis}{change}."
    change = "" if first == last else f"; at the end of {first} it was true of {_true_of(then, whole[first])}"
    return (
        f"{end}, `{answer.where}` was true of {_true_of(now, whole[last])} {known_as(answer)}installations that answered "
        f"what it asks{change}."
    )


def _true_of(row: Row, whole: int) -> str:
    share = row["share"]
    told = 0 if share is None else round(float(share) * whole)
    return f"{told:,} ({share:.1%}) of {whole:,}" if share is not None and whole >= FEW else f"{told:,} of {whole:,}"


def _part(row: Row, whole: int) -> str:
    share = row["share"]
    count = f"{row['installations']:,}"
    return count if share is None or whole < FEW else f"{count} ({share:.1%})"


def seen(answer: Answer) -> str:
    """Say how many were seen in the window, and in its last period."""
    ever = f"{number(answer, answer.denominator)} {'installation was' if answer.denominator == 1 else 'installations were'}"
    confirmed = "confirmed " if answer.protected else ""
    start = (
        f"From {answer.since} to {answer.until}, {ever.replace(' ', f' {confirmed}', 1) if confirmed else ever} seen"
    )
    if not answer.rows:
        return f"{start}."
    last = answer.rows[-1]
    matching = f" that matched `{answer.where}`" if answer.where else ""
    return (
        f"{start}; in the last {answer.by}, {_last(answer)}, {number(answer, last['installations'])} were{matching}, "
        f"{number(answer, last['new'])} of them for the first time. Who did not report in it may be there all the same."
    )


def _last(answer: Answer) -> str:
    """Return the last period, with the day where it is cut short."""
    period = str(answer.rows[-1]["period"])
    return f"{period} up to {answer.until}" if is_cut(answer) else period


def is_cut(answer: Answer) -> bool:
    """Return whether the last period of an answer over time is not over at the end of its window."""
    unit, after = answer.over or answer.by, answer.until + timedelta(days=1)
    return after.isoweekday() != 1 if unit == "week" else after.day != 1 if unit == "month" else False


def rate(answer: Answer) -> str:
    """Say of which part of those seen a condition was true in the last month."""
    if not answer.rows:
        return f"From {answer.since} to {answer.until} nobody was seen that answered what `{answer.where}` asks."
    last = answer.rows[-1]
    return (
        f"In {_last(answer)}, `{answer.where}` was true of "
        f"{_true_of(last, int(last['seen'] or 0))} installations that were seen and answered what it asks."
    )
