"""What names stand for in the sources of a configuration, followed from file to file."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence

from headcount.client.advice._module import Module
from headcount.client.advice._scopes import CONFIGURATION, Definitions, Scope, dotted
from headcount.client.advice._source import Source, package_of

_PLUGINS = ("buildslave", "changes", "reporters", "schedulers", "secrets", "steps", "util", "worker")
_DEEP = 30  # an alias of an alias of an alias


class Bindings:
    """The names of all the sources of one configuration; `public` are the dotted names that a star may bring."""

    def __init__(self, sources: Sequence[Source], public: Container[str] = ()) -> None:
        named = [module_of(source, index) for index, source in enumerate(sources)]
        self.modules = {module: Scope(module=module) for module in named}
        self.public = public
        definitions = Definitions({}, {}, {})
        self.classes, self.functions, self.scopes = definitions
        for module, source in zip(named, sources):
            scope = self.scopes[source.tree] = self.modules[module]
            Module(definitions, module, package_of(source.name)).fill(scope, source.tree.body)
        for _ in range(_DEEP):
            if not self._hand_on_configuration():
                break

    def dotted(self, node: ast.AST, scope: Scope) -> str:
        """Return what a name, an attribute or a call stands for, dotted, or an empty text."""
        return self.canonical(dotted(node, scope))

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
