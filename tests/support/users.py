"""Another user of the machine: a directory that both can reach, and what the other one does. Needs root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.requires import require

OTHER = 65534
"""The number of the other user, and of its group."""


@contextmanager
def reachable_directory() -> Iterator[Path]:
    """Yield a directory of root's that everybody may look into: pytest's own are root's alone."""
    require(None if os.geteuid() == 0 else "only root can be two users: run it as root")
    path = Path(tempfile.mkdtemp(prefix="headcount-users-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def give(path: Path) -> None:
    """Give a directory to the other user, with all that is in it."""
    for each in (path, *path.rglob("*")):
        os.chown(each, OTHER, OTHER, follow_symlinks=False)


def owners(path: Path) -> set[int]:
    """Return to whom a directory belongs, and what is in it."""
    return {each.lstat().st_uid for each in (path, *path.rglob("*"))}


def as_other(task: Callable[[], bool]) -> bool:
    """Return what a task returns that the other user does, in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            os._exit(0 if task() else 1)
        except BaseException:  # noqa: BLE001  # nothing may get out of a fork
            os._exit(2)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 1), "the task failed"
    return status == 0
