"""A real server: `headcount serve` as a process of its own, on a free port, forked from one that has imported it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from tests.support.networks import Host
from tests.support.waiting import wait_until
from tests.support.zygote import Fork, of_server

_ENVIRONMENT = {"HEADCOUNT_QUESTION_QUOTA": "0", "HEADCOUNT_PUBLIC_URL": ""}
"""Who waits for an answer asks again and again; and whatever a file of settings says, tests are on loopback."""


@dataclass
class Answered:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Served:
    """A running server: its data directory, its address, the token of its link, its process and its two outputs."""

    data: Path
    url: str
    token: str
    process: Fork
    errors: Path
    output: IO[str]

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, *, chunked: bool = False,
        patience: float = 30,
    ) -> Answered:  # fmt: skip
        """One request on a connection of its own; raises OSError where nothing comes for so many seconds."""
        parts = urlsplit(self.url)
        with contextlib.closing(
            http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
        ) as connection:
            sent = iter([body]) if chunked else body
            connection.request(method, path, sent, headers or {}, encode_chunked=chunked)
            response = connection.getresponse()
            return Answered(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def post(self, path: str, value: object, headers: dict[str, str] | None = None) -> Answered:
        """Post JSON."""
        body = json.dumps(value).encode()
        return self.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def ask(self, question: str, **parameters: str) -> Any:
        """Ask by the API, signed in."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        answered = self.request(
            "GET", f"/api/ask/{question}?{query}", headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answered.status == 200, answered.body
        return answered.json()

    def ever_seen(self) -> int:
        """How many installations were ever seen."""
        denominator: int = self.ask("installs")["denominator"]
        return denominator

    def wait_for_installations(self, count: int) -> None:
        """Wait until so many were ever seen: reports are loaded a moment after they are acknowledged."""
        wait_until(lambda: self.ever_seen() == count, f"{count} installations were seen")

    def stop(self) -> str:
        """End it as an operator does; return what it wrote to standard error."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=30)
        return self.errors.read_text()


@contextlib.contextmanager
def serving(data: Path, errors: Path, *options: str, host: Host | None = None) -> Iterator[Served]:
    """Keep a server running over ``data``; its standard error goes to the file ``errors``.

    Unless ``options`` say otherwise it loads what waits at its next look, since tests wait for that. ``host``: where it
    runs, if not here; who asks it must be there too, or reach its address.
    """
    with _running("serve", data, errors, ("--load-seconds", "0", *options), host) as (process, out):
        lines = [out.readline() for _ in range(3)]
        assert "token=" in lines[1], f"the server did not start: {errors.read_text()}"
        link = lines[1].partition(": ")[2].strip()
        url, _, token = link.partition("/?token=")
        yield Served(data, url, token, process, errors, out)


@contextlib.contextmanager
def ingesting(data: Path, errors: Path, *options: str, host: Host | None = None) -> Iterator[Served]:
    """Keep a further ingest process running over ``data``; ``host``: where it runs, if not here."""
    with _running("ingest", data, errors, options, host) as (process, out):
        lines = [out.readline() for _ in range(2)]
        assert "takes reports at" in lines[0], f"the process did not start: {errors.read_text()}"
        yield Served(data, lines[0].split(" at ")[1].split()[0], "", process, errors, out)


@contextlib.contextmanager
def _running(
    command: str, data: Path, errors: Path, options: Iterable[str], host: Host | None = None
) -> Iterator[tuple[Fork, IO[str]]]:
    """Fork a server, and yield it with its standard output."""
    there = [] if host is None else [str(host.namespace)]
    arguments = ["headcount", *there, command, "--data", str(data), "--port", "0", *options]
    reading, writing = os.pipe()
    with os.fdopen(reading) as out:
        with os.fdopen(writing, "wb") as printed, errors.open("wb") as err:
            process = of_server().fork(
                "headcount" if host is None else "tests.support.networks:main",
                arguments,
                cwd=Path.cwd(),
                out=printed,
                err=err,
                environment={**_ENVIRONMENT, **os.environ},
            )
        try:
            yield process, out
        finally:
            process.kill()
            process.wait()
