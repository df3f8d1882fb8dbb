"""Fuzzes both endpoints: ``python -m tests.ingest.fuzz DIR RUNS``. Coverage of our code guides atheris (libFuzzer).

What is fuzzed is the real application over a real inbox in DIR, in this process. An input's first byte chooses the encoding
and how the body is cut; the rest is the body, as it is or gzipped. Ends with one line of JSON: how many inputs, statuses by
path, and the largest resident memory, in MiB.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import resource
import sys
from collections import Counter
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["headcount"]):
    from headcount.ingest import PHONE_HOME, REPORTS, Gate, Inbox, Ingest, Pseudonymizer, Writer

from tests.contract.test_reading import REPORT
from tests.support import captures
from tests.support.asgi import call

_HONEST = {REPORTS: {202, 400, 413}, PHONE_HOME: {200}}
_ENCODINGS = ("", "gzip", "identity", "br")
_MOST = 512  # MiB of memory, beyond which libFuzzer calls it a failure


class Fuzz:
    """Sends what atheris makes, and counts."""

    def __init__(self, directory: Path, runs: int) -> None:
        self._runs = runs
        self._inbox = Inbox(directory / "inbox.sqlite")
        self._writer = Writer(self._inbox)
        self._app = Ingest(self._writer, Pseudonymizer(b"k" * 32), lambda: 1_790_000_000.0, Gate(0, (), 64))
        self._loop = asyncio.new_event_loop()
        self._counted: Counter[str] = Counter()
        self._errors = _Errors()
        logging.getLogger().addHandler(self._errors)

    def one(self, data: bytes) -> None:
        """One input, to both endpoints."""
        choice, body = (data[0], data[1:]) if data else (0, b"")
        encoding = _ENCODINGS[choice & 3]
        if choice & 4:
            body = gzip.compress(body, 1)
        cut = len(body) * (choice >> 4) // 16
        chunks = [part for part in (body[:cut], body[cut:]) if part]
        headers = {"Content-Encoding": encoding} if encoding else {}
        for path in (REPORTS, PHONE_HOME):
            status, _, _ = self._loop.run_until_complete(
                call(self._app, path, chunks, headers, cut_off=choice & 12 == 12)
            )
            if status:
                assert status in _HONEST[path], (path, status)
            self._counted[f"{path} {status}"] += 1
        assert not self._errors.seen, self._errors.seen
        self._counted["inputs"] += 1
        if self._counted["inputs"] % 20_000 == 0:
            self._inbox.forget(1 << 60)
        if self._counted["inputs"] == self._runs:
            self._end()

    def _end(self) -> None:
        self._writer.stop()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(json.dumps({**self._counted, "memory_mib": memory}) + "\n")
        sys.stdout.flush()
        os._exit(0)  # libFuzzer has no end of its own that would run anything


class _Errors(logging.Handler):
    """Remembers that something was logged as an error: a stock report that could not be read is one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.seen = record.getMessage()


def main() -> None:
    """Fuzz until so many inputs were sent."""
    directory, runs = Path(sys.argv[1]), int(sys.argv[2])
    corpus = directory / "corpus"
    corpus.mkdir()
    seeds = [REPORT, *(body for _, body in captures.reports())]
    for number, seed in enumerate(seeds):
        for choice in (0, 5):
            (corpus / f"{number}-{choice}").write_bytes(bytes([choice]) + json.dumps(seed).encode())
    fuzz = Fuzz(directory, runs)
    atheris.Setup(
        [sys.argv[0], "-seed=1", "-max_len=8192", f"-rss_limit_mb={_MOST}", "-verbosity=0", str(corpus)],
        fuzz.one,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
