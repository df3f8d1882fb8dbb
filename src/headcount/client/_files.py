"""Files in the master's directory: their owner alone can read them, and they are whole or missing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

from headcount._disk import remove, temporary_path, write_new

DEFAULT_CONFIGFILE = "master.cfg"
"""The configuration file of a master that names no other one."""

_LONGEST = 100  # characters of a configuration file's name in another file's name: some file systems take 143 in all


class ReportFiles:
    """The files that the reporter keeps in the directory of a master.

    ``report``: the last report, whole; ``secret`` and ``id``: what the installation is known by; ``notices``: when
    notices were fetched last, and which ones the log has. Masters
    that share a base directory have files of their own: the names hold the name of the configuration file,
    unless that is ``master.cfg``.
    """

    def __init__(self, basedir: str | os.PathLike[str], configfile: str) -> None:
        self.basedir = Path(basedir)
        name = _name(self.basedir, configfile)
        stem = "usage-report" if name == DEFAULT_CONFIGFILE else f"usage-report.{_part(name)}"
        self.report = self.basedir / f"{stem}.json"
        self.secret = self.basedir / f"{stem}.secret"
        self.id = self.basedir / f"{stem}.id"
        self.notices = self.basedir / f"{stem}.notices"


def configfile_of(master: Any) -> str:
    """Return the name of the configuration file that a running master reads, as its ``buildbot.tac`` gives it.

    A master whose configuration comes from something else than a file counts as one of ``master.cfg``.
    """
    for holder in (master, getattr(master, "config_loader", None)):
        name = getattr(holder, "configFileName", None)
        if isinstance(name, (str, os.PathLike)):
            return os.fsdecode(name)
    return DEFAULT_CONFIGFILE


def relative_to(basedir: str | os.PathLike[str], path: str | os.PathLike[str]) -> str | None:
    """Return the path of a file from a directory that it lies in, directly or below; None where it lies elsewhere.

    Each is taken as it is named, and with symbolic links resolved, but for the file's own name.
    """
    file = absolute(path)
    for base in (absolute(basedir), Path(os.path.realpath(basedir))):
        for parent in (file.parent, Path(os.path.realpath(file.parent))):
            if parent == base or base in parent.parents:
                return str(parent.relative_to(base) / file.name)
    return None


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return an absolute path, without ``..`` in it; symbolic links stay in it."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.resolve would follow them


def _name(basedir: Path, configfile: str) -> str:
    return relative_to(basedir, basedir / configfile) or os.path.normpath(configfile)


def _part(name: str) -> str:
    part = quote(os.fsencode(name), safe="")
    if len(part) <= _LONGEST:
        return part
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f"{part[: _LONGEST - len(digest) - 1]}-{digest}"


def write_private(path: Path, data: bytes) -> bool:
    """Write a file, in the place of one that is there; return False where the directory cannot be written."""
    temporary = temporary_path(path)
    try:
        _write(temporary, data)
        temporary.replace(path)
    except OSError:
        remove(temporary)
        return False
    return True


def keep_private(path: Path, make: Callable[[], str], is_right: Callable[[str], bool]) -> str | None:
    """Return the line of text in a file. Where the file is missing, or its line is not right, write a new
    one first.

    Two processes that write it at once return the same line. Returns None where the directory cannot be
    written, or the file cannot be read: a line that cannot be stored would be a new one at each start.
    """
    line = read_private(path)
    if line is not None and is_right(line):
        return line
    fresh = make()
    if line is not None:
        return fresh if write_private(path, fresh.encode() + b"\n") else None
    temporary = temporary_path(path)
    try:
        _write(temporary, fresh.encode() + b"\n")
        os.link(temporary, path)  # fails where another process was quicker
    except FileExistsError:
        line = read_private(path)
        return line if line is not None and is_right(line) else None
    except OSError:  # no hard links here, or no writing at all
        return fresh if write_private(path, fresh.encode() + b"\n") else None
    finally:
        remove(temporary)
    return fresh


def read_private(path: Path) -> str | None:
    """Return the line of text in a file; None where it cannot be read."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a new file that the master can read even where root writes it, as in a preview."""
    write_new(path, data, hand_over=True)
