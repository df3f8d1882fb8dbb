"""The oracle's pairs: a master that reported as stock, and then with a secret, is one installation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from headcount.fleet._truth import Truth
from headcount.fleet._window import alive_since, day_of

Received = list[tuple[int, Truth]]
"""Reports under one name: when each was received (Unix seconds), and its truth, by time."""

_OURS_ALONE = frozenset({"secrets provider", "authentication", "report generator", "machine"})
"""The kinds that stock never counts."""


def installations(reports: Iterable[tuple[int, Truth]]) -> dict[str, list[tuple[date, Truth]]]:
    """Return what each installation was said to be on the days on which it was seen, by time.

    An installation is named by its id, or by its id and secret where that is no part of a pair. Reports without an id
    belong to none.
    """
    names: defaultdict[tuple[str, str | None], Received] = defaultdict(list)
    for received, truth in sorted(reports, key=lambda pair: pair[0]):
        if truth.install is not None:
            names[truth.install, truth.secret].append((received, truth))
    found = {}
    for (install, secret), own in names.items():
        if secret is None:
            partner = _partner(own, {key: theirs for key, theirs in names.items() if key[0] == install and key[1]})
            found[install] = [(day_of(at), truth) for at, truth in own]
            if partner is not None:
                found[install] = _life(own, names[partner])
                found.pop(f"{partner[0]} {partner[1]}", None)
                names[partner] = []
        elif own:
            found[f"{install} {secret}"] = [(day_of(at), truth) for at, truth in own]
    return found


def _partner(stock: Received, others: dict[tuple[str, str | None], Received]) -> tuple[str, str | None] | None:
    """Return who makes a pair with the stock reports: the first of those whose first report agrees with them."""
    agreeing = [(reports[0][0], name) for name, reports in others.items() if reports and _agrees(reports[0], stock)]
    return min(agreeing, default=(0, None), key=lambda found: found[0])[1]


def _agrees(first: tuple[int, Truth], stock: Received) -> bool:
    """Return whether a report agrees with the stock ones of the 13 months before it, and with the last one before it.

    One of the same second counts as before it. Those that name no class neither agree nor disagree.
    """
    received, truth = first
    before = [(at, said) for at, said in stock if at <= received]
    recent = [one for one in before if day_of(one[0]) >= alive_since(day_of(received))] + before[-1:]
    compared = [classes for _, said in recent if (classes := _classes(said))]
    mine = _classes(truth)
    return bool(mine and compared) and all(10 * len(mine ^ theirs) <= len(mine | theirs) for theirs in compared)


def _classes(truth: Truth) -> set[tuple[str, int]]:
    """Return the classes that both reporters count, with their depths; stock does not know how deep a private one is."""
    kinds = truth.kinds or {}
    return {
        (base, 0 if base == "custom" else depth)
        for base, depth in truth.plugins or {}
        if kinds[base] not in _OURS_ALONE
    }


def _life(stock: Received, ours: Received) -> list[tuple[date, Truth]]:
    """Return what a pair was said to be, by time.

    What the stock reports say counts until the secret was seen on two days, and where it was not seen in the 13 months
    before; else what the reports with the secret say.
    """
    days = sorted({day_of(at) for at, _ in ours})
    confirmed = days[1] if len(days) > 1 else date.max

    def said(reports: Received, day: date) -> Truth | None:
        return next((truth for at, truth in reversed(reports) if day_of(at) <= day), None)

    life = []
    for at, truth in sorted([*stock, *ours], key=lambda pair: pair[0]):
        day = day_of(at)
        if truth.secret is not None:
            state = truth if day >= confirmed else said(stock, day)
        else:
            alive = any(alive_since(day) <= other <= day for other in days)
            state = said(ours, day) if day >= confirmed and alive else truth
        life.append((day, state or truth))
    return life
