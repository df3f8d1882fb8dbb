"""The files of a configuration, read as syntax trees and never executed."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple


class Source(NamedTuple):
    """One file: its path, relative to the configuration's directory, and its syntax tree."""

    name: str
    tree: ast.Module


class Sources(NamedTuple):
    """The files that were read, and those that were not: each named with why, in a few words."""

    read: list[Source]
    skipped: list[str]


def read_sources(configfile: Path) -> Sources:
    """Return the configuration and the files in its directory tree that it imports, each once."""
    raise NotImplementedError(configfile)
