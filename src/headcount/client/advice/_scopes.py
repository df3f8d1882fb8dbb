"""Scopes: what names stand for, dotted, in the lines of one file."""

from __future__ import annotations

import ast
from typing import NamedTuple

CONFIGURATION = "<configuration>"
"""What the name of the master's configuration stands for, whatever the administrator calls it."""


class Scope:
    """The names of a module, a class, a function or a comprehension; an empty text stands for anything else.

    A module executes its lines in their order, and the body of a function later: `later` says that it is one.
    """

    def __init__(self, parent: Scope | None = None, module: str = "", *, later: bool = False) -> None:
        self.parent = parent
        self.later = later
        self.module: str = module if parent is None else parent.module
        self.stars: list[str] = [] if parent is None else parent.stars  # modules of `from ... import *`
        self.names: dict[str, list[tuple[int, str]]] = {}  # name → lines that bind it, and what it stands for then
        self.owner = ""  # the dotted name of the class whose body it is

    def bind(self, name: str, line: int, value: str) -> None:
        """Let a name stand for something from a line on."""
        self.names.setdefault(name, []).append((line, value))

    def last(self, name: str) -> str | None:
        """Return what a name stands for at the end: the last that is known, or None where it is not bound."""
        values = [value for _, value in self.names.get(name, ())]
        return next(filter(None, reversed(values)), "") if values else None

    def get(self, name: str, line: int) -> str:
        """Return what a name stands for in a line; one that no scope binds may come by a star of the module."""
        scope, late = self, False
        while True:
            if name in scope.names:
                before = [value for bound, value in scope.names[name] if bound <= line]
                return before[-1] if before and not late else scope.last(name) or ""
            if scope.parent is None:
                return f"{self.module}.{name}" if self.stars else ""
            scope, late = scope.parent, late or scope.later


class Class(NamedTuple):
    """A class of the administrator's: its bases, dotted, and its own methods."""

    bases: tuple[str, ...]
    methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]


class Definitions(NamedTuple):
    """What the files of a configuration define: by dotted names, and the scopes by their nodes."""

    classes: dict[str, Class]
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
    scopes: dict[ast.AST, Scope]


def chain(node: ast.AST) -> tuple[ast.AST | None, list[str]]:
    """Return where a chain of attributes starts, and their names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return node, names


def dotted(node: ast.AST, scope: Scope) -> str:
    """Return what a name, an attribute or a call stands for by its scope, dotted, or an empty text."""
    start, names = chain(node)
    if isinstance(start, ast.Call):
        made, calls = _called(start)
        base = dotted(made, scope) + "()" * calls if made is not start else ""
    elif isinstance(start, ast.Name):
        base = scope.get(start.id, start.lineno)
    else:
        return ""
    return ".".join([base, *names]) if base else ""


def _called(node: ast.Call) -> tuple[ast.AST, int]:
    """Return what a call creates an instance of: a plain name or chain, else the call itself."""
    start, _ = chain(node.func)
    return (node.func, 1) if isinstance(start, ast.Name) else (node, 0)
