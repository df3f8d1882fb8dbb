"""Python packages read as syntax: which classes they define, over what, and where a name leads. Nothing is imported."""

from __future__ import annotations

import ast
import re
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path

Files = Mapping[str, str]
"""The text of each file of an unpacked package, by its path relative to where the top module lies."""

_CLASS = re.compile(r"^class[ \t]+(\w+)[ \t]*(?:\(([^)]*)\))?[ \t]*:", re.MULTILINE)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True)
class Module:
    """One module. ``classes``: name → bases as written; ``names``: imported or assigned name → dotted path."""

    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return None


class _Reader:
    """Fills a `Module` from statements of its top level, and of ``if`` and ``try`` there."""

    def __init__(self, name: str, *, package: bool) -> None:
        self.name = name
        self.package = name if package else name.rpartition(".")[0]
        self.module = Module()

    def read(self, body: Iterable[ast.AST]) -> None:
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                bases = tuple(filter(None, map(_dotted, statement.bases)))
                self.module.classes.setdefault(statement.name, bases)
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.module.names.setdefault(alias.asname or whole, whole)
            elif isinstance(statement, ast.ImportFrom):
                self._import_from(statement)
            elif isinstance(statement, ast.Assign):
                self._assign(statement.targets, statement.value)
            elif isinstance(statement, (ast.If, ast.Try, ast.ExceptHandler)):
                for part in ("body", "handlers", "orelse", "finalbody"):
                    self.read(getattr(statement, part, ()))

    def _import_from(self, statement: ast.ImportFrom) -> None:
        source = statement.module or ""
        if statement.level:
            parents = self.package.split(".")
            source = ".".join([*parents[: len(parents) - statement.level + 1], *filter(None, [source])])
        for alias in statement.names:
            if alias.name == "*":
                self.module.stars.append(source)
            else:
                self.module.names.setdefault(alias.asname or alias.name, f"{source}.{alias.name}")

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        head, _, rest = (_dotted(value) or "").partition(".")
        path = f"{self.name}.{head}" if head in self.module.classes else self.module.names.get(head)
        for target in targets:
            if path is not None and isinstance(target, ast.Name) and target.id not in self.module.classes:
                self.module.names.setdefault(target.id, f"{path}.{rest}" if rest else path)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def read_module(
    name: str, source: str, *, package: bool = False, complain: Callable[[str], None] = _complain
) -> Module:
    """The module ``name``, whose text is ``source``. Text that is no Python 3 is read line by line, and complained of."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old code has escapes that newer Pythons warn of
            tree = ast.parse(source)
    except SyntaxError as error:
        complain(f"{name}: not Python 3 (line {error.lineno}), only its `class` lines are read")
        return Module(
            {match[1]: tuple(_DOTTED.findall(match[2] or "")) for match in _CLASS.finditer(source)},
        )
    reader = _Reader(name, package=package)
    reader.read(tree.body)
    return reader.module


def read_modules(files: Files, top: str, *, complain: Callable[[str], None] = _complain) -> dict[str, Module]:
    """Return the modules of the package or module ``top`` by dotted name, without those of its tests."""
    modules: dict[str, Module] = {}
    within = top.split(".")
    for path, source in sorted(files.items()):
        parts = path.removesuffix(".py").split("/")
        if not path.endswith(".py") or parts[: len(within)] != within or not all(map(str.isidentifier, parts)):
            continue
        if {"test", "tests"} & set(parts):
            continue
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        modules[name] = read_module(name, source, package=package, complain=complain)
    return modules


def read_entry_points(files: Files) -> dict[str, dict[str, str]]:
    """Group → name → dotted path, of the ``entry_points.txt`` of a wheel or a source distribution."""
    groups: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        if re.search(r"\.(dist|egg)-info/entry_points\.txt$", path):
            parser = ConfigParser(delimiters="=", interpolation=None, strict=False)
            parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
            parser.read_string("\n".join(line.strip() for line in text.splitlines()))
            for group in parser.sections():
                found = {name: target.split("[")[0].strip().replace(":", ".") for name, target in parser[group].items()}
                groups.setdefault(group, {}).update(found)
    return groups


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            content = sdist.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name.partition("/")[2].removeprefix("src/"), content.read()


def read_archive(archive: Path) -> dict[str, str]:
    """The Python files and entry points of a wheel or a ``.tar.gz`` source distribution."""
    return {
        name: content.decode("utf-8", "replace")
        for name, content in _members(archive)
        if name.endswith((".py", "/entry_points.txt"))
    }
