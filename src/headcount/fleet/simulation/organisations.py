"""Organisations: masters that are run together, configured alike, and changed on one day."""

from __future__ import annotations

from dataclasses import replace

from headcount.fleet.simulation.identity import other_id
from headcount.fleet.simulation.installation import Installation

_MASTERS = 5
_EACH = 40  # of so many groups of masters is one an organisation's
_FIRST = 11


def first_of(number: int) -> int | None:
    """Return the number of the first master of the organisation that a numbered installation belongs to, if it does."""
    group = number // _MASTERS
    return group * _MASTERS if group % _EACH == _FIRST else None


def member(first: Installation, place: int) -> Installation:
    """Return the master of an organisation at a place from 0: as the first, under an id of its own."""
    own = first.install if place == 0 else other_id(first.install, -place)
    return replace(first, install=own, identity="kept", anonymous=False)
