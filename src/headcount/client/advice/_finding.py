"""Deprecated features in the files of a configuration, which are read as syntax and never executed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, Union

from headcount.client.advice._concern import Source
from headcount.client.advice._deprecated import Feature, features
from headcount.client.advice._scope import Scope
from headcount.contract import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]

_STEP = "step"


class Found(NamedTuple):
    """A use of a feature: in which file, and in which line from 1 up."""

    feature: Feature
    file: str
    line: int


def found(sources: Sequence[Source]) -> list[Found]:
    """Return the uses of deprecated features, each once for a line; a file that is no Python is left out."""
    scopes = [scope for source in sources if (scope := parsed(source)) is not None]
    steps = _steps(scopes)
    uses = {Found(feature, scope.file, line) for scope in scopes for feature, line in _of_file(scope, steps)}
    return sorted(uses, key=lambda use: (features().index(use.feature), use.file != scopes[0].file, use.file, use.line))


def parsed(source: Source) -> Scope | None:
    """Return a file as syntax; None where it is no Python that this one reads."""
    try:
        return Scope(source.name, ast.parse(source.content))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _steps(scopes: Iterable[Scope]) -> dict[str, frozenset[str]]:
    """Return the classes of these files that derive from a step of Buildbot's, each with the names of all its bases."""
    public = frozenset(path.rpartition(".")[2] for path, kind in vocabulary().kinds.items() if kind == _STEP)
    classes = [(scope, node) for scope in scopes for node in scope.classes]
    known: dict[str, frozenset[str]] = {}
    for _ in range(len(classes) + 1):  # a base may stand in a file that is read later
        before = len(known)
        for scope, node in classes:
            bases = [name for base in node.bases for name in scope.names(base)]
            ancestors: set[str] = set()
            for base in bases:
                last = base.rpartition(".")[2]
                if base.startswith("buildbot.") and (last in public or last.endswith(("BuildStep", "NewStyle"))):
                    ancestors.add(last)
                elif not base.startswith("buildbot."):
                    ancestors |= known.get(last, frozenset())
            if ancestors:
                known[node.name] = known.get(node.name, frozenset()) | ancestors
        if len(known) == before:
            break
    return known


def _of_file(scope: Scope, steps: dict[str, frozenset[str]]) -> Iterator[tuple[Feature, int]]:
    by_form: dict[str, list[Feature]] = {}
    for feature in features():
        by_form.setdefault(feature.form, []).append(feature)
    for node in scope.nodes:
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield from _named(scope, node, by_form["name"])
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imported(node, by_form)
        elif isinstance(node, ast.Subscript):
            yield from _keys(scope, node, by_form["key"])
        elif isinstance(node, ast.Call):
            yield from _arguments(scope, node, by_form["argument"])
            yield from _calls(scope, node, by_form)
        elif isinstance(node, ast.ClassDef) and node.name in steps:
            yield from _methods(node, steps[node.name], by_form["method"])


def _is(feature: Feature, path: str) -> bool:
    """Return whether a path of Buildbot's is what a feature is spelled like."""
    return path.startswith("buildbot.") and bool(feature.names & {path, path.rpartition(".")[2]})


def _named(scope: Scope, node: ast.Name | ast.Attribute, known: list[Feature]) -> Iterator[tuple[Feature, int]]:
    for path in scope.names(node):
        yield from ((feature, node.lineno) for feature in known if _is(feature, path))


def _imported(node: ast.Import | ast.ImportFrom, by_form: dict[str, list[Feature]]) -> Iterator[tuple[Feature, int]]:
    if isinstance(node, ast.ImportFrom):
        paths = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)] if not node.level else []
    else:
        paths = [alias.name for alias in node.names]
    for feature in by_form["module"]:
        if any(path == name or path.startswith(f"{name}.") for path in paths for name in feature.names):
            yield feature, node.lineno
    for feature in by_form["name"]:
        if any(_is(feature, path) for path in paths):
            yield feature, node.lineno


def _keys(scope: Scope, node: ast.Subscript, known: list[Feature]) -> Iterator[tuple[Feature, int]]:
    index = node.slice
    if isinstance(node.value, ast.Name) and node.value.id in scope.configurations and isinstance(index, ast.Constant):
        yield from ((feature, node.lineno) for feature in known if index.value in feature.names)


def _arguments(scope: Scope, node: ast.Call, known: list[Feature]) -> Iterator[tuple[Feature, int]]:
    called = {path.rpartition(".")[2] for path in scope.names(node.func) if path.startswith("buildbot.")}
    for keyword in node.keywords if called else ():
        for feature in known:
            if keyword.arg in feature.names and (called & feature.of or "*" in feature.of):
                given = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                if feature.value is None or given == feature.value:
                    yield feature, keyword.value.lineno


def _calls(scope: Scope, node: ast.Call, by_form: dict[str, list[Feature]]) -> Iterator[tuple[Feature, int]]:
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
        yield from ((feature, node.lineno) for feature in by_form["call"] if name in feature.names)
        first = node.args[0] if node.args else None
        if isinstance(first, (ast.Name, ast.Attribute)) and any(_is_step(path) for path in scope.names(first)):
            yield from ((feature, node.lineno) for feature in by_form["step class"] if name in feature.names)


def _is_step(path: str) -> bool:
    return path.startswith(("buildbot.plugins.steps.", "buildbot.steps.")) and path.rpartition(".")[2][:1].isupper()


def _methods(node: ast.ClassDef, bases: frozenset[str], known: list[Feature]) -> Iterator[tuple[Feature, int]]:
    methods = {each.name: each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for feature in known:
        if feature.without in methods or feature.apart & bases:
            continue
        for name in feature.names & methods.keys():
            if _parameters(methods[name]) >= feature.parameters:
                yield feature, methods[name].lineno


def _parameters(method: Function) -> int:
    """Return how many parameters a method has beside ``self``."""
    return len(method.args.posonlyargs) + len(method.args.args) - 1
