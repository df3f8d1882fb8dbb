"""What names stand for in the sources of a configuration: imports, aliases, classes and their bases."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from headcount.client.advice._sources import Source, absolute, package_of

CONFIGURATION = "<configuration>"
"""What the name of the master's configuration stands for, whatever the administrator calls it."""

_PLUGINS = ("buildslave", "changes", "reporters", "schedulers", "secrets", "steps", "util", "worker")
_DEEP = 30  # an alias of an alias of an alias


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


class Bindings:
    """The names of all the sources of one configuration; `public` are the dotted names that a star may bring."""

    def __init__(self, sources: Sequence[Source], public: Container[str] = ()) -> None:
        named = [module_of(source, index) for index, source in enumerate(sources)]
        self.modules = {module: Scope(module=module) for module in named}
        self.public = public
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.scopes: dict[ast.AST, Scope] = {}
        for (module, scope), source in zip(list(self.modules.items()), sources):
            self.scopes[source.tree] = scope
            _Module(self, module, package_of(source.name)).fill(scope, source.tree.body)
        for _ in range(_DEEP):
            if not self._hand_on_configuration():
                break

    def dotted(self, node: ast.AST, scope: Scope) -> str:
        """Return what a name, an attribute or a call stands for, dotted, or an empty text."""
        return self.canonical(_dotted(node, scope))

    def canonical(self, name: str) -> str:
        """Follow a dotted name through the modules of the administrator to where it is defined."""
        for _ in range(_DEEP):
            module = self._module(name)
            if module is None or name == module or name in self.classes or name in self.functions:
                return name
            first, dot, rest = name[len(module) + 1 :].partition(".")
            found = self.modules[module].last(first)
            if found is None:
                found = self._by_star(module, first)
            if not found or found == name:
                return found
            name = found + dot + rest
        return ""

    def ancestors(self, name: str) -> Iterator[str]:
        """Go through the dotted names of the classes that a class derives from, itself first, each once."""
        seen, queue = set(), [name]
        while queue:
            name = queue.pop(0)
            if name not in seen:
                seen.add(name)
                yield name
                queue += map(self.canonical, self.classes[name].bases if name in self.classes else ())

    def derives(self, name: str, patterns: Sequence[str]) -> bool:
        """Return whether a class is, or derives from, one of those named; a pattern may end with a star."""
        exact = {pattern for pattern in patterns if pattern[-1] != "*"}
        starts = tuple(pattern[:-1] for pattern in patterns if pattern[-1] == "*")
        return any(each in exact or each.startswith(starts) for each in self.ancestors(name))

    def _hand_on_configuration(self) -> bool:
        """Mark the parameters of functions that are called with the configuration; return whether there were any."""
        marked = False
        for node, scope in list(self.scopes.items()):
            for call in _own_calls(node):
                function = self.functions.get(self.dotted(call.func, scope))
                if function is None:
                    continue
                parameters = [each.arg for each in function.args.args]
                given = [*zip(parameters, call.args), *((each.arg, each.value) for each in call.keywords)]
                inner = self.scopes[function]
                for name, value in given:
                    if name in parameters and inner.last(name) == "" and self.dotted(value, scope) == CONFIGURATION:
                        inner.names[name] = [(function.lineno, CONFIGURATION)]
                        marked = True
        return marked

    def _module(self, name: str) -> str | None:
        while name not in self.modules:
            name, dot, _ = name.rpartition(".")
            if not dot:
                return None
        return name

    def _by_star(self, module: str, name: str) -> str:
        """Return what a name stands for by the last `from ... import *` that brings it."""
        queue, seen = self.modules[module].stars[::-1], {module}
        while queue:
            star = queue.pop(0)
            if star in seen:
                continue
            seen.add(star)
            if star in self.modules:
                found = self.modules[star].last(name)
                if found is not None:
                    return found
                queue[:0] = self.modules[star].stars[::-1]
            elif f"{star}.{name}" in self.public or (star == "buildbot.plugins" and name in _PLUGINS):
                return f"{star}.{name}"
        return ""


def module_of(source: Source, index: int) -> str:
    """Return the dotted name by which a source is imported; nobody imports the first, the configuration."""
    if index == 0:
        return "<master>"
    parts = source.name[: -len(".py")].split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def chain(node: ast.AST) -> tuple[ast.AST | None, list[str]]:
    """Return where a chain of attributes starts, and their names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return node, names


def _dotted(node: ast.AST, scope: Scope) -> str:
    start, names = chain(node)
    if isinstance(start, ast.Call):
        made, calls = _called(start)
        base = _dotted(made, scope) + "()" * calls if made is not start else ""
    elif isinstance(start, ast.Name):
        base = scope.get(start.id, start.lineno)
    else:
        return ""
    return ".".join([base, *names]) if base else ""


def _called(node: ast.Call) -> tuple[ast.AST, int]:
    """Return what a call creates an instance of: a plain name or chain, else the call itself."""
    start, _ = chain(node.func)
    return (node.func, 1) if isinstance(start, ast.Name) else (node, 0)


class _Module:
    """Fills the scopes of one module, statement by statement."""

    def __init__(self, bindings: Bindings, name: str, package: list[str]) -> None:
        self.bindings = bindings
        self.name = name
        self.package = package
        self.later: list[
            tuple[Scope, ast.FunctionDef | ast.AsyncFunctionDef]
        ] = []  # a function sees the names that its module has at its end

    def fill(self, scope: Scope, body: Sequence[ast.stmt]) -> None:
        self._statements(scope, body, self.name, scope)
        while self.later:
            outer, function = self.later.pop(0)
            inner = self.bindings.scopes[function] = Scope(outer, later=True)
            given = function.args
            for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
                if argument is not None:
                    inner.bind(argument.arg, function.lineno, "")
            self._statements(inner, function.body, f"{self.name}.<{function.lineno}>", inner)

    def _statements(self, scope: Scope, body: Sequence[ast.stmt], prefix: str, outer: Scope) -> None:
        """Bind the names of statements in their order; functions among them see `outer`."""
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                scope.bind(node.name, node.lineno, f"{prefix}.{node.name}")
                self.bindings.functions[f"{prefix}.{node.name}"] = node
                self.later.append((outer, node))
            elif isinstance(node, ast.ClassDef):
                self._class(scope, node, prefix, outer)
            else:
                self._plain(scope, node)
                for field in ("body", "orelse", "finalbody"):
                    self._statements(scope, getattr(node, field, ()), prefix, outer)
                for handler in getattr(node, "handlers", ()):  # what stands in for an import that failed
                    known = {name: list(bound) for name, bound in scope.names.items()}
                    self._statements(scope, handler.body, prefix, outer)
                    scope.names.update(known)

    def _class(self, scope: Scope, node: ast.ClassDef, prefix: str, outer: Scope) -> None:
        name = f"{prefix}.{node.name}"
        if name in self.bindings.classes:  # defined twice: the bases may name the first
            name = f"{prefix}.<{node.lineno}>.{node.name}"
        bases = tuple(filter(None, (_dotted(base, scope) for base in node.bases)))
        methods = {each.name: each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self.bindings.classes[name] = Class(bases, methods)
        scope.bind(node.name, node.lineno, name)
        inner = self.bindings.scopes[node] = Scope(scope)
        inner.owner = name
        self._statements(inner, node.body, name, outer)

    def _plain(self, scope: Scope, node: ast.stmt) -> None:
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
            self._assign(scope, node)
        else:
            for name in _targets(node):
                scope.bind(name, node.lineno, "")

    def _assign(self, scope: Scope, node: ast.Assign) -> None:
        value = _dotted(node.value, scope)
        names = [name for target in node.targets for name in _stored(target)]
        if "BuildmasterConfig" in names:
            value = CONFIGURATION
            if isinstance(node.value, ast.Name):
                scope.names[node.value.id] = [(0, CONFIGURATION)]
        for name in names:
            plain = any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
            scope.bind(name, node.lineno, value if plain else "")


def _own_calls(node: ast.AST) -> list[ast.Call]:
    """Return the calls in a module, a class or a function, without those in what is defined in it."""
    calls, stack = [], list(ast.iter_child_nodes(node))
    while stack:
        child = stack.pop()
        if isinstance(child, ast.Call):
            calls.append(child)
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack += ast.iter_child_nodes(child)
    return calls


def _stored(node: ast.AST) -> list[str]:
    return [name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)]


def _targets(node: ast.stmt) -> list[str]:
    """Return the names that a statement binds beside its blocks: of a loop, a `with`, an annotation."""
    parts: list[ast.AST | None] = [getattr(node, "target", None)]
    parts += [item.optional_vars for item in getattr(node, "items", ())]
    return [name for part in parts if part is not None for name in _stored(part)]
