"""The `headcount` command, run in this process: what is tested is what it does, not how it is started."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import NamedTuple

from headcount.cli import main


class Done(NamedTuple):
    """A command that ended: its status, what it printed as bytes and as text, and its standard error."""

    returncode: int
    printed: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        """What it printed."""
        return self.printed.decode()


def headcount(*arguments: str) -> Done:
    """Run the command to its end."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(str(ended.code))
    assert sys.stdout is not out
    assert isinstance(out.buffer, io.BytesIO)
    return Done(status, out.buffer.getvalue(), err.getvalue())
