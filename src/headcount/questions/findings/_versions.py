"""Findings of answers about versions, and about how fast they are taken up."""

from __future__ import annotations

from headcount.contract import supported
from headcount.questions._answer import Answer
from headcount.questions.findings._words import FEW, Row, commonest, everyone, named_rows, number, part, verb

PRODUCTS = {"buildbot": "Buildbot", "python": "Python", "twisted": "Twisted", "sqlalchemy": "SQLAlchemy"}
"""The products whose versions are asked for, as they are written."""


def versions(answer: Answer) -> str:
    """Say which version is the commonest, and how many run one whose support has ended."""
    rows = commonest(named_rows(answer, "version"))
    if not rows or rows[0]["installations"] is None:
        return f"Of {everyone(answer)}, no version is on enough to be said."
    product, _, grain = answer.by.partition(".")
    newest = ", the newest that anybody runs" if rows[0] is answer.rows[0] and len(rows) > 1 else ""
    name = PRODUCTS.get(product, "a worker of Buildbot")
    does = verb(rows[0]["installations"], "run" if product in PRODUCTS else "have")
    kind = "release" if grain else "series"
    version = f"{name} {rows[0]['version']}, the commonest {kind}{newest}"
    return f"Of {everyone(answer)}, {part(answer, rows[0])} {does} {version}.{_past(answer, product, name)}"


def _past(answer: Answer, product: str, name: str) -> str:
    """Return how many run a series whose support has ended; nothing where that is not public, or the counts are not true."""
    known = {series: day for (of, series), day in supported().items() if of == product}
    if answer.grain != "series" or answer.protected or not known or not answer.denominator:
        return ""
    past = sum(int(row["installations"] or 0) for row in answer.rows if is_past(answer, str(row["version"])))
    if not past:
        return f" None runs a {name} whose support has ended."
    share = f" ({past / answer.denominator:.1%})" if answer.denominator >= FEW else ""
    return f" {past:,}{share} {verb(past, 'run')} a {name} whose support has ended."


def is_past(answer: Answer, series: str) -> bool:
    """Return whether the support of a series of the product that is asked for ended before the end of the window."""
    day = supported().get((answer.by.partition(".")[0], series))
    return day is not None and day < answer.until.isoformat()


def upgrade(answer: Answer) -> str:
    """Say between which bounds a release has been reached, and when half had."""
    if not answer.rows:
        return f"Nothing is known yet of {everyone(answer)}."
    last = answer.rows[-1]
    whole = answer.denominator or 0
    most = round(float(last["most"] or 0) * whole)
    percent = f" ({last['most']:.1%})" if whole >= FEW else ""
    halves = [row["by_least"] for row in answer.tables["quartiles"].rows if row["portion"] == 0.5]
    half = (
        f" Half of them had within {halves[0]} days."
        if halves and halves[0] != ""
        else " Less than half have reported so."
    )
    return (
        f"Of {everyone(answer)}, at least {part(answer, last)} and at most {most:,}{percent} have reached Buildbot "
        f"{answer.by} or a later one in {last['days']} days.{half}"
    )


def transitions(answer: Answer) -> str:
    """Say which move the most made, and how long half of them took at most."""
    if not answer.rows:
        return f"None of {everyone(answer)} has moved from a series to a later one."
    row = commonest(answer.rows)[0]
    return (
        f"Of {everyone(answer)}, {part(answer, row)} have moved from Buildbot {row['from']} to {row['to']}, the commonest "
        f"move; half of these took at most {_days(row)}."
    )


def _days(row: Row) -> str:
    return f"{row['days']} day{'' if row['days'] == 1 else 's'}"


def downgrades(answer: Answer) -> str:
    """Say how many came back from a release, and from which the most."""
    total = sum(int(row["installations"] or 0) for row in answer.rows)
    if not total:
        return f"None of {everyone(answer)} has come back from a release and stayed on an earlier one."
    row = commonest(answer.rows)[0]
    share = f" ({total / answer.denominator:.1%})" if (answer.denominator or 0) >= FEW and answer.denominator else ""
    return (
        f"Of {everyone(answer)}, {total:,}{share} came back from a release and stayed on an earlier one; the most, "
        f"{number(answer, row['installations'])}, from {row['from']} to {row['to']}."
    )
