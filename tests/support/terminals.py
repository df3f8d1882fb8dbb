"""A real terminal, of so many columns, in which a command runs: a pseudo-terminal for each of its outputs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

_PATIENCE = 60  # seconds
_TERMINAL = {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY")


@dataclass
class Running:
    """A command in a terminal: its process, and what each output has shown, with line ends as it wrote them."""

    process: subprocess.Popen[bytes]
    masters: Mapping[int, str]
    written: dict[str, bytes] = field(default_factory=lambda: {"out": b"", "err": b""})

    @property
    def out(self) -> str:
        """What it wrote to standard output."""
        return self.written["out"].decode()

    @property
    def err(self) -> str:
        """What it wrote to standard error."""
        return self.written["err"].decode()

    def wait_for(self, text: str) -> None:
        """Read until standard error shows a text."""
        for _ in self._reads():
            if text in self.err:
                return
        raise AssertionError(f"{text!r} was never shown: {self.err}")

    def end(self) -> Self:
        """Read until it ends."""
        for _ in self._reads():
            pass
        self.process.wait(_PATIENCE)
        return self

    def _reads(self) -> Iterator[None]:
        with selectors.DefaultSelector() as selector:
            for master in self.masters:
                selector.register(master, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(_PATIENCE)
                assert ready, "it said nothing for a minute"
                for key, _ in ready:
                    try:
                        read = os.read(key.fd, 65536)
                    except OSError:  # Linux says so that nobody has the other end open any more
                        read = b""
                    if not read:
                        selector.unregister(key.fd)
                    self.written[self.masters[key.fd]] += read
                    yield


@contextlib.contextmanager
def terminal(*command: str, columns: int = 80, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start a command in a terminal; its input is a pipe. Line ends are not translated."""
    with contextlib.ExitStack() as stack:
        masters, slaves = zip(*(_pair(stack, columns) for _ in range(2)), strict=True)
        given = {name: value for name, value in os.environ.items() if name not in _UNSET}
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=slaves[0],
            stderr=slaves[1],
            env={**given, **_TERMINAL, **(environment or {})},
            start_new_session=True,
        )
        for slave in slaves:
            os.close(slave)
        with process:
            try:
                yield Running(process, dict(zip(masters, ("out", "err"), strict=True)))
            finally:
                process.kill()


def _pair(stack: contextlib.ExitStack, columns: int) -> tuple[int, int]:
    master, slave = os.openpty()
    stack.callback(os.close, master)
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    return master, slave


def headcount(*arguments: object, columns: int = 80, environment: Mapping[str, str] | None = None) -> Running:
    """Run the ``headcount`` command in a terminal to its end."""
    command = [sys.executable, "-m", "headcount", *map(str, arguments)]
    with terminal(*command, columns=columns, environment=environment) as running:
        return running.end()
