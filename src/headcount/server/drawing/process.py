"""The process that draws: ``python -m headcount.server.drawing.process DESCRIPTOR``.

It takes jobs from a connection, and ends when the other end is closed, so that it outlives no server.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

import vl_convert

from headcount import dashboard
from headcount.dashboard.charts import VEGA_LITE
from headcount.questions import Answer
from headcount.server.drawing.messages import DEADLINE, DONE, FAILED, READY

_MEMORY = (
    1 << 30
)  # bytes that it may write to, of which it uses a fifth; V8 reserves 64 GB, and has a thread for each core
_MEMORY_OF_CORE = 16 << 20


def main() -> None:
    """Draw until the connection ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server, which then ends this
    _limit(resource.RLIMIT_DATA, _MEMORY + _MEMORY_OF_CORE * (os.cpu_count() or 1))
    _limit(resource.RLIMIT_CORE, 0)
    with Connection(int(sys.argv[1])) as connection:
        # the first drawing takes ten times as long as others: no job waits for that
        vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": []}}, vl_version=VEGA_LITE)
        connection.send_bytes(READY)
        while True:
            try:
                job = json.loads(connection.recv_bytes())
            except EOFError:
                return
            signal.setitimer(signal.ITIMER_REAL, DEADLINE + 1)  # ends it also in code that holds the interpreter
            connection.send_bytes(_result(job))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(what: int, most: int) -> None:
    """Lower a limit, unless it is lower already."""
    hard = resource.getrlimit(what)[1]
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (limit, limit))


def _result(job: Mapping[str, Any]) -> bytes:
    try:
        return DONE + _do(job)
    except Exception:  # noqa: BLE001  # whatever is wrong with one answer, the next one is drawn
        return FAILED


def _do(job: Mapping[str, Any]) -> bytes:
    answer = Answer.from_dict(job["answer"])
    if job["what"] == "picture":
        beside = job["beside"] and Answer.from_dict(job["beside"])
        return json.dumps(dashboard.picture(answer, job["kind"], beside)).encode()
    return dashboard.FORMATS[job["what"]].render(answer)


if __name__ == "__main__":
    main()
