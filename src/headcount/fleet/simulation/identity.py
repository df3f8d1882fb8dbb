"""The ids of an installation: most keep theirs; some move; a container has a new one at each start; a flood
has many.
"""

from __future__ import annotations

from random import Random
from typing import Literal

Identity = Literal["kept", "moved", "ephemeral", "flood"]


def draw_identity(rng: Random) -> Identity:
    """The kinds of identities, with invented shares: a container's host name changes, and so does its id,
    at each start.
    """
    return rng.choices(("kept", "moved", "ephemeral", "flood"), (95.8, 3, 1, 0.2))[0]


def install_id(install: str, identity: Identity, *, start: int, moved: bool) -> str:
    """Return the id at a start, counted from 0. ``moved``: the start is after the day on which it moved, if
    it moves.
    """
    if identity == "moved" and moved:
        return other_id(install, 0)
    return other_id(install, start) if identity == "ephemeral" else install


def other_id(install: str, number: int) -> str:
    """Return another id for an installation; equal arguments give equal ids."""
    return f"{Random(f'{install}/{number}').getrandbits(160):040x}"  # noqa: S311  # not for secrets
