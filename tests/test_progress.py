"""The progress of long work."""

from __future__ import annotations

import io

import pytest

from headcount._progress import show


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
