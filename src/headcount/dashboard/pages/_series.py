"""What the series of an answer to `versions` say: which is the newest released one, and which are past their support."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from headcount.dashboard._panel import is_of_few
from headcount.dashboard._words import part_of, percent, share
from headcount.questions import Answer, Cell, released

Row = Mapping[str, Cell | None]


def newest_series(until: date) -> str:
    """Return the newest series of Buildbot of which a release had come out by the end of a day, such as ``4.3``."""
    newest = max((release for release, day in released().items() if day <= until), default=min(released()))
    return ".".join(map(str, newest[:2]))


def place(version: str) -> tuple[int, ...]:
    """Return the place of a version in their order."""
    return tuple(int(number) if number.isdecimal() else 0 for number in version.split("."))


def row_of(answer: Answer, version: str) -> Row:
    """Return the row of a version; one of nobody where none runs it."""
    return next((row for row in answer.rows if row["version"] == version), {"version": version, "installations": 0})


def past_support(answer: Answer) -> list[Row]:
    """Return the rows of the series whose support had ended by the last day of the window."""
    return [row for row in answer.rows if "" < str(row["supported_until"]) < answer.until.isoformat()]


def installations(rows: list[Row]) -> int:
    """Return how many installations rows have together."""
    return sum(int(row["installations"] or 0) for row in rows)


def newest_in_words(versions: Answer) -> str:
    """Say how many run the newest series of Buildbot, and how many one that did not come out yet."""
    if not versions.denominator:
        return ""
    newest = newest_series(versions.until)
    on_it = int(row_of(versions, newest)["installations"] or 0)
    ahead = installations([row for row in versions.rows if place(str(row["version"])) > place(newest)])
    text = f"{part_of(on_it, versions.denominator, 'that say so')} run Buildbot {newest}, the newest series"
    return f"{text}, and {share(ahead, versions.denominator)} one that is not released." if ahead else f"{text}."


def past_support_in_words(pythons: Answer) -> str:
    """Say how many run a Python past the end of its support; nothing where too few are known."""
    ended = past_support(pythons)
    if not pythons.denominator or is_of_few(pythons) or not ended:
        return ""
    return f"{percent(installations(ended) / pythons.denominator)} are on a Python past the end of its support."
