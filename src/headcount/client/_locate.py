"""A master, found by what a person names: its directory, or a configuration file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, NamedTuple

from headcount.client._files import DEFAULT_CONFIGFILE, absolute, relative_to
from headcount.client._tac import Tac, read_tac

Warn = Callable[[str], None]

_UNREADABLE = (OSError, SyntaxError, ValueError)  # what read_tac raises
_NO_TAC = "there is no buildbot.tac: assumed that the master's directory is {}"


class NotLocated(Exception):
    """No master was found; the message is one sentence that says what to do."""


class Located(NamedTuple):
    """A master: its directory, its configuration file as the master names it, and how that is loaded.

    ``directory`` and ``file``: the directory in which the configuration is loaded, and the file's path from
    there.
    """

    basedir: Path
    configfile: str
    directory: Path
    file: str


def locate(path: Path, basedir: str | None, warn: Warn) -> Located:
    """Return the master at a path, which is a configuration file or a directory.

    ``basedir``: the master's directory, where its ``buildbot.tac`` does not tell it; ``warn`` is told what
    had to be assumed. Raises `NotLocated`.
    """
    if not path.exists():
        raise NotLocated(f"there is no {path}: name a master.cfg, or the directory of a master.")
    given = None if basedir is None else absolute(basedir)
    if path.is_dir():
        return _by_directory(path, warn) if given is None else _by_both(path, given)
    file = absolute(path)
    return _by_file(file, warn) if given is None else _of(file, given, _told(file.parent) or _told(given), warn)


def _by_directory(directory: Path, warn: Warn) -> Located:
    tac = _read(directory)
    if tac is None:
        basedir = Path(os.path.realpath(directory))
        if not (directory / DEFAULT_CONFIGFILE).exists():
            raise NotLocated(
                f"there is neither a buildbot.tac nor a master.cfg in {directory}: name a master's directory."
            )
        warn(_NO_TAC.format(basedir))
        return _as_the_master(basedir, DEFAULT_CONFIGFILE)
    for line in tac.assumed:
        warn(line)
    return _as_the_master(tac.basedir, tac.configfile)


def _by_both(directory: Path, basedir: Path) -> Located:
    tac = _read(directory)
    return _as_the_master(basedir, DEFAULT_CONFIGFILE if tac is None else tac.configfile)


def _as_the_master(basedir: Path, configfile: str) -> Located:
    if not (basedir / configfile).exists():
        raise NotLocated(
            f"there is no {basedir / configfile}: name a master.cfg, or the directory of a master with --basedir."
        )
    return Located(basedir, configfile, basedir, configfile)


def _by_file(file: Path, warn: Warn) -> Located:
    """Return the master of a configuration file, by the ``buildbot.tac`` beside it or by one above that names it."""
    tac = _read(file.parent, file)
    if tac is None:
        above = _above(file)
        if above is not None:
            return above
        basedir = Path(os.path.realpath(file.parent))
        warn(_NO_TAC.format(basedir))
        return Located(basedir, file.name, basedir, file.name)
    for line in tac.assumed:
        warn(line)
    return _of(file, tac.basedir, tac.configfile, warn)


def _above(file: Path) -> Located | None:
    for directory in Path(os.path.realpath(file.parent)).parents:
        try:
            tac = read_tac(directory, file)
        except _UNREADABLE:
            continue
        if _same(tac.basedir / tac.configfile, file):
            return _as_the_master(tac.basedir, tac.configfile)
    return None


def _of(file: Path, basedir: Path, told: str | None, warn: Warn) -> Located:
    """Return the master of a file and a directory; ``told``: the file that its ``buildbot.tac`` names.

    That one, and any that lies in the directory, is loaded as the master loads it. Any other is loaded from
    where it is, as ``buildbot checkconfig`` does, and stands for the one of its name.
    """
    inside = told if told is not None and _same(basedir / told, file) else relative_to(basedir, file)
    if inside is not None:
        return _as_the_master(basedir, inside)
    warn(f"{file} is not in the master's directory, {basedir}: it is loaded from where it is")
    configfile = told if told is not None and os.path.split(told)[1] == file.name else file.name
    return Located(basedir, configfile, file.parent, file.name)


def _told(directory: Path) -> str | None:
    """Return the configuration file that the ``buildbot.tac`` of a directory names; None where there is none to read."""
    try:
        return read_tac(directory).configfile
    except _UNREADABLE:
        return None


def _read(directory: Path, named: Path | None = None) -> Tac | None:
    try:
        return read_tac(directory, named)
    except FileNotFoundError:
        return None
    except _UNREADABLE as error:
        raise NotLocated(f"{directory / 'buildbot.tac'} cannot be read: {error}.") from error


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
