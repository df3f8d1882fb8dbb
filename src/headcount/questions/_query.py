"""A question as it is asked: its one shape on the command line, in an address, in a cache and in a log."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from headcount.questions._suggestion import suggestion

PARAMETERS = ("by", "over", "basis", "since", "until", "where", "with", "support")
"""The parameters of a question, by name."""

PERIODS = ("month", "week")
"""What an answer can be asked over."""


class BadQuestion(ValueError):
    """A question that cannot be asked in this way; the message says how it can."""


@dataclass(frozen=True)
class Query:
    """A question of the registry with its parameters; each that is None has the question's own default.

    ``by``: what to count by; ``over``: at the end of each of which periods; ``basis``: which installations; ``since`` and
    ``until``: the first and the last day of the window, UTC; ``where``: a condition; ``with_``: what to compare with;
    ``support``: how many installations a row has at least. Nothing else is checked before the query is asked: it may be
    of a question that does not exist.
    """

    question: str
    by: str | None = None
    basis: str | None = None
    since: date | None = None
    until: date | None = None
    where: str | None = None
    over: str | None = None
    with_: str | None = None
    support: int | None = None

    @classmethod
    def from_text(cls, question: str, parameters: Mapping[str, str]) -> Query:
        """Read a query from texts by parameter; days are in ISO 8601. The inverse of `to_text`.

        Raises `BadQuestion` where a parameter is unknown, a day is none, or the support is no number.
        """
        unknown = parameters.keys() - set(PARAMETERS)
        if unknown:
            wrong, known = min(unknown), sorted(PARAMETERS)
            raise BadQuestion(
                f"there is no parameter {wrong!r}{suggestion(wrong, known)}: there are {', '.join(known)}"
            )
        return cls(
            question,
            by=parameters.get("by"),
            basis=parameters.get("basis"),
            since=_day("since", parameters.get("since")),
            until=_day("until", parameters.get("until")),
            where=parameters.get("where"),
            over=parameters.get("over"),
            with_=parameters.get("with"),
            support=_count("support", parameters.get("support")),
        )

    def to_text(self) -> dict[str, str]:
        """Return the parameters that are given, each as text."""
        values = {**vars(self), "with": self.with_}
        return {name: str(values[name]) for name in PARAMETERS if values[name] is not None}

    def url_query(self) -> str:
        """Return the parameters as the query of an address, without its question mark."""
        return urlencode(self.to_text())

    def path(self, root: str = "/questions") -> str:
        """Return the address of the question under ``root``: its page, or its answer under ``/api/ask``."""
        query = self.url_query()
        return f"{root}/{quote(self.question, safe='')}{'?' if query else ''}{query}"

    def command(self) -> str:
        """Return the command that asks the same, quoted for a POSIX shell."""
        options = [part for name, text in self.to_text().items() for part in (f"--{name}", text)]
        return shlex.join(["headcount", "ask", self.question, *options])


def _count(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise BadQuestion(f"{name} must be a number of installations from 1 on, not {text!r}")
    return int(text)


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"{name} must be a day such as 2026-10-31, not {text!r}") from None
