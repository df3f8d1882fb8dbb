"""SQL as the lint sees it: tokens with their lines, and the SELECTs that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    r"(?P<skip>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[$\w]+|\"[^\"]*\"|`[^`]*`|\{\w+\})|(?P<mark>->|<>|<=|>=|!=|\|\||::|.)",
    re.DOTALL,
)
_CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION")
_JOIN_WORDS = frozenset(
    {"GLOBAL", "ANY", "ALL", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "OUTER", "SEMI", "ANTI", "ASOF"}
)


class Token(NamedTuple):
    """A token: what it is, how it is written, in capitals if a word, and its line, from 1."""

    kind: Literal["text", "number", "word", "mark"]
    text: str
    line: int

    @property
    def upper(self) -> str:
        """The token in capitals; a text is none of the words it may hold."""
        return "" if self.kind == "text" else self.text.upper()


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement, without blanks and comments."""
    found, line = [], 1
    for match in _TOKEN.finditer(sql):
        if match.lastgroup != "skip":
            found.append(Token(match.lastgroup, match[0], line))  # type: ignore[arg-type]  # the groups are its kinds
        line += match[0].count("\n")
    return found


@dataclass
class Select:
    """One SELECT, up to its bracket's end or its UNION.

    ``own``: its tokens, where each bracket that holds a SELECT is a single token ``()``; ``inner``: those SELECTs (one for
    each part of a UNION), by the place of that token in ``own``.
    """

    own: list[Token] = field(default_factory=list)
    inner: dict[int, list[Select]] = field(default_factory=dict)

    def walk(self) -> Iterator[Select]:
        """This SELECT and all within it."""
        yield self
        for parts in self.inner.values():
            for part in parts:
                yield from part.walk()

    @cached_property
    def line(self) -> int:
        """Where it begins."""
        return self.own[0].line

    @cached_property
    def _clauses(self) -> dict[str, tuple[int, int]]:
        at: dict[str, tuple[int, int]] = {}
        depth, marks = 0, [("SELECT", 0)]
        for place, token in enumerate(self.own):
            depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
            if depth == 0 and token.upper in _CLAUSES:
                marks.append((token.upper, place))
        for (name, begin), end in zip(marks, [begin for _, begin in marks[1:]] + [len(self.own)], strict=True):
            at.setdefault(name, (begin + 1, end))
        return at

    def clause(self, name: str) -> list[Token]:
        """The tokens of a clause (``WHERE``, ``GROUP``, …), without its word."""
        begin, end = self._clauses.get(name, (0, 0))
        return self.own[begin:end]

    @cached_property
    def columns(self) -> list[list[Token]]:
        """What it selects, each column's tokens."""
        listed = self.clause("SELECT")
        return split(listed[1:] if listed and listed[0].upper == "DISTINCT" else listed)

    @cached_property
    def names(self) -> set[str]:
        """The names of what it selects, as far as they are said."""
        return {column[-1].text for column in self.columns if column}

    @cached_property
    def sources(self) -> list[tuple[list[Token], list[Select]]]:
        """What stands in FROM, in order: the tokens of a table or subquery with what is said of it, the subquery's parts."""
        begin, end = self._clauses.get("FROM", (0, 0))
        found: list[tuple[list[Token], list[Select]]] = [([], [])]
        depth = 0
        for place in range(begin, end):
            token = self.own[place]
            depth += (token.text == "(") - (token.text == ")")
            if token.upper == "JOIN" or (token.text == "," and depth == 0):
                found.append(([], []))
            elif token.upper not in _JOIN_WORDS:
                found[-1][0].append(token)
                found[-1][1].extend(self.inner.get(place, []))
        return [source for source in found if source[0]]


def split(listed: Sequence[Token]) -> list[list[Token]]:
    """The items of a list between commas."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in listed:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.text == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return items


def selects(sql: str) -> list[Select]:
    """The SELECTs of a statement, one for each part of a UNION. Raises ValueError where brackets do not match."""
    found = tokens(sql)
    parts, end = _read(found, 0)
    if end < len(found):
        raise ValueError(f"line {found[end].line}: a bracket is closed that was not opened")
    return parts


def _read(found: Sequence[Token], place: int) -> tuple[list[Select], int]:
    parts, depth = [Select()], 0
    while place < len(found) and not (found[place].text == ")" and depth == 0):
        token = found[place]
        own = parts[-1].own
        if token.text == "(" and place + 1 < len(found) and found[place + 1].upper in ("SELECT", "WITH"):
            inner, place = _read(found, place + 1)
            if place == len(found):
                raise ValueError(f"line {token.line}: a bracket is not closed")
            parts[-1].inner[len(own)] = inner
            own.append(Token("mark", "()", token.line))
        elif token.upper == "UNION" and depth == 0:
            parts.append(Select())
            place += place + 1 < len(found) and found[place + 1].upper == "ALL"
        else:
            depth += (token.text == "(") - (token.text == ")")
            own.append(token)
        place += 1
    if depth > 0:
        raise ValueError(f"line {found[place - 1].line}: a bracket is not closed")
    return [part for part in parts if part.own], place
