"""What an answer does not know, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from headcount.questions._question import Basis


def unknown(since: date, held_since: date | None, *, nobody: bool) -> Iterator[str]:
    """Say since when data are held, where the window begins before, or where there is nobody in it."""
    if held_since is not None and (since < held_since or nobody):
        yield f"Data are held since {held_since}: nothing is known of the time before."


def unanswered(least: float | None, most: float | None, basis: Basis, *, is_subject: bool) -> Iterator[str]:
    """Say between which shares a condition is true, where not everybody answered what it asks."""
    if least is None or most is None or least == most:
        return
    yield (
        f"Not everybody answered what the condition asks: of all installations {basis} it is true of at least {least:.1%} "
        f"and at most {most:.1%}."
    )
    if is_subject:
        yield "`installations` are all of whom it is true, `share` is of those who answered all of it."


def apart(number: int | None, basis: Basis) -> Iterator[str]:
    """Say how many are set apart, and whether they are counted."""
    if number:
        those = (
            "installation of a flood of newcomers is" if number == 1 else "installations of a flood of newcomers are"
        )
        counted = "counted all the same" if basis == "seen" else "not counted"
        yield f"{number:,} {those} set apart at the end of the window, and {counted}."


def protection(k: int | None) -> Iterator[str]:
    """Say how a publication is protected."""
    if k is not None:
        yield f"Protected: every count has noise of at most {k}, and one under {k} is not said."
