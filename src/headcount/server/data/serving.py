"""What a server does with the data of a directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headcount.warehouse import Finding


class Serving(NamedTuple):
    """What a server does with its data: the threshold ``k`` of publications; for how many days sightings are held.

    ``url``: where its pages are; ``sign_in``: what the doctor says of who may sign in.
    """

    k: int
    retention: int
    url: str = ""
    sign_in: Sequence[Finding] = ()
