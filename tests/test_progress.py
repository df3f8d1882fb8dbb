"""The progress of long work."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from headcount._progress import show
from tests.support import terminals
from tests.support.terminals import terminal

_WAITS = """
import sys
from headcount._progress import show, waiting
with waiting("counting"):
    sys.stdin.readline()
"""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_a_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, which ends with the work."""
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    for share in (0.0, 0.256, 1.0):
        show("counting", share)
    assert terminal.getvalue() == "\rcounting:   0% \rcounting:  26% \rcounting: 100% \n"


def test_a_pipe_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads it wants results."""
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    show("counting", 0.5)
    assert pipe.getvalue() == ""


def test_a_terminal_is_told_how_long_a_work_goes_on() -> None:
    """Where nobody knows how long it will; the line is cleared when the work ends."""
    with terminal(sys.executable, "-c", _WAITS) as running:
        running.wait_for("\rcounting: 1 s ")
        assert running.process.stdin is not None
        running.process.stdin.write(b"\n")
        running.process.stdin.flush()
        done = running.end()
    assert done.process.returncode == 0
    assert done.err.endswith("\r" + " " * len("counting: 1 s ") + "\r")
    assert done.out == ""


def test_a_pipe_is_told_nothing_of_it() -> None:
    """However long it takes."""
    done = subprocess.run([sys.executable, "-c", _WAITS], input="\n", capture_output=True, text=True, check=True)
    assert done.stderr == done.stdout == ""


def test_a_simulation_shows_how_far_it_is(tmp_path: Path) -> None:
    """Each part of it, on standard error; a file of it is the same as without a terminal."""
    simulate = ("simulate", "--installs", "20", "--days", "200", "--out")
    done = terminals.headcount(*simulate, tmp_path / "one")
    for work in ("making up the fleet", "writing its reports"):
        assert f"\r{work}:   0% " in done.err
        assert f"\r{work}: 100% \n" in done.err
    assert done.out == ""
    into = terminals.headcount("simulate", "--installs", "20", "--days", "200", "--into", tmp_path / "data")
    assert "taking its reports: 100% " in into.err
