"""The plain spelling of a condition: of two that differ in blanks, case, quotes or needless brackets there is one."""

from __future__ import annotations

import re
from typing import Any

import lark

from headcount.questions._terms import ORDER, TERMS, class_path
from headcount.questions._where import condition, parse

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/+*-]*")
_RESERVED = ("and", "or", "not", "in")


def plain(text: str) -> str:
    """Return the plain spelling of a condition, which stands for the same. Raises `BadQuestion` where it is none."""
    condition(text)
    spelled: _Spelled = _Speller().transform(parse(text))
    return spelled[1]


def subjects(text: str) -> frozenset[str]:
    """Return what a condition is about: each term of versions, and of any other each value. Raises `BadQuestion`."""
    condition(text)
    tree = _Values().transform(parse(text))
    found = []
    for part in tree.iter_subtrees() if isinstance(tree, lark.Tree) else ():
        if part.data in ("comparison", "membership"):
            name, _, *values = part.children
            found += [_subject(str(name).lower(), str(value)) for value in values]
    return frozenset(found)


def _subject(name: str, value: str) -> str:
    if TERMS[name].operators == ORDER:
        return name
    return f"{name} = {class_path(value) if name == 'plugin' else value}"


_Spelled = tuple[str, str]
"""What a part is (`either`, `both`, or a plain one), and its text."""


class _Values(lark.visitors.Transformer_InPlaceRecursive):  # type: ignore[type-arg]  # as below
    """Takes values out of their quotes."""

    def value(self, parts: list[lark.Token]) -> str:
        return _bare(parts[0])


def _bare(token: lark.Token) -> str:
    return str(token[1:-1]) if token.type == "QUOTED" else str(token)


class _Speller(lark.visitors.Transformer_InPlaceRecursive):  # type: ignore[type-arg]  # it has no parameters at run time
    """Spells a tree from its leaves up."""

    def either(self, parts: list[_Spelled]) -> _Spelled:
        return "either", " or ".join(text for _, text in parts)

    def both(self, parts: list[_Spelled]) -> _Spelled:
        return "both", " and ".join(f"({text})" if kind == "either" else text for kind, text in parts)

    def negation(self, parts: list[_Spelled]) -> _Spelled:
        ((kind, text),) = parts
        return "plain", f"not ({text})" if kind in ("either", "both") else f"not {text}"

    def comparison(self, parts: list[Any]) -> _Spelled:
        name, operator, value = parts
        return "plain", f"{name.lower()} {'=' if operator == '==' else operator} {value}"

    def membership(self, parts: list[Any]) -> _Spelled:
        name, negated, *values = parts
        return "plain", f"{name.lower()} {'not ' if negated is not None else ''}in ({', '.join(values)})"

    def value(self, parts: list[lark.Token]) -> str:
        (token,) = parts
        bare = _bare(token)
        if _WORD.fullmatch(bare) and bare.lower() not in _RESERVED:
            return bare
        return f'"{bare}"' if "'" in bare else f"'{bare}'"
