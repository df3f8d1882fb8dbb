"""The files of a master's configuration: the file itself, and what it imports from beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from headcount.client.advice._concern import Source
from headcount.client.advice._finding import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headcount.client.advice._scope import Scope

_MOST = 500  # files
_LARGEST = 4_000_000  # bytes of a file


def sources(directory: Path, file: str) -> list[Source]:
    """Return the configuration ``file``, and the files below ``directory`` that it imports, directly or by others.

    ``directory``: the one in which the configuration is loaded. What cannot be read is left out.
    """
    waiting, known = [directory / file], {(directory / file).resolve()}
    read: list[Source] = []
    while waiting and len(read) < _MOST:
        path = waiting.pop(0)
        content = _content(path)
        if content is None:
            continue
        source = Source(Path(os.path.relpath(path, directory)).as_posix(), content)
        read.append(source)
        scope = parsed(source)
        for imported in () if scope is None else _files(scope, path, directory):
            if imported.resolve() not in known:
                known.add(imported.resolve())
                waiting.append(imported)
    return read


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError:
        return None
    return content if len(content) <= _LARGEST else None


def _files(scope: Scope, path: Path, directory: Path) -> Iterator[Path]:
    for level, module in scope.modules():
        parts = [part for part in module.split(".") if part]
        base = directory if level == 0 else path.parent
        for _ in range(level - 1):
            base = base.parent
        if base != directory and directory not in base.parents:
            continue
        for count in range(len(parts) + 1):
            place = base.joinpath(*parts[:count])
            candidates = [place / "__init__.py"] if count else []
            candidates += [place.with_suffix(".py")] if count else []
            yield from (candidate for candidate in candidates if candidate.is_file())
