"""The ``headcount`` command in a process that is killed at its n-th step on the disk."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from headcount.cli import main as headcount_main
from tests.support.command import Done
from tests.support.requires import require
from tests.support.zygote import of_server

_STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "open")
_PATIENCE = 120  # seconds


def main() -> int:
    """Run the command of ``sys.argv``, whose first two words are a directory, and before which step in it to be killed."""
    directory, number, *words = sys.argv[1:]
    count = 0

    def step(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event not in _STEPS or not any(str(each).startswith(directory) for each in arguments):
            return
        if event == "open" and not _writes(arguments):
            return
        count += 1
        if count == int(number):
            _die()

    sys.addaudithook(step)
    return headcount_main(words)


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL is not survived")


def headcount_killed(directory: os.PathLike[str], number: int, *arguments: object) -> Done | None:
    """Run a command that is killed before its ``number``-th step in a directory; None where it was, else how it ended."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        words = ["headcount", os.fspath(directory), str(number), *(str(argument) for argument in arguments)]
        process = of_server().fork(
            "tests.support.killed:main", words, cwd=Path.cwd(), out=out, err=err, environment=os.environ
        )
        try:
            status = process.wait(_PATIENCE)
        finally:
            process.kill()
        if status == -signal.SIGKILL:
            return None
        out.seek(0)
        err.seek(0)
        return Done(status, out.read(), err.read().decode())


def headcount_killed_at(calls: str, number: int, *arguments: object) -> Done:
    """Run a command that is killed at the ``number``-th of these system calls that one of its threads does."""
    strace = shutil.which("strace")
    require(None if strace else "strace is missing: apt-get install -y strace")
    inject = f"inject={calls}:signal=KILL:error=EIO:when={number}"
    traced = [str(strace), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]
    command = [*traced, sys.executable, "-m", "headcount", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE)
    assert done.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), done.stderr
    return Done(done.returncode, done.stdout, done.stderr.decode())
