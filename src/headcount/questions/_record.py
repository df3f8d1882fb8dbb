"""A record of `drop`: what a maintainer releases for an issue that anybody reads, protected like a publication."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from headcount.questions._query import BadQuestion

FEWEST = 300
"""Of fewer confirmed installations, as they are counted with noise, there is no record."""

_FORMAT = 1
_NAME = re.compile(r"(\d{4}-Q[1-4])-[a-z0-9-]{1,60}")
_WORDS, _DIGITS = 40, 8


class NotReleased(BadQuestion):
    """A record that is not released; the message is a sentence that says why, and what can be done."""


@dataclass(frozen=True)
class Year:
    """What became of the same masters in a year; each is a published count, None for fewer than k.

    ``before``: the day a year before; ``users``: of whom the condition was true then. The others are None too where one of
    the two numbers of users is under k, which is not broken down. ``kept``, ``stopped`` and ``silent``: of those that
    reported again, of how many it is true, false and not known at the end; ``gone``: those that did not; ``started``: of how
    many it was false, and is true.
    """

    before: date
    users: int | None
    kept: int | None = None
    stopped: int | None = None
    silent: int | None = None
    gone: int | None = None
    started: int | None = None


@dataclass(frozen=True)
class Record:
    """The record of a condition at the end of a quarter, ``until`` (UTC). Each count has noise; None is fewer than ``k``.

    ``condition``: in its plain spelling; ``confirmed``: all confirmed installations; ``asked``: those that answered all
    that the condition names; ``users``: those of whom it is true; ``asked_users``: those that are both; ``unknown``: those
    of whom it is not known. ``newest_series``: the newest two of Buildbot; ``on_newest``: users on them. ``series`` and
    ``distributions``: users by both, of values that k or more have; empty where users are fewer than k. ``year``: None
    where no year of reports is held; ``held_since``: the first day of which some are.
    """

    condition: str
    until: date
    k: int
    confirmed: int
    asked: int | None
    users: int | None
    asked_users: int | None
    unknown: int | None
    newest_series: tuple[str, ...]
    on_newest: int | None
    series: Mapping[str, int]
    distributions: Mapping[str, int]
    year: Year | None
    held_since: date | None

    @property
    def name(self) -> str:
        """By which it is kept and listed: the quarter, the words of the condition, and a hash of it."""
        return record_name(self.condition, self.until)

    @property
    def quarter(self) -> str:
        """The quarter, such as ``2026-Q3``."""
        return quarter_name(self.until)

    @property
    def share(self) -> float | None:
        """The share of users among those that answered all; None where either is fewer than k."""
        return _part(self.asked_users, self.asked)

    @property
    def least(self) -> float | None:
        """The share of users among all, if none of those of whom it is not known used it; None where users are under k."""
        return _part(self.users, self.confirmed)

    @property
    def most(self) -> float | None:
        """The same if each of them did; fewer than k of whom it is not known count as k - 1."""
        unknown = self.k - 1 if self.unknown is None else self.unknown
        return None if self.users is None else _part(self.users + unknown, self.confirmed)

    def to_json(self) -> str:
        """Return the record as it is kept; `from_json` is the inverse."""
        value = {"record": _FORMAT, **dataclasses.asdict(self)}
        return json.dumps(value, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Return the record that a text holds. Raises ValueError for any other text, and for a newer Headcount's."""
        try:
            value: dict[str, Any] = json.loads(text)
            if value.pop("record") > _FORMAT:
                raise ValueError("a newer Headcount wrote it")
            held, year = value["held_since"], value["year"]
            value |= {
                "until": date.fromisoformat(value["until"]),
                "held_since": None if held is None else date.fromisoformat(held),
                "newest_series": tuple(value["newest_series"]),
                "year": None if year is None else Year(**{**year, "before": date.fromisoformat(year["before"])}),
            }
            return cls(**value)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"it is no record of Headcount's: {error!r}") from error


def record_name(condition: str, until: date) -> str:
    """Return the name of the record of a condition, in its plain spelling, at the end of a quarter."""
    words = re.sub(r"[^a-z0-9]+", "-", condition.lower()).strip("-")[:_WORDS].strip("-")
    digest = hashlib.sha256(condition.encode()).hexdigest()[:_DIGITS]
    return f"{quarter_name(until)}-{words}-{digest}"


def quarter_of(name: str) -> str | None:
    """Return the quarter that is in the name of a record; None for what is no such name."""
    match = _NAME.fullmatch(name)
    return None if match is None else match[1]


def quarter_name(until: date) -> str:
    """Return the name of the quarter that a day is in, such as ``2026-Q3``."""
    return f"{until.year}-Q{(until.month + 2) // 3}"


def _part(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else min(1.0, round(part / whole, 4))
