"""A file of a configuration, as a syntax tree."""

from __future__ import annotations

import ast
from typing import NamedTuple


class Source(NamedTuple):
    """One file: its path, relative to the configuration's directory, with "/", and its syntax tree.

    `unread` says in a few words why a file was not read; its tree is empty then.
    """

    name: str
    tree: ast.Module
    unread: str = ""


def package_of(name: str) -> list[str]:
    """Return the parts of the package that a file is a module of, or is itself."""
    return name.split("/")[:-1]


def absolute(node: ast.ImportFrom, package: list[str]) -> list[str]:
    """Return the parts of the module that a `from` imports from, seen from a package."""
    start = package[: len(package) - node.level + 1] if node.level else []
    return [*start, *(node.module.split(".") if node.module else [])]
