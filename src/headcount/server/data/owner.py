"""Whose the data are: a command that root runs works on them as their owner, so that no file becomes root's."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from headcount._refused import Refused
from headcount.server.data._capabilities import may_read_all


@contextmanager
def acting_as_owner(path: Path) -> Iterator[None]:
    """While the context lasts, a process of root's has the user and the groups of the owner of a data directory.

    It may still read whatever root may, on Linux: a backup to restore, and where Headcount is installed. What it is to
    write elsewhere is to be opened before. Where ``path`` is not there, or root's, and where somebody else than root runs
    the command, nothing changes. The whole process changes, with all its threads. Raises `Refused` where the system does
    not permit it.
    """
    owner = _other_owner(path)
    if owner is None:
        yield
        return
    user, group = owner
    before = os.getresgid(), os.getgroups()
    with _permitted(path, user):
        os.setgroups(_groups_of(user, group))
        os.setresgid(group, group, group)
        os.setresuid(user, user, 0)
    try:
        with may_read_all():
            yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(*before[0])
        os.setgroups(before[1])


def become_owner(path: Path) -> None:
    """Let a process of root's be the owner of a data directory for good, without any right of root's. Raises `Refused`."""
    owner = _other_owner(path)
    if owner is None:
        return
    user, group = owner
    with _permitted(path, user):
        os.setgroups(_groups_of(user, group))
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    for file in (os.__file__, __file__):
        if not os.access(file, os.R_OK):
            raise Refused(
                f"{path} belongs to the user {user}, who cannot read {file}: install Headcount where that user can read it."
            )


def _other_owner(path: Path) -> tuple[int, int] | None:
    """Return the user and the group to become; None where this process is to stay who it is."""
    if os.geteuid() != 0 or not hasattr(os, "setresuid"):  # macOS has none
        return None
    try:
        state = path.stat()
    except OSError:
        return None  # whoever opens it says what is wrong
    return (state.st_uid, state.st_gid) if state.st_uid else None


def _groups_of(user: int, group: int) -> list[int]:
    with suppress(KeyError):
        return os.getgrouplist(pwd.getpwuid(user).pw_name, group)
    return [group]


@contextmanager
def _permitted(path: Path, user: int) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise Refused(
            f"{path} belongs to the user {user}, whom root cannot become here: run it as that user."
        ) from error
