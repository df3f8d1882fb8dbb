"""Mutants of SQL: each is a statement with one small thing changed, as a slip of the hand would change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from headcount.questions import _sql

# what is changed, and into what; each place in turn
_CHANGES: tuple[tuple[str, str], ...] = (
    (r">=", ">"), (r"<=", "<"), (r"<>", "="), (r"(?<![<>=]) = ", " <> "), (r" > ", " >= "), (r" < ", " <= "),
    (r"\bAND\b", "OR"), (r"\bOR\b", "AND"), (r"\bNOT IN\b", "IN"), (r"(?<!NOT )\bIN \(SELECT", "NOT IN (SELECT"),
    (r"\bmax\(", "min("), (r"\bmin\(", "max("), (r"\bargMax\(", "argMin("), (r"\barg_max\(", "arg_min("),
    (r" DESC\b", ""), (r"\bSELECT (DISTINCT\b|\{distinct\})", "SELECT"), (r"\+ 1\b", "+ 2"), (r"\b86400\b", "86399"),
    (r"\bTHEN 1 ELSE 0\b", "THEN 0 ELSE 1"), (r"\bsum\(weight \* (\w+)\)", r"sum(\1)"), (r"\bsum\(weight\)", "count()"),
    (r"\bcount\(DISTINCT (\w+)\)", r"count(\1)"), (r"\bUNION ALL\b", "EXCEPT"),
)  # fmt: skip


class Mutant(NamedTuple):
    """A statement's file, the line (from 1) and what it became there, and the whole text."""

    file: str
    line: int
    became: str
    text: str

    def __str__(self) -> str:
        """As survivors are listed."""
        return f"{self.file}:{self.line}: {self.became}"


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a statement; comments are left alone."""
    for pattern, into in _CHANGES:
        for match in re.finditer(pattern, text):
            start = text.rfind("\n", 0, match.start()) + 1
            if "--" in text[start : match.start()]:
                continue
            changed = text[: match.start()] + match.expand(into) + text[match.end() :]
            line = changed[start : changed.find("\n", start)].strip()
            yield Mutant(file, text.count("\n", 0, start) + 1, line, changed)


@contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """Put a statement together from a mutant, where it is made of the mutant's file, for as long as the context lasts."""
    original, place, text = _sql._read, mutant.file.removesuffix(".sql"), _sql._COMMENT.sub("", mutant.text).strip()

    def read(*path: str) -> str:
        return text if "/".join(path) == place else original(*path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sql, "_read", read)
        yield


@contextmanager
def files_read() -> Iterator[set[str]]:
    """Yield the set of the files of which statements are put together in the context; it grows."""
    names: set[str] = set()
    original = _sql._read

    def read(*path: str) -> str:
        names.add("/".join(path))
        return original(*path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sql, "_read", read)
        yield names
