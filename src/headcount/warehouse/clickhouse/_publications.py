"""Storing in the warehouse what was published, by the first of several processes."""

from __future__ import annotations

from headcount.warehouse._publications import STATES_FACT, WEEK_FACT, States
from headcount.warehouse.clickhouse._change import Change, Unit


def note(change: Change, week: str) -> None:
    """Note that a week was published, or may have been."""
    _note(change, {}, week)


def publish(change: Change, name: str, document: str, states: States | None) -> str:
    """Store a document, and the states of which its tables were computed, if any.

    Where one of that name is stored it stays, and is returned.
    """
    stored = change.before.query("SELECT document FROM documents WHERE name = $name", {"name": name})
    if stored:
        return str(stored[0][0])
    change.write("documents", [(name, document)], change.rowset())
    _note(change, {} if states is None else {STATES_FACT: name}, name)
    if states is not None:
        change.rewrite(Unit.PUBLISHED, {"published": sorted(states.items())})
    return document


def _note(change: Change, facts: dict[str, str], week: str) -> None:
    """Note a week, of which there is a fact each, and other facts, which there are once."""
    held = [row for row in change.before.rows("facts", "1") if row != (WEEK_FACT, week) and row[0] not in facts]
    change.corrects = True
    change.rewrite(Unit.FACTS, {"facts": [*held, (WEEK_FACT, week), *facts.items()]})
