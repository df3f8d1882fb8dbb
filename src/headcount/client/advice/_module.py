"""One file of a configuration: the names that its statements bind, in their order."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from headcount.client.advice._scopes import CONFIGURATION, Class, Definitions, Scope, dotted
from headcount.client.advice._source import absolute

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


class Module:
    """Fills the scopes of one module, statement by statement."""

    def __init__(self, definitions: Definitions, name: str, package: list[str]) -> None:
        self.definitions = definitions
        self.name = name
        self.package = package
        self.later: list[tuple[Scope, ast.FunctionDef | ast.AsyncFunctionDef]] = []

    def fill(self, scope: Scope, body: Sequence[ast.stmt]) -> None:
        """Bind the names of the module, then those of its functions: these see what the module has at its end."""
        self._statements(scope, body, self.name, scope)
        while self.later:
            outer, function = self.later.pop(0)
            inner = self.definitions.scopes[function] = Scope(outer, later=True)
            given = function.args
            for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
                if argument is not None:
                    inner.bind(argument.arg, function.lineno, "")
            self._statements(inner, function.body, f"{self.name}.<{function.lineno}>", inner)

    def _statements(self, scope: Scope, body: Sequence[ast.stmt], prefix: str, outer: Scope) -> None:
        """Bind the names of statements in their order; functions among them see `outer`."""
        rest: list[ast.AST] = list(reversed(body))  # a list, since hundreds of `elif` lie within each other
        while rest:
            node = rest.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                scope.bind(node.name, node.lineno, f"{prefix}.{node.name}")
                self.definitions.functions[f"{prefix}.{node.name}"] = node
                self.later.append((outer, node))
            elif isinstance(node, ast.ClassDef):
                self._class(scope, node, prefix, outer)
            elif isinstance(node, ast.ExceptHandler):  # it may bind what stands in for an import that failed
                known = {name: list(bound) for name, bound in scope.names.items()}
                self._statements(scope, node.body, prefix, outer)
                scope.names.update(known)
            else:
                self._plain(scope, node)
                inner = [each for field in _BLOCKS for each in getattr(node, field, ())]
                rest += reversed(inner)

    def _class(self, scope: Scope, node: ast.ClassDef, prefix: str, outer: Scope) -> None:
        name = f"{prefix}.{node.name}"
        if name in self.definitions.classes:  # defined twice: the bases may name the first
            name = f"{prefix}.<{node.lineno}>.{node.name}"
        bases = tuple(filter(None, (dotted(base, scope) for base in node.bases)))
        methods = {each.name: each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self.definitions.classes[name] = Class(bases, methods)
        scope.bind(node.name, node.lineno, name)
        inner = self.definitions.scopes[node] = Scope(scope)
        inner.owner = name
        self._statements(inner, node.body, name, outer)

    def _plain(self, scope: Scope, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                scope.bind(alias.asname or first, node.lineno, alias.name if alias.asname else first)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(absolute(node, self.package))
            for alias in node.names:
                if alias.name == "*":
                    scope.stars.append(module)
                else:
                    name = f"{module}.{alias.name}" if module else alias.name
                    scope.bind(alias.asname or alias.name, node.lineno, name)
        elif isinstance(node, ast.Assign):
            self._assign(scope, node.targets, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(scope, [node.target], node.value)
        elif not isinstance(node, (ast.AnnAssign, ast.AugAssign)):  # what is added to stays what it is
            for name, line in _targets(node):
                scope.bind(name, line, "")

    def _assign(self, scope: Scope, targets: Sequence[ast.expr], given: ast.expr) -> None:
        value = dotted(given, scope)
        names = [name for target in targets for name, _ in _stored(target)]
        if "BuildmasterConfig" in names:
            value = CONFIGURATION
            if isinstance(given, ast.Name):
                scope.names[given.id] = [(0, CONFIGURATION)]
        for name in names:
            plain = any(isinstance(target, ast.Name) and target.id == name for target in targets)
            scope.bind(name, given.lineno, value if plain else "")


def _stored(node: ast.AST) -> list[tuple[str, int]]:
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    return [(name.id, name.lineno) for name in names]


def _targets(node: ast.AST) -> list[tuple[str, int]]:
    """Return the names that a statement binds beside its blocks: of a loop, a `with`, an annotation."""
    parts: list[ast.AST | None] = [getattr(node, "target", None)]
    parts += [item.optional_vars for item in getattr(node, "items", ())]
    return [name for part in parts if part is not None for name in _stored(part)]
