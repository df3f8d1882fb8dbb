"""Forms of fields with many names: classes and their counts, plugins of the web interface, sequences of steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from headcount.contract._forms import ChoiceForm, Notes, kind_of
from headcount.contract._names import CUSTOM, Name, parse_name

if TYPE_CHECKING:
    from headcount.contract._vocabulary import Vocabulary

MAX_COUNT = 1_000_000
"""The largest count of instances of a class; more are counted as this many."""

_SHOWN = 60  # characters of a key that a problem repeats to its sender

T = TypeVar("T")

Counts = tuple[tuple[T, int], ...]
"""Values and how many of each, sorted by value."""


def _public(text: str, notes: Notes, where: str) -> Name:
    public = notes.vocabulary.read(text)
    if public is None:
        notes.scrub(where)
        return Name(CUSTOM)
    if public.base == CUSTOM and text.lstrip(">") != CUSTOM:
        notes.scrub(where)
    return public


def _is_name(text: str, vocabulary: Vocabulary) -> bool:
    name = parse_name(text)
    return name is not None and (name.base == CUSTOM or vocabulary.path(name.base) is not None)


@dataclass(frozen=True)
class PluginsForm:
    """Classes and how often each occurs."""

    label: str = "public class names, and how often each occurs"

    def read(self, raw: object, notes: Notes, where: str) -> Counts[Name] | None:
        if not isinstance(raw, dict):
            notes.problem(where, f"must be an object of class names and counts, not {kind_of(raw)}")
            return None
        counts: dict[Name, int] = {}
        known = notes.vocabulary.names_read
        for text, count in raw.items():
            if not isinstance(count, int) or count is True or count < 1:
                notes.problem(f"{where}[{text[:_SHOWN]!r}]", "must be a whole number from 1 up")
                continue
            name = known.get(text) or _public(text, notes, where)
            counts[name] = min(counts.get(name, 0) + count, MAX_COUNT)
        return tuple(sorted(counts.items()))

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        return _is_name(text, vocabulary)

    def write(self, value: Counts[Name], /) -> dict[str, int]:
        return {name.wire: count for name, count in value}


@dataclass(frozen=True)
class EntryPointsForm:
    """Names of entry points, with `CUSTOM` in place of each private one."""

    label: str
    published: Callable[[Vocabulary], frozenset[str]]

    def read(self, raw: object, notes: Notes, where: str) -> Counts[str] | None:
        if not isinstance(raw, list):
            notes.problem(where, f"must be a list of names, not {kind_of(raw)}")
            return None
        counts: Counter[str] = Counter()
        for index, item in enumerate(raw):
            if not isinstance(item, str):
                notes.problem(f"{where}[{index}]", f"must be a string, not {kind_of(item)}")
                continue
            public = item in self.published(notes.vocabulary)
            if not public and item != CUSTOM:
                notes.scrub(where)
            counts[item if public else CUSTOM] += 1
        return tuple(sorted(counts.items()))

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        return text == CUSTOM or text in self.published(vocabulary)

    def write(self, value: Counts[str], /) -> list[str]:
        return [name for name, count in value for _ in range(count)]


@dataclass(frozen=True)
class WordsForm:
    """Words of a closed set, each once."""

    words: ChoiceForm

    @property
    def label(self) -> str:
        return f"a list, each {self.words.label}"

    def read(self, raw: object, notes: Notes, where: str) -> Counts[str] | None:
        if not isinstance(raw, list):
            notes.problem(where, f"must be a list of words, not {kind_of(raw)}")
            return None
        read: set[str] = set()
        for index, item in enumerate(raw):
            word = self.words.read(item, notes, where if isinstance(item, str) else f"{where}[{index}]")
            if word is not None:
                read.add(word)
        return tuple((word, 1) for word in sorted(read))

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        return self.words.holds(text, vocabulary)

    def write(self, value: Counts[str], /) -> list[str]:
        return [word for word, _ in value]


_STRINGS = {str}  # the only type of string that JSON gives

Sequence = tuple[Name, ...]
"""The steps of one builder."""


@dataclass(frozen=True)
class PipelinesForm:
    """For each builder the classes of its steps, in order, and how many builders share them."""

    label: str = "for each builder the public names of its steps, in order"

    def read(self, raw: object, notes: Notes, where: str) -> Counts[Sequence] | None:
        if not isinstance(raw, list):
            notes.problem(where, f"must be a list of lists of class names, not {kind_of(raw)}")
            return None
        texts: dict[tuple[str, ...], int] = {}
        for index, steps in enumerate(raw):
            if isinstance(steps, list) and {*map(type, steps)} <= _STRINGS:
                sequence = tuple(steps)
                texts[sequence] = texts.get(sequence, 0) + 1
            else:
                notes.problem(f"{where}[{index}]", "must be a list of class names")
        names = {step: _public(step, notes, where) for step in {*chain.from_iterable(texts)}}
        counts: dict[Sequence, int] = {}
        for sequence, count in texts.items():  # builders often share their steps
            public = tuple(map(names.__getitem__, sequence))
            counts[public] = counts.get(public, 0) + count
        return tuple(sorted(counts.items()))

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        return _is_name(text, vocabulary)

    def write(self, value: Counts[Sequence], /) -> list[list[str]]:
        written = [([name.wire for name in steps], count) for steps, count in value]
        return [steps for steps, count in written for _ in range(count)]
