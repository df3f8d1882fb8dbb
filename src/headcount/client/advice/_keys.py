"""The keys of the master's configuration that a piece of syntax names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Path = tuple[str, ...]


def paths(node: ast.AST, is_configuration: Callable[[ast.AST], bool]) -> Iterator[tuple[Path, int]]:
    """Go through the paths of keys that one node names, each with its line: `c['db']['x']` is ("db", "x")."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _set(target, node.value, is_configuration)
    elif isinstance(node, ast.AnnAssign) or (isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitOr)):
        yield from _set(node.target, node.value, is_configuration)
    elif isinstance(node, ast.Subscript):
        path = _path(node, is_configuration)
        if path:
            yield path, node.lineno
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        path = _path(node.func.value, is_configuration)
        if path is not None:
            yield from _of_method(node, node.func.attr, path)


def _set(
    target: ast.AST, value: ast.AST | None, is_configuration: Callable[[ast.AST], bool]
) -> Iterator[tuple[Path, int]]:
    path = _path(target, is_configuration)
    if path is not None and value is not None:
        yield from _within(value, path)


def _path(node: ast.AST, is_configuration: Callable[[ast.AST], bool]) -> Path | None:
    """Return the path of a chain of subscripts that starts at the configuration, or None."""
    keys: list[str] = []
    while isinstance(node, ast.Subscript):
        if not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)):
            return None
        keys.insert(0, node.slice.value)
        node = node.value
    return tuple(keys) if is_configuration(node) else None


def _of_method(node: ast.Call, method: str, path: Path) -> Iterator[tuple[Path, int]]:
    if method == "update":
        for value in node.args[:1]:
            yield from _within(value, path)
        yield from _keywords(node, path)
    elif method in ("get", "setdefault", "pop") and node.args:
        key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield (*path, key.value), key.lineno
            for value in node.args[1:2]:
                yield from _within(value, (*path, key.value))


def _within(value: ast.AST, path: Path) -> Iterator[tuple[Path, int]]:
    """Go through the paths of a dictionary that is written out, below a path."""
    if isinstance(value, ast.Dict):
        for key, inner in zip(value.keys, value.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield (*path, key.value), key.lineno
                yield from _within(inner, (*path, key.value))
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        yield from _keywords(value, path)


def _keywords(node: ast.Call, path: Path) -> Iterator[tuple[Path, int]]:
    for each in node.keywords:
        if each.arg is not None:
            yield (*path, each.arg), each.value.lineno
            yield from _within(each.value, (*path, each.arg))
