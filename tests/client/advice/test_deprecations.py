"""The list of what Buildbot has deprecated: each entry is found where an example uses it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from headcount.client.advice import Concern, Source, find
from headcount.client.advice._deprecations import Deprecation, deprecations

_EXAMPLES = dict(
    part.split("\n", 1) for part in (Path(__file__).parent / "examples.txt").read_text("utf-8").split("=== ")[1:]
)


def _found(text: str) -> list[Concern]:
    return find([Source("master.cfg", ast.parse(text))], (), None)


def test_each_entry_has_one_example() -> None:
    """The examples are those of the entries, in their order, and no two entries share an id."""
    assert list(_EXAMPLES) == [entry.id for entry in deprecations()]


@pytest.mark.parametrize("entry", deprecations(), ids=lambda entry: entry.id)
def test_an_entry_is_found_in_its_line(entry: Deprecation) -> None:
    """An example yields its entry's words and link at the line that is marked, and nothing elsewhere."""
    text = _EXAMPLES[entry.id]
    (line,) = [number for number, each in enumerate(text.splitlines(), 1) if each.endswith("# here")]
    (concern,) = _found(text)
    assert concern.place == f"master.cfg:{line}"
    assert concern.text.endswith(entry.instead)
    assert concern.link == entry.link
    assert concern.kind == ("removed" if entry.removed else "deprecated")


def test_each_name_and_word_of_an_argument_is_found() -> None:
    """An argument is found by each of its words, given to each of its classes."""
    missed = [
        (name, word)
        for entry in deprecations()
        if entry.kind == "argument" and not (entry.equals or entry.contains or entry.form)
        for name in entry.names
        for word in entry.words
        if not word.isdigit()
        if not _found(f"import {name.rpartition('.')[0]}\n{name}({word}=1)")
    ]
    assert not missed


def test_each_name_of_a_class_is_found_in_a_report() -> None:
    """A class that only the report knows is told once, without a place."""
    for entry in deprecations():
        for name in entry.names if entry.kind in {"class", "function"} else ():
            (concern,) = find([], [name, f">>{name}"], None)
            assert (concern.name, concern.place) == (entry.id, None)


def test_an_entry_is_consistent() -> None:
    """A release that removes comes after the one that deprecates; a text is a sentence in ASCII."""
    for entry in deprecations():
        assert entry.deprecated or entry.removed
        assert not (entry.deprecated and entry.removed) or entry.deprecated < entry.removed
        assert entry.instead.isascii()
        assert entry.instead[0].isupper()
        assert entry.instead.endswith((".", "]", ")"))
        assert re.fullmatch(r"https://docs\.buildbot\.net/[0-9.]+/relnotes/[0-9a-z.-]+\.html", entry.link)
