"""The ``$names`` in a statement: which of them it uses, and how an engine writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# A literal or a comment is matched first, so that what looks like a parameter in it is left alone.
_PARAMETER = re.compile(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/|\$(\w+)", re.DOTALL)


def used_parameters(sql: str, parameters: Mapping[str, str | int]) -> dict[str, str | int]:
    """Return those of the parameters that a statement uses. Raises ValueError where one of them has no value."""
    names = {match[1] for match in _PARAMETER.finditer(sql) if match[1]}
    if missing := sorted(names - parameters.keys()):
        raise ValueError(f"the statement has parameters without a value: {', '.join(missing)}")
    return {name: parameters[name] for name in sorted(names)}


def replace_parameters(sql: str, write: Callable[[str], str]) -> str:
    """Return a statement with each ``$name`` outside literals and comments as ``write(name)``."""
    return _PARAMETER.sub(lambda match: write(match[1]) if match[1] else match[0], sql)
