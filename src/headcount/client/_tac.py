"""What ``buildbot.tac`` says, read as syntax: executing it would open the master's log."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple


class Tac(NamedTuple):
    """The base directory and the name of the configuration file, and what had to be assumed."""

    basedir: Path
    configfile: str
    assumed: tuple[str, ...]


def read_tac(directory: Path) -> Tac:
    """Read the ``buildbot.tac`` of a master's directory.

    ``basedir`` is the text that is assigned to it; where the file finds it by ``__file__``, as a relocatable one does, it is
    the directory itself. Raises OSError or SyntaxError where there is none that can be read.
    """
    tac = directory / "buildbot.tac"
    tree = ast.parse(tac.read_bytes(), str(tac))
    texts: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    texts[target.id] = node.value.value
    assumed = []
    basedir = texts.get("basedir", ".")
    if basedir in ("", "."):
        # as twistd runs it: the file's own directory, links followed as os.path.abspath does, which is not at all
        path = directory.absolute()
    else:
        path = Path(basedir)
        if path != directory.absolute():
            assumed.append(f"buildbot.tac says that the master's directory is {path}")
    return Tac(path, texts.get("configfile", "master.cfg"), tuple(assumed))
