"""The publication: what the public sees of a week.

It is computed once, and all that is public is made from it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, timedelta
from typing import Any

from headcount.questions._answer import Answer

_FORMAT = 1
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


class NotPublished(ValueError):
    """A table or a week that was not published; the message says which were."""


@dataclasses.dataclass(frozen=True)
class Publication:
    """The tables of a week (``2026-W47``, ISO 8601), protected with the threshold ``k``.

    ``computed``: the week for which they were computed, an earlier one where too few installations
    changed since.
    """

    week: str
    k: int
    tables: tuple[Answer, ...]
    computed: str

    def table(self, question: str, by: str | None = None) -> Answer:
        """Return one of its tables, the first of the question unless ``by`` is given.

        Raises `NotPublished`.
        """
        of_question = [table for table in self.tables if table.question == question]
        if not of_question:
            questions = dict.fromkeys(table.question for table in self.tables)
            raise NotPublished(f"no table of {question!r} is published: there are those of {', '.join(questions)}")
        for table in of_question:
            if by in (None, table.by):
                return table
        raise NotPublished(
            f"{question} by {by!r} is not published: it is by {', '.join(table.by for table in of_question)}"
        )

    def to_json(self) -> str:
        """Return the publication as it is stored; `from_json` is the inverse."""
        value = {
            "publication": _FORMAT,
            "week": self.week,
            "computed": self.computed,
            "k": self.k,
            "tables": [table.to_dict() for table in self.tables],
        }
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Publication:
        """Return the publication that a text holds.

        Raises ValueError for any other text, and for a newer Headcount's.
        """
        try:
            value: dict[str, Any] = json.loads(text)
            if value["publication"] > _FORMAT:
                raise ValueError(f"a newer Headcount wrote it (format {value['publication']})")
            tables = tuple(Answer.from_dict(table) for table in value["tables"])
            return cls(value["week"], value["k"], tables, value["computed"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"it is no publication of Headcount's: {error!r}") from error


def week_before(today: date) -> str:
    """Return the last week that was over before ``today``, the one to publish."""
    year, week, _ = (today - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02}"


def last_day(week: str) -> date:
    """Return the Sunday of a week. Raises ValueError for a text that names no week."""
    match = _WEEK.fullmatch(week)
    try:
        if match is not None:
            return date.fromisocalendar(int(match[1]), int(match[2]), 7)
    except ValueError:
        pass
    raise ValueError(f"a week is such as 2026-W47, not {week!r}")
