"""Forms: the values that a field may hold, and how any other value is scrubbed.

A form reads a raw JSON value. A value of the wrong type is a problem; a value of the right type that is not
public is scrubbed, and counted. So a form returns published texts alone: each is a member of a closed set,
or consists of numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from headcount.contract import _distributions
from headcount.contract._releases import Release, parse_release
from headcount.contract._wire import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._vocabulary import Vocabulary

_NUMBERS = re.compile(r"[0-9.]+")
T_co = TypeVar("T_co", covariant=True)


class Problem(NamedTuple):
    """A problem of a body: where (a path) and what, in words. Holds no value of the body."""

    where: str
    what: str


_NAMED = 100  # problems of one kind that are listed; the others are counted


@dataclass
class Notes:
    """The notes of reading a body: its problems, and for each field how many values were scrubbed."""

    vocabulary: Vocabulary
    scrubbed: dict[str, int] = field(default_factory=dict)
    _problems: list[Problem] = field(default_factory=list)
    _alike: dict[str, int] = field(default_factory=dict)
    _by_field: dict[str, int] = field(default_factory=dict)

    def scrub(self, where: str, count: int = 1) -> None:
        """Note that so many values of a field were not public."""
        self.scrubbed[where] = self.scrubbed.get(where, 0) + count

    def problem(self, where: str, what: str) -> None:
        """Note a problem of the value at ``where``."""
        path = where.partition("[")[0]
        self._by_field[path] = self._by_field.get(path, 0) + 1
        alike = self._alike[what] = self._alike.get(what, 0) + 1
        if alike <= _NAMED:
            self._problems.append(Problem(where, what))

    def problems(self) -> list[Problem]:
        """Return every problem; of many alike the first hundred and the number of others: a body may hold millions."""
        more = [
            Problem("", f"{count - _NAMED:,} more like it: {what}")
            for what, count in self._alike.items()
            if count > _NAMED
        ]
        return self._problems + more

    def scrub_problems(self) -> None:
        """Count the problems as scrubbed values, for a sender that cannot be told of them."""
        for path, count in self._by_field.items():
            self.scrub(path, count)


class Form(Protocol[T_co]):
    """A form of values; ``label`` describes it to a person."""

    @property
    def label(self) -> str:
        """The form in words."""

    def read(self, raw: object, notes: Notes, where: str) -> T_co | None:
        """Return the value in this form; None, with a note, where ``raw`` has none."""

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        """Return whether a text already has this form, so that nothing is scrubbed from it."""

    def write(self, value: Any, /) -> object:
        """Return a value that was read as a report holds it; equal values are written alike."""


def kind_of(raw: object) -> str:
    """Return the JSON type of a value in words, for a message that must not repeat the value."""
    if raw is None:
        return "null"
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(raw), "something else")


@dataclass(frozen=True)
class ReleaseForm:
    """A version, cut to its release. ``known``: it must be a published release of Buildbot, or a newer one."""

    known: bool = False
    label: str = "a release, at most three numbers"

    def read(self, raw: object, notes: Notes, where: str) -> Release | None:
        if not isinstance(raw, str):
            notes.problem(where, f"must be a string such as '4.3.0', not {kind_of(raw)}")
            return None
        release = parse_release(raw)
        if release is None or (self.known and not is_plausible(release, notes.vocabulary)):
            notes.scrub(where)
            return None
        return release

    def holds(self, text: str, _: Vocabulary, /) -> bool:
        return _NUMBERS.fullmatch(text) is not None and parse_release(text) is not None

    def write(self, value: Release, /) -> str:
        return str(value)


def is_plausible(release: Release, vocabulary: Vocabulary) -> bool:
    """Return whether this may be a release of Buildbot: a known one, or one to come."""
    newest = vocabulary.newest
    newer = release > newest and release.major <= newest.major + 5 and max(release.minor, release.patch) < 100
    return release in vocabulary.releases or newer  # longer numbers may be private


@dataclass(frozen=True)
class ChoiceForm:
    """A word of a closed set; any other is read as `other`, and each word of ``folded`` as the word that it maps to."""

    choices: frozenset[str]
    folded: Mapping[str, str]
    label: str

    def read(self, raw: object, notes: Notes, where: str) -> str | None:
        if not isinstance(raw, str):
            notes.problem(where, f"must be a string, not {kind_of(raw)}")
            return None
        word = self.folded.get(raw, raw)
        if word in self.choices:
            return word
        notes.scrub(where)
        return _distributions.OTHER

    def holds(self, text: str, _: Vocabulary, /) -> bool:
        return text in self.choices or text in self.folded

    def write(self, value: str, /) -> str:
        return value


def choice(*words: str, **folded: str) -> ChoiceForm:
    """Return the form of these words; a keyword maps another spelling to one of them."""
    return ChoiceForm(
        frozenset(words) | {_distributions.OTHER}, folded, "one of " + ", ".join(sorted(words)) + ", other"
    )


@dataclass(frozen=True)
class DistributionForm:
    """A distribution as ``id`` or ``id:version``."""

    label: str = "a published id, and as much of the version as tells its releases apart"

    def read(self, raw: object, notes: Notes, where: str) -> str | None:
        if not isinstance(raw, str):
            notes.problem(where, f"must be a string such as 'debian:12', not {kind_of(raw)}")
            return None
        if raw == _distributions.OTHER:
            return raw
        text = _distributions.distribution(*raw.partition(":")[::2])
        if text == _distributions.OTHER:
            notes.scrub(where)
        return text

    def holds(self, text: str, _: Vocabulary, /) -> bool:
        return text == _distributions.distribution(*text.partition(":")[::2])

    def write(self, value: str, /) -> str:
        return value


_NUMBERED = {
    1: re.compile(r"(\d{1,2}(?:\.\d{1,3})?)(?:\D.*)?", re.ASCII | re.DOTALL),
    2: re.compile(r"(\d{1,2}\.\d{1,3})(?:\D.*)?", re.ASCII | re.DOTALL),
}


def _first_numbers(text: str, fewest: int) -> str | None:
    match = _NUMBERED[fewest].fullmatch(text) if len(text) <= LONGEST_TEXT else None
    return match[1] if match else None


def kernel(text: str) -> str | None:
    """Return the first two numbers of a kernel's release, ``6.1`` of ``6.1.0-18-amd64``; None where it begins otherwise."""
    return _first_numbers(text, 2)


@dataclass(frozen=True)
class NumbersForm:
    """The first two numbers of a version; where it may have fewer, the ``fewest`` is 1."""

    label: str
    fewest: int = 2

    def read(self, raw: object, notes: Notes, where: str) -> str | None:
        if not isinstance(raw, str):
            notes.problem(where, f"must be a string such as '6.1', not {kind_of(raw)}")
            return None
        text = _first_numbers(raw, self.fewest)
        if text is None:
            notes.scrub(where)
        return text

    def holds(self, text: str, _: Vocabulary, /) -> bool:
        return text == _first_numbers(text, self.fewest)

    def write(self, value: str, /) -> str:
        return value


@dataclass(frozen=True)
class FlagForm:
    """True or false."""

    label: str = "true or false"

    def read(self, raw: object, notes: Notes, where: str) -> bool | None:
        if not isinstance(raw, bool):
            notes.problem(where, f"must be true or false, not {kind_of(raw)}")
            return None
        return raw

    def holds(self, _text: str, _vocabulary: Vocabulary, /) -> bool:
        return False

    def write(self, value: bool, /) -> bool:
        return value
