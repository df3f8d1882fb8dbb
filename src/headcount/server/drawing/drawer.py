"""The server's side of drawing: starts the process when it is first needed, and ends it."""

from __future__ import annotations

import dataclasses
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from multiprocessing.connection import Connection

from headcount import dashboard
from headcount.dashboard.charts import Picture
from headcount.questions import Answer, Chart
from headcount.server._turns import Busy, Turns
from headcount.server.drawing.kept import Kept
from headcount.server.drawing.messages import DEADLINE, DONE

logger = logging.getLogger(__name__)

_START = 60.0  # seconds until the process must be ready
_WAITING = 8  # threads that wait for a drawing: of a page one, whatever number of charts it has

_KEPT = 16 << 20  # bytes of pictures that are kept: some hundreds

_COMMAND = (sys.executable, "-P", "-m", "headcount.server.drawing.process")
_BROKEN = "the picture could not be drawn: ask for the figures, with the format csv or json"


class DrawingProcess:
    """Draws answers in a process of its own, one at a time. Safe in any thread.

    The process starts with the first drawing. One that takes too long, or ends, is replaced at the next drawing.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        """``deadline``: seconds that a drawing may take, once the process is ready."""
        self._deadline = deadline
        self._turns = Turns(1, _WAITING, "pictures")
        self._kept = Kept(_KEPT)
        self._drawing = threading.Lock()
        self._state = threading.Lock()
        self._process: _Process | None = None
        self._closed = False

    def picture(self, answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
        """Return an answer that has rows drawn for a page, as `dashboard.picture` does; what it drew is kept.

        Raises `BadQuestion` where it has too many rows, and `Busy`.
        """
        kind = kind or answer.breakdown.shown.chart
        answers = {"answer": answer, "beside": beside}
        job = {
            "what": "picture",
            "kind": kind,
            **{name: each and _without_freshness(dashboard.drawn(each, kind)) for name, each in answers.items()},
        }
        return Picture(*json.loads(self._kept.get(json.dumps(job).encode(), self._send)))

    def render(self, answer: Answer, name: str) -> bytes:
        """Return an answer in a format of `dashboard.FORMATS`. Raises `BadQuestion` and `Busy` where that is a picture."""
        form = dashboard.FORMATS[name]
        return self._draw(name, answer) if form.is_picture else form.render(answer)

    @property
    def pid(self) -> int | None:
        """The id of the process, or None where none runs."""
        with self._state:
            return None if self._process is None else self._process.popen.pid

    def close(self) -> None:
        """End the process; nothing is drawn any more."""
        with self._state:
            self._closed = True
            if self._process is not None:
                self._process.popen.kill()
        with self._drawing:
            self._end()

    def _draw(self, what: str, answer: Answer) -> bytes:
        return self._do({"what": what, "answer": dashboard.drawn(answer).to_dict()})

    def _do(self, job: Mapping[str, object]) -> bytes:
        return self._send(json.dumps(job).encode())

    def _send(self, job: bytes) -> bytes:
        with self._turns.turn(), self._drawing:
            try:
                connection = self._running()
                connection.send_bytes(job)
                if not connection.poll(self._deadline):
                    self._end()
                    logger.error(
                        "a picture took longer than %s seconds; the process that draws is replaced", self._deadline
                    )
                    raise Busy(
                        f"the picture took longer than {self._deadline:g} seconds: ask for less, or for the format csv"
                    )
                result = connection.recv_bytes()
            except (EOFError, OSError):
                self._end()
                # The reason is not here.
                logger.error("the process that draws ended or could not be started; it is replaced")  # noqa: TRY400
                raise Busy(_BROKEN) from None
        if not result.startswith(DONE):
            raise Busy(_BROKEN)
        return result[len(DONE) :]

    def _running(self) -> Connection:
        """Return the connection to the process, which is started where none runs. Raises `Busy`."""
        with self._state:
            if self._closed:
                raise Busy("the server ends: ask again in a minute")
            if self._process is not None and self._process.popen.poll() is None:
                return self._process.connection
            if self._process is not None:
                self._process.end()
            self._process = process = _Process()
        try:
            if process.connection.poll(_START):
                process.connection.recv_bytes()
                return process.connection
        except (EOFError, OSError):
            pass
        self._end()
        logger.error("the process that draws does not start")
        raise Busy(_BROKEN)

    def _end(self) -> None:
        with self._state:
            process, self._process = self._process, None
        if process is not None:
            process.end()


def _without_freshness(answer: Answer) -> dict[str, object]:
    """Return what is drawn of an answer: when the newest report came is in no picture, and would make each a new one."""
    return dataclasses.replace(answer, data_until=None).to_dict()


class _Process:
    """A process that draws. It has none of this one's files, sockets and locks but its end of the connection."""

    def __init__(self) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        with ExitStack() as stack, theirs:
            stack.callback(self.connection.close)
            self.popen = subprocess.Popen(  # noqa: S603  # a program of ours, and a number
                [*_COMMAND, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what draws writes what it was given into its messages
            )
            stack.pop_all()  # the connection stays open, as the process started

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self.connection.close()
