"""The uses of what is deprecated in one source."""

from __future__ import annotations

import ast

from headcount.client.advice._bindings import Bindings
from headcount.client.advice._calls import Calls
from headcount.client.advice._deprecations import Deprecation
from headcount.client.advice._keys import paths
from headcount.client.advice._named import Named, Use
from headcount.client.advice._scopes import CONFIGURATION, Scope, chain

_OWN_SCOPE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


class Finder:
    """Goes over one source and notes the uses."""

    def __init__(self, named: Named, bindings: Bindings, tree: ast.Module) -> None:
        self.named = named
        self.bindings = bindings
        self.tree = tree
        self.called = Calls(named, bindings)
        self.found: list[Use] = []
        self.imports: list[Use] = []
        self.told: set[tuple[str, ...]] = set()  # keys: one place of each is enough

    def uses(self) -> list[Use]:
        """Return the uses by their lines; an import counts where the file does not use what it imports."""
        stack: list[tuple[ast.AST, Scope, str]] = [(self.tree, self.bindings.scopes[self.tree], "")]
        while stack:
            node, scope, owner = stack.pop()
            scope = self._entered(node, scope)
            owner = scope.owner or owner
            if self._look(node, scope, owner):
                stack += reversed([(child, scope, owner) for child in ast.iter_child_nodes(node)])
        used = {use.entry.id for use in self.found}
        told = self.found + [use for use in self.imports if use.entry.id not in used]
        return sorted({(use.line, use.name): use for use in told}.values(), key=lambda use: use[:2])

    def _entered(self, node: ast.AST, scope: Scope) -> Scope:
        if node in self.bindings.scopes:
            return self.bindings.scopes[node]
        if isinstance(node, _OWN_SCOPE):
            inner = Scope(scope)
            for name in _own_names(node):
                inner.bind(name, 0, "")
            return inner
        return scope

    def _note(self, node: ast.AST, name: str, entry: Deprecation) -> None:
        self.found.append(Use(getattr(node, "lineno", 0), name, entry))

    def _look(self, node: ast.AST, scope: Scope, owner: str) -> bool:
        """Look at one node; return whether its children are to be looked at too."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, (ast.Name, ast.Attribute)):
            return self._name(node, scope)
        elif isinstance(node, ast.Call):
            for line, name, entry in self.called.uses(node, scope, owner):
                self.found.append(Use(line, name, entry))
        elif isinstance(node, ast.ClassDef):
            self._class(node, owner)
        elif isinstance(node, ast.Assign):
            self._assigned(node, scope)
        self._keys(node, scope)
        return True

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.name
            if isinstance(node, ast.ImportFrom):
                name = "" if node.level else (node.module or "") + ("" if name == "*" else f".{name}")
            entry = self.named.of(name)
            if entry is not None:
                self.imports.append(Use(getattr(alias, "lineno", node.lineno), entry.id, entry))

    def _name(self, node: ast.Name | ast.Attribute, scope: Scope) -> bool:
        name = self.bindings.dotted(node, scope)
        entry = self.named.of(name) if isinstance(node.ctx, ast.Load) and "(" not in name else None
        if entry is not None:
            self._note(node, entry.id, entry)
        return not isinstance(chain(node)[0], ast.Name)

    def _class(self, node: ast.ClassDef, owner: str) -> None:
        classes = [
            self.bindings.classes[name] for name in self.bindings.ancestors(owner) if name in self.bindings.classes
        ]
        own = classes[0].methods
        for entry in self.named.kinds["method"]:
            inherited = any(entry.unless in each.methods for each in classes)
            if inherited or not self.bindings.derives(owner, entry.names) or self.bindings.derives(owner, entry.beside):
                continue
            for word in entry.words:
                if word in own and len(own[word].args.args) >= entry.parameters:
                    self._note(own[word], entry.id, entry)
        for entry in self.named.kinds["attribute"]:
            for each in node.body:
                if isinstance(each, ast.Assign) and self.bindings.derives(owner, entry.names):
                    for target in each.targets:
                        if (
                            isinstance(target, ast.Name)
                            and target.id in entry.words
                            and self.called.fits(entry, each.value)
                        ):
                            self._note(each, entry.id, entry)

    def _assigned(self, node: ast.Assign, scope: Scope) -> None:
        """Look at an attribute that is set of something the configuration has created."""
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                name, call, more = self.bindings.dotted(target.value, scope).partition("()")
                is_instance = call and not more and name.rpartition(".")[2][:1].isupper()
                for entry in self.named.kinds["attribute"] if is_instance else ():
                    fits = {target.attr, "*"}.intersection(entry.words) and self.called.fits(entry, node.value, scope)
                    if fits and self.bindings.derives(name, entry.names):
                        self._note(node, entry.id, entry)

    def _keys(self, node: ast.AST, scope: Scope) -> None:
        for path, line in paths(node, lambda each: self.bindings.dotted(each, scope) == CONFIGURATION):
            entry = self.named.keys.get(".".join(path))
            if entry is not None and path not in self.told:
                self.told.add(path)
                self.found.append(Use(line, f"c{''.join(f'[{key!r}]' for key in path)}", entry))


def _own_names(node: ast.AST) -> list[str]:
    """Return the names that a comprehension or a lambda binds for itself."""
    if isinstance(node, ast.Lambda):
        return [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    targets = [each.target for each in getattr(node, "generators", ())]
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
