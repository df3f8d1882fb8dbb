"""The parts of a condition that `and` joins at its top, as texts, so that a page can add a part and take one away."""

from __future__ import annotations

import lark

from headcount.questions._where import condition, parse


def conjuncts(text: str, parameter: str = "where") -> tuple[str, ...]:
    """Return the parts that `and` joins at the top of a condition, in their order, each as it was typed.

    A condition without such an `and` is its only part; ``parameter``: where it was given. Raises `BadQuestion` where it
    cannot be asked.
    """
    condition(text, parameter)
    tree = parse(text, parameter)
    if tree.data != "both":
        return (text.strip(),)
    return tuple(_source(text, part) for part in tree.children)


def conjunction(parts: tuple[str, ...]) -> str:
    """Return the condition that all parts are true: the inverse of `conjuncts`."""
    return parts[0] if len(parts) == 1 else " and ".join(_closed(part) for part in parts)


def _source(text: str, part: lark.Tree[lark.Token]) -> str:
    return text[part.meta.start_pos : part.meta.end_pos]


def _closed(part: str) -> str:
    """Return a part in brackets where `or` joins it, since `and` binds tighter."""
    return f"({part})" if parse(part).data == "either" else part
