"""The SQL of an answer: the statement of its rows and that of its denominator, composed of fragments."""

from __future__ import annotations

from collections.abc import Collection

from headcount.questions._condition import Condition
from headcount.questions._question import Basis, Breakdown, Statement
from headcount.questions._sql import compose


def statement(
    breakdown: Breakdown,
    basis: Basis,
    matching: Condition | None = None,
    *,
    compared: Condition | None = None,
    chosen: Statement | None = None,
    latest: bool = False,
    once: bool = False,
) -> str:
    """Return the SQL of the rows of an answer.

    ``compared``: the condition that ``matching`` is compared with, if any; ``chosen``: a statement of its analysis; the
    breakdown's own unless given. ``latest``: for a window that reaches to the newest report; ``once``: for an engine that
    holds each row once.
    """
    chosen = chosen or breakdown.statement
    fill = reports_fill(latest) | _fill(breakdown, chosen, basis, matching, compared, filters=breakdown.scope.filters)
    return compose(chosen.file if matching is None else chosen.filtered or chosen.file, fill, once=once)


def statements(breakdown: Breakdown) -> Collection[Statement]:
    """Return the statements of a breakdown's rows: its own, or those of its analysis."""
    return (breakdown.statement,) if breakdown.analysis is None else breakdown.analysis.statements.values()


def denominator_statement(
    breakdown: Breakdown,
    basis: Basis,
    matching: Condition | None = None,
    compared: Condition | None = None,
    *,
    everyone: bool = False,
    latest: bool = False,
    once: bool = False,
) -> str:
    """Return the SQL of the denominator by level; ``everyone``: whether or not they match the condition."""
    fill = reports_fill(latest) | _fill(breakdown, breakdown.statement, basis, matching, compared, filters=not everyone)
    return compose(breakdown.scope.denominator, fill, once=once)


def judgement_statement(
    breakdown: Breakdown, basis: Basis, asked: Condition, *, latest: bool = False, once: bool = False
) -> str:
    """Return the SQL that counts of how many of the basis a condition is true, false and not known."""
    fill = reports_fill(latest) | _fill(breakdown, breakdown.statement, basis, asked, filters=False)
    return compose("judged", fill, once=once)


def reports_fill(latest: bool) -> dict[str, str]:
    """Return the fill for the last reports, which come from `latest` where the window reaches to the newest one."""
    return dict.fromkeys(("reports", "reports_of_window"), "latest_reports") if latest else {}


def _fill(
    breakdown: Breakdown,
    chosen: Statement,
    basis: Basis,
    matching: Condition | None,
    compared: Condition | None = None,
    *,
    filters: bool,
) -> dict[str, str]:
    fill = {
        "installations": basis,
        "among": f"among_{basis}",
        "lived": "lived_confirmed" if basis == "confirmed" else "lived_alive",
        **breakdown.statement.fill,
        **chosen.fill,
    }
    if matching is not None:
        fill |= {
            "condition": matching.sql,
            "denied": matching.denied,
            "compared": matching.denied if compared is None else compared.sql,
            "answers_condition": matching.answered,
            "named_classes": matching.named_classes,
            "masked": matching.masked,
        }
    if matching is None or not filters:
        return fill | {"matching": "everything", "members": "everything", "existing": "everything"}
    return fill
