"""The names of a file of Python, each with the path that its imports give it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_CONFIGURATION = "BuildmasterConfig"


class Scope:
    """A file as syntax. ``file``: its name; ``nodes``: all that is in it; ``classes``: those that it defines;
    ``configurations``: the names by which it calls the configuration's dictionary.
    """

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file = file
        self.nodes = list(ast.walk(tree))
        self.classes = [node for node in self.nodes if isinstance(node, ast.ClassDef)]
        self.configurations = {"c", _CONFIGURATION}
        self._imported: dict[str, str] = {}
        self._stars: list[str] = []
        self._defined: set[str] = set()
        for node in self.nodes:
            self._read(node)

    def names(self, node: ast.expr) -> list[str]:
        """Return the paths that an expression may stand for, as far as it is a name or an attribute of one."""
        if isinstance(node, ast.Attribute):
            return [f"{path}.{node.attr}" for path in self.names(node.value)]
        if not isinstance(node, ast.Name):
            return []
        if node.id in self._imported:
            return [self._imported[node.id]]
        if node.id in self._defined:
            return [node.id]
        return [node.id, *(f"{star}.{node.id}" for star in self._stars)]

    def modules(self) -> Iterator[tuple[int, str]]:
        """Yield what is imported, as the number of dots before a module and its name."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((0, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.level, node.module or ""
                prefix = f"{node.module}." if node.module else ""
                yield from ((node.level, f"{prefix}{alias.name}") for alias in node.names)

    def _read(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                self._imported[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                path = "." * node.level + (node.module or "")
                if alias.name == "*":
                    self._stars.append(path)
                else:
                    self._imported[alias.asname or alias.name] = f"{path}.{alias.name}"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._defined.add(node.name)
        elif isinstance(node, ast.Assign):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            self._defined |= targets
            if _CONFIGURATION in targets or (isinstance(node.value, ast.Name) and node.value.id == _CONFIGURATION):
                self.configurations |= targets
