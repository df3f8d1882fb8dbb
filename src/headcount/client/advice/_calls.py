"""The calls of one source: their arguments, and what is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from headcount.client.advice._bindings import Bindings
from headcount.client.advice._deprecations import Deprecation
from headcount.client.advice._named import Named, Use
from headcount.client.advice._scopes import Scope, chain

_FIRST_IS_CALLED = ("functools.partial", "buildbot.process.factory.s")


class Calls:
    """Finds what a call uses that is deprecated."""

    def __init__(self, named: Named, bindings: Bindings) -> None:
        self.named = named
        self.bindings = bindings

    def uses(self, node: ast.Call, scope: Scope, owner: str) -> Iterator[Use]:
        """Go through the uses of one call; `owner` is the class in whose body it stands, dotted, or empty."""
        for word, value in _given(node):
            for name in self._reached(node, word, scope, owner):
                for entry in self.named.arguments_of(name):
                    if word in entry.words and self.fits(entry, value, scope):
                        special = entry.equals or entry.contains or entry.form or word.isdigit()
                        called = name.rpartition(".")[2]
                        yield Use(value.lineno, entry.id if special else f"{called}({word})", entry)
        start, names = chain(node.func)
        if isinstance(start, ast.Name):
            yield from self._methods(node, [start.id, *names], owner)
        if names[-1:] == ["addStep"] and node.args:
            yield from self._step_class(node.args[0], scope)

    def fits(self, entry: Deprecation, value: ast.expr, scope: Scope | None = None) -> bool:
        """Return whether a value is one that the entry is about."""
        text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
        if entry.equals:
            return text == entry.equals
        if entry.contains:
            return text is not None and entry.contains in text
        if entry.form == "text":
            return text is not None
        if entry.form == "dict":
            return isinstance(value, ast.Dict)
        if entry.form:
            given = self._parameters(value, scope)
            return given is not None and (entry.form == "function" or given == 2)
        return True

    def _parameters(self, value: ast.expr, scope: Scope | None) -> int | None:
        """Return how many parameters a function has; None where the value is no function that is known."""
        name = self.bindings.dotted(value, scope) if scope is not None else ""
        function = value if isinstance(value, ast.Lambda) else self.bindings.functions.get(name)
        if function is None:
            return None
        return 1000 if function.args.vararg else len(function.args.args)

    def _reached(self, node: ast.Call, word: str, scope: Scope, owner: str) -> Iterator[str]:
        """Go through what an argument reaches: what is called, by way of classes that pass it on."""
        name = self.bindings.dotted(node.func, scope)
        queue = [name]
        if name in _FIRST_IS_CALLED and node.args:
            queue = [self.bindings.dotted(node.args[0], scope)]
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
            queue = [self.bindings.dotted(node.func.value, scope)]
            if _is_super(node.func.value) and owner:
                queue = [self.bindings.canonical(base) for base in self.bindings.classes[owner].bases]
        seen: set[str] = set()
        while queue:
            name = queue.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name not in self.bindings.classes:
                yield name
            elif self._passes_on(name, word):
                queue += map(self.bindings.canonical, self.bindings.classes[name].bases)

    def _passes_on(self, name: str, word: str) -> bool:
        """Return whether a class gives an argument to its bases: by having no `__init__`, or by one with `**`."""
        function = self.bindings.classes[name].methods.get("__init__")
        if function is None:
            return True
        given = function.args
        return given.kwarg is not None and word not in {each.arg for each in [*given.args, *given.kwonlyargs]}

    def _methods(self, node: ast.Call, names: list[str], owner: str) -> Iterator[Use]:
        if not owner:
            return
        ends = {".".join(names[start:]) for start in range(1, len(names))}
        for entry in self.named.kinds["call"]:
            if ends.intersection(entry.words) and self.bindings.derives(owner, ("buildbot.*",)):
                yield Use(node.lineno, entry.id, entry)
        for entry in self.named.kinds["self call"]:
            if names[0] == "self" and ".".join(names[1:]) in entry.words and self.bindings.derives(owner, entry.names):
                ancestors = [self.bindings.classes.get(name) for name in self.bindings.ancestors(owner)]
                if not any(each is not None and names[1] in each.methods for each in ancestors):
                    yield Use(node.lineno, entry.id, entry)

    def _step_class(self, argument: ast.expr, scope: Scope) -> Iterator[Use]:
        name = self.bindings.dotted(argument, scope)
        is_class = name in self.bindings.classes or ("(" not in name and name.rpartition(".")[2][:1].isupper())
        for entry in self.named.kinds["step class"]:
            if is_class and self.bindings.derives(name, entry.names):
                yield Use(argument.lineno, entry.id, entry)


def _given(node: ast.Call) -> list[tuple[str, ast.expr]]:
    """Return the arguments of a call by their words, and by their positions up to the first star."""
    positions: list[tuple[str, ast.expr]] = []
    for position, value in enumerate(node.args):
        if isinstance(value, ast.Starred):
            break
        positions.append((str(position), value))
    return positions + [(each.arg, each.value) for each in node.keywords if each.arg is not None]


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
