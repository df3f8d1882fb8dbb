"""``buildbot.tac``, read as syntax: executing it would open the master's log."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import NamedTuple


class Tac(NamedTuple):
    """The base directory, the name of the configuration file, and the assumptions behind them, as lines of text."""

    basedir: Path
    configfile: str
    assumed: tuple[str, ...]


def read_tac(directory: Path, named: Path | None = None) -> Tac:
    """Read the ``buildbot.tac`` of a master's directory; ``named``: the configuration file that is asked for.

    ``basedir`` is the text that the file assigns, since the master uses it unchanged. Where the file
    computes it, as a relocatable one does, it is the directory from which ``configfile`` leads to the file
    ``named``; else the working directory of the running master, with symbolic links resolved.

    Raises OSError, SyntaxError or ValueError where the file is missing or cannot be read.
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
    configfile = texts.get("configfile", "master.cfg")
    path = Path(os.path.normpath(here / basedir))
    if "basedir" in computed and basedir in ("", "."):
        path = (None if named is None else _above(named, configfile)) or here
        if not basedir or path != here:
            assumed.append(f"buildbot.tac computes the master's directory: assumed that it is {path}")
    elif not path.exists() or not path.samefile(here):
        assumed.append(f"buildbot.tac says that the master's directory is {path}")
    if "configfile" in computed and "configfile" not in texts:
        assumed.append("buildbot.tac computes the name of the configuration file: assumed that it is master.cfg")
    return Tac(path, configfile, tuple(assumed))


def _above(named: Path, configfile: str) -> Path | None:
    """Return the directory from which a relative path leads to a file; None where there is none."""
    path = Path(os.path.normpath(configfile))
    if path.is_absolute():
        return None
    parts = path.parts
    file = Path(os.path.realpath(named.parent)) / named.name
    return Path(*file.parts[: -len(parts)]) if file.parts[-len(parts) :] == parts else None
