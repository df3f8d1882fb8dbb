"""The files of a configuration, read as syntax trees and never executed."""

from __future__ import annotations

import ast
import os
import stat
import warnings
from pathlib import Path

from headcount.client.advice._source import Source, absolute, package_of

MAX_FILES = 500
MAX_BYTES = 2_000_000


def read_sources(configfile: Path, directory: Path | None = None) -> list[Source]:
    """Return the configuration and the files in its directory tree that it imports, each once; raises nothing.

    ``directory``: the one in which it is loaded, where that is another than its own. At most 500 files are read, of at most
    2 MB each.
    """
    root = configfile.parent if directory is None else directory
    queue, seen = [configfile], {_identity(configfile)}
    sources: list[Source] = []
    while queue and len(sources) < MAX_FILES:
        path = queue.pop(0)
        source = _read(path, Path(os.path.relpath(path, root)).as_posix())
        sources.append(source)
        for found in _imported(source, root):
            identity = _identity(found)
            if identity not in seen:
                seen.add(identity)
                queue.append(found)
    return sources


def _identity(path: Path) -> str:
    return os.path.realpath(path)


def _read(path: Path, name: str) -> Source:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would never end
            return _unread(name, "it is no file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _unread(name, error.strerror or "it cannot be read")
    if len(content) > MAX_BYTES:
        return _unread(name, f"it is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(name, ast.parse(content))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _unread(name, "it is no Python 3")


def _unread(name: str, why: str) -> Source:
    return Source(name, ast.Module(body=[], type_ignores=[]), why)


def _imported(source: Source, root: Path) -> list[Path]:
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found += _modules(root, alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            parts = absolute(node, package_of(source.name))
            found += _modules(root, parts)
            for alias in node.names:
                found += _modules(root, [*parts, alias.name])
    return found


def _modules(root: Path, parts: list[str]) -> list[Path]:
    """Return the files in the tree that an import of a module executes: those of its packages, and its own."""
    found = []
    for length in range(1, len(parts) + 1):
        base = root.joinpath(*parts[:length])
        found += [path for path in (base / "__init__.py", base.with_name(base.name + ".py")) if _is_file(path)][:1]
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
