"""What ``buildbot.tac`` says, read as syntax: executing it would open the master's log."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import NamedTuple


class Tac(NamedTuple):
    """The base directory and the name of the configuration file, and what had to be assumed."""

    basedir: Path
    configfile: str
    assumed: tuple[str, ...]


def read_tac(directory: Path) -> Tac:
    """Read the ``buildbot.tac`` of a master's directory.

    ``basedir`` is the text that is assigned to it, since the master takes it as it is; where the file finds it by itself, as
    a relocatable one does, it is the working directory of the running master, which is never behind a symbolic link.
    Raises OSError, SyntaxError or ValueError where there is none that can be read.
    """
    tac = directory / "buildbot.tac"
    texts: dict[str, str] = {}
    computed: set[str] = set()
    for node in ast.walk(ast.parse(tac.read_bytes(), str(tac))):
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                texts.update(dict.fromkeys(names, node.value.value))
            else:
                computed.update(names)
    assumed = []
    here = Path(os.path.realpath(directory))
    basedir = texts.get("basedir", "")
    path = Path(os.path.normpath(here / basedir))
    if "basedir" in computed and not basedir:
        assumed.append(f"buildbot.tac computes the master's directory: assumed that it is {here}")
    elif not path.exists() or not path.samefile(here):
        assumed.append(f"buildbot.tac says that the master's directory is {path}")
    if "configfile" in computed and "configfile" not in texts:
        assumed.append("buildbot.tac computes the name of the configuration file: assumed that it is master.cfg")
    return Tac(path, texts.get("configfile", "master.cfg"), tuple(assumed))
