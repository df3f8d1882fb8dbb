"""The commands: ``headcount`` in this process, as a process of its own, or beside an imported Buildbot; and ``buildbot``."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from headcount.cli import main
from tests.support import zygote

_PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Done:
    """A command that ended: its exit status, the bytes that it printed, and its standard error."""

    returncode: int
    printed: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        """What it printed, as text."""
        return self.printed.decode()


def headcount(
    *arguments: object, as_process: bool = False, cwd: Path | None = None, python: Path = Path(sys.executable)
) -> Done:
    """Run the ``headcount`` command to its end.

    In this process, unless ``as_process`` asks for one of its own, of which ``cwd`` is the directory and ``python`` the
    interpreter: what is tested is mostly what it does, without the half second in which it starts.
    """
    words = [str(argument) for argument in arguments]
    if as_process:
        done = subprocess.run(
            [python, "-m", "headcount", *words], capture_output=True, check=False, cwd=cwd, timeout=_PATIENCE
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())
    assert cwd is None, "this process stays where it is"
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as ended:
            status = int(str(ended.code))
    assert sys.stdout is not out
    assert isinstance(out.buffer, io.BytesIO)
    return Done(status, out.buffer.getvalue(), err.getvalue())


def preview(*arguments: object, cwd: Path) -> Done:
    """Run ``headcount preview`` in a process of its own, in the directory ``cwd``, where Buildbot is imported already."""
    return _fork("headcount.cli:main", "headcount", "preview", *arguments, cwd=cwd)


def advise(*arguments: object, cwd: Path) -> Done:
    """Run ``headcount advise`` as `preview` is run."""
    return _fork("headcount.cli:main", "headcount", "advise", *arguments, cwd=cwd)


def buildbot(*arguments: object) -> Done:
    """Run the ``buildbot`` command in a process of its own."""
    return _fork("buildbot.scripts.runner:run", "buildbot", *arguments, cwd=Path.cwd())


def _fork(entry: str, *arguments: object, cwd: Path) -> Done:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = zygote.of_buildbot().fork(
            entry, [str(argument) for argument in arguments], cwd=cwd, out=out, err=err, environment=os.environ
        )
        try:
            status = process.wait(_PATIENCE)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return Done(status, out.read(), err.read().decode())
