"""Under which id an installation reports: most keep theirs; some move; a container has one for each start; a flood many."""

from __future__ import annotations

from random import Random
from typing import Literal

Identity = Literal["kept", "moved", "ephemeral", "flood"]


def draw_identity(rng: Random) -> Identity:
    """Shares are made up: a container whose host name changes hashes to a new id at each start."""
    return rng.choices(("kept", "moved", "ephemeral", "flood"), (95.8, 3, 1, 0.2))[0]


def install_id(install: str, identity: Identity, *, start: int, moved: bool) -> str:
    """The id at a start, counted from 0; ``moved``: after the day on which it moved, if it does."""
    if identity == "moved" and moved:
        return other_id(install, 0)
    return other_id(install, start) if identity == "ephemeral" else install


def other_id(install: str, number: int) -> str:
    """Another id for an installation; equal arguments give equal ids."""
    return f"{Random(f'{install}/{number}').getrandbits(160):040x}"  # noqa: S311  # not for secrets
