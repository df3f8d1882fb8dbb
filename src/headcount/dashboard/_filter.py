"""The filter of a page: what its bar holds, read from the address, and the queries and addresses that are made with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from headcount.questions import BASES, FIRST_DAY, REGISTRY, BadQuestion, Query, conjunction, conjuncts

PARAMETERS = ("basis", "where", "since", "until", "with")
"""The parameters of a filter, in the order in which an address has them."""

_PLUGIN = "plugin"  # of the form alone: a plugin that is added to the condition
_WAS = "was"  # of the form alone: the condition of before
FORM_PARAMETERS = (*PARAMETERS, _PLUGIN, _WAS)
"""The parameters that the form of a filter sends."""

BEFORE: Mapping[str, tuple[int, str]] = {"28d": (28, "28 days before"), "1y": (365, "a year before")}
"""What a page compares with, beside another condition: how many days before, and in words."""


class Chip(NamedTuple):
    """A part of the condition, and the address of the page without it."""

    text: str
    path: str


@dataclasses.dataclass(frozen=True)
class Filter:
    """What the bar of a page at ``path`` holds: the valid parameters as they apply, and what is wrong with the others.

    ``where``: None without a condition; ``with_``: a word of `BEFORE` or a condition; ``typed``: what stands in the fields;
    ``problems``: a sentence by the parameter that is wrong; ``subject``: whether the page is about the condition, so that
    it does not filter; ``also``: parameters of the page that are none of the filter's, and stay in its addresses.
    """

    path: str
    basis: str | None = None
    where: str | None = None
    since: date | None = None
    until: date | None = None
    with_: str | None = None
    typed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    problems: Mapping[str, str] = dataclasses.field(default_factory=dict)
    also: Mapping[str, str] = dataclasses.field(default_factory=dict)
    subject: bool = False

    @classmethod
    def from_text(
        cls,
        path: str,
        parameters: Mapping[str, str],
        *,
        also: Mapping[str, str] | None = None,
        subject: bool = False,
        today: date | None = None,
    ) -> Filter:
        """Read a filter from the parameters of an address. A wrong one becomes a problem, and does not apply.

        Where the condition is wrong, that of before applies, which the form sends along. ``today``: the last day (UTC) that
        can be asked about; None: any.
        """
        typed = {name: parameters[name].strip() for name in FORM_PARAMETERS if parameters.get(name, "").strip()}
        problems: dict[str, str] = {}
        where = _where(typed, problems)
        basis = typed.get("basis")
        if basis is not None and basis not in BASES:
            problems["basis"] = f"there is no basis {basis!r}: it is one of {', '.join(BASES)}"
            basis = None
        since, until = _window(typed, problems, today)
        with_ = typed.get("with")
        if with_ is not None and with_ not in BEFORE and not _is_condition("with", with_, problems):
            with_ = None
        return cls(path, basis, where, since, until, with_, typed, problems, also or {}, subject)

    @property
    def canonical(self) -> str | None:
        """The address that asks the same without what only the form sends; None where something is wrong."""
        return None if self.problems else self.address()

    @property
    def chips(self) -> list[Chip]:
        """The parts of the condition, each with the address of the page without it."""
        if self.where is None:
            return []
        parts = conjuncts(self.where)
        return [
            Chip(part, self.address(where=conjunction(rest) if (rest := _without(parts, number)) else None))
            for number, part in enumerate(parts)
        ]

    def query(self, question: str, by: str | None = None, **asked: str | int | None) -> Query:
        """Return the query of a question with this filter: of its own usual basis where it has none of the filter's.

        ``asked``: parameters of the query that are as given, whatever the filter says, by their names in `Query`.
        """
        breakdown = REGISTRY[question].by[by or next(iter(REGISTRY[question].by))]
        basis = self.basis if self.basis in breakdown.scope.bases else None
        windowed = breakdown.scope.widen != "day" or basis == "seen" or asked.get("over") is not None
        filtered = Query(
            question, by=by, basis=basis, since=self.since if windowed else None, until=self.until, where=self.where
        )
        return dataclasses.replace(filtered, **asked)  # type: ignore[arg-type]  # each of its own type

    def beside(self, query: Query, today: date) -> Query | None:
        """Return the query of what is compared with: of a window before, or of another condition; None without that.

        ``today``: the last day of a window that has none (UTC).
        """
        if self.with_ is None:
            return None
        if self.with_ not in BEFORE:
            return dataclasses.replace(query, where=self.with_)
        by = timedelta(days=BEFORE[self.with_][0])
        since = query.since - by if query.since else None
        return dataclasses.replace(query, since=since, until=(query.until or today) - by)

    @property
    def beside_in_words(self) -> str:
        """What is compared with, in words; empty without that."""
        if self.with_ is None:
            return ""
        return BEFORE[self.with_][1] if self.with_ in BEFORE else f"those with {self.with_}"

    def address(self, path: str | None = None, **changes: str | None) -> str:
        """Return the address of a page, this one unless given, with this filter but for the changes; None takes one away.

        The parameter ``with`` is changed as ``with_``. The parameters of this page alone are in no other address.
        """
        values: dict[str, str | None] = {
            **(self.also if path in (None, self.path) else {}),
            "basis": self.basis,
            "where": self.where,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "with": self.with_,
            **{name.rstrip("_"): text for name, text in changes.items()},
        }
        ordered = sorted(values.items(), key=lambda item: item[0] in PARAMETERS)  # those of the page stand first
        given = urlencode({name: text for name, text in ordered if text})
        return f"{self.path if path is None else path}{'?' if given else ''}{given}"

    def adding(self, condition: str, path: str | None = None) -> str:
        """Return the address of a page with a condition in addition; it is there once."""
        parts = conjuncts(self.where) if self.where else ()
        return self.address(path, where=conjunction(parts if condition in parts else (*parts, condition)))


def _where(typed: dict[str, str], problems: dict[str, str]) -> str | None:
    """Return the condition that applies; it stands in ``typed`` with the plugin that is added."""
    before = typed.pop(_WAS, None)
    plugin = typed.pop(_PLUGIN, None)
    where = typed.get("where")
    if plugin is not None:
        named = f"plugin = {plugin}" if " " not in plugin else f'plugin = "{plugin}"'
        where = f"{f'({where})' if where else ''}{' and ' if where else ''}{named}"
        typed["where"] = where
    if where is None:
        return None
    if _is_condition("where", where, problems):
        if plugin is not None:
            where = typed["where"] = conjunction(conjuncts(where))
        return where
    return before if before and _is_condition("where", before, {}) else None


def _is_condition(name: str, text: str, problems: dict[str, str]) -> bool:
    try:
        conjuncts(text, name)
    except BadQuestion as error:
        problems[name] = str(error)
        return False
    return True


def _window(typed: Mapping[str, str], problems: dict[str, str], today: date | None) -> tuple[date | None, date | None]:
    """Return the first and the last day, as far as they are right."""
    since, until = (_day(name, typed, problems, today) for name in ("since", "until"))
    if since is not None and until is not None and since > until:
        problems["since"] = f"{since} is after {until}, the last day"
        since = None
    return since, until


def _day(name: str, typed: Mapping[str, str], problems: dict[str, str], today: date | None) -> date | None:
    if name not in typed:
        return None
    try:
        day = date.fromisoformat(typed[name])
    except ValueError:
        problems[name] = f"{typed[name]!r} is no day such as 2026-10-31"
        return None
    if today is not None and day > today:
        problems[name] = f"{day} is after today, {today} (UTC)"
        return None
    if day < FIRST_DAY:
        problems[name] = f"{day} is before {FIRST_DAY}, the first day that can be asked about"
        return None
    return day


def _without(parts: tuple[str, ...], number: int) -> tuple[str, ...]:
    return (*parts[:number], *parts[number + 1 :])
