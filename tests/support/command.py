"""The ``headcount`` command, run in this process: what it does without the half second in which it starts."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

from headcount.cli import main


@dataclass
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def headcount(*arguments: str) -> Done:
    """Run the command to its end."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(arguments)
    return Done(status, out.getvalue(), err.getvalue())
