"""A question as it is asked: its one shape on the command line, in an address, in a cache and in a log."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from headcount.questions._question import BadQuestion

PARAMETERS = ("by", "basis", "since", "until", "where")
"""The parameters of a question, by name."""


@dataclass(frozen=True)
class Query:
    """A question of the registry with its parameters; each that is None has the question's own default.

    ``by``: what to count by; ``basis``: which installations; ``since`` and ``until``: the first and the
    last day of the window, UTC; ``where``: a condition. Nothing is checked before the query is asked:
    it may be of a question that does not exist.
    """

    question: str
    by: str | None = None
    basis: str | None = None
    since: date | None = None
    until: date | None = None
    where: str | None = None

    @classmethod
    def from_text(cls, question: str, parameters: Mapping[str, str]) -> Query:
        """Read a query from texts by parameter; days are in ISO 8601. The inverse of `to_text`.

        Raises `BadQuestion` where a parameter is unknown or a day is none.
        """
        unknown = parameters.keys() - set(PARAMETERS)
        if unknown:
            raise BadQuestion(f"there is no parameter {min(unknown)!r}: there are {', '.join(sorted(PARAMETERS))}")
        return cls(
            question,
            by=parameters.get("by"),
            basis=parameters.get("basis"),
            since=_day("since", parameters.get("since")),
            until=_day("until", parameters.get("until")),
            where=parameters.get("where"),
        )

    def to_text(self) -> dict[str, str]:
        """Return the parameters that are given, each as text."""
        return {name: str(value) for name in PARAMETERS if (value := getattr(self, name)) is not None}

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


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"{name} must be a day such as 2026-10-31, not {text!r}") from None
