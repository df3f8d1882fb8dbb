"""Attacks on a collector from one block of addresses, 127.0.0.0/24, and a fleet in another that reports meanwhile.

``python -m tests.support.attacks NAME PORT`` attacks until it is ended, as a process of the lowest priority: an attacker has
machines of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.reports import ENVELOPE, REPORT

_LARGEST = 8 * 1024 * 1024
_POST = b"POST /v1/reports HTTP/1.1\r\nhost: x\r\n"
_PAUSE = 0.06  # seconds between two requests of the fleet, on average: in a minute some less than a block's quota

Attack = Callable[[int], Coroutine[Any, Any, None]]


def _attacker() -> tuple[str, int]:
    return (f"127.0.0.{random.randrange(2, 255)}", 0)


async def _keep(port: int, count: int, send: Callable[[asyncio.StreamWriter, int], Awaitable[None]]) -> None:
    """Keep so many connections, each of which sends and then waits until it is ended; another takes its place."""

    async def one(number: int) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=_attacker())
                try:
                    await send(writer, number)
                    await reader.read()
                finally:
                    writer.transport.abort()
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))
            await asyncio.sleep(0.0005)


async def half_bodies(port: int) -> None:
    """All but the last byte of 8 MiB, and then silence, to both endpoints."""

    async def send(writer: asyncio.StreamWriter, number: int) -> None:
        path = (b"/v1/reports", b"/events/phone_home")[number % 2]
        writer.write(b"POST " + path + b" HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % _LARGEST)
        for _ in range(127):
            writer.write(b" " * 65_536)
            await writer.drain()
        writer.write(b" " * 65_535)
        await writer.drain()

    await _keep(port, 40, send)


async def begun_heads(port: int) -> None:
    """Heads of 60 kB without an end."""

    async def send(writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(_POST + (b"a: " + b"x" * 60_000 if number % 2 else b"a: bcd\r\n" * 125))
        await writer.drain()

    await _keep(port, 3000, send)


async def endless_trailers(port: int) -> None:
    """After a body that bought time, to a path for reports and to another."""
    lines = b"a: b\r\n" * 10_000

    async def send(writer: asyncio.StreamWriter, number: int) -> None:
        path = (b"/v1/reports", b"/privacy", b"/events/phone_home")[number % 3]
        writer.write(b"POST " + path + b" HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.write(b"%x\r\n%b\r\n0\r\n" % (60_000, b" " * 60_000))
        while not writer.transport.is_closing():
            writer.write(lines)
            await writer.drain()

    await _keep(port, 20, send)


def _bombs() -> list[bytes]:
    """Bodies of some 8.5 kB that inflate to 8 MiB, each of which is dear in another way."""
    room = _LARGEST - 4000
    values = [
        ("plugins", '{"' + "a/" * (room // 2) + 'b": 1}'),
        ("www_plugins", "[" + "[]," * (room // 3) + "1]"),
        ("www_plugins", "[" + "{}," * (room // 3) + "1]"),
        ("plugins", "{" + '"aaa":1,' * (room // 8) + '"b":1}'),
        ("www_plugins", "[" + '"custom",' * 450_000 + '"a"]'),
        ("builders", '[["' + '","'.join(["custom"] * 450_000) + '"]]'),
        ("db", '"' + "a" * room + '"'),
    ]
    found = []
    for field_name, value in values:
        report = json.dumps({**REPORT, field_name: "HERE"}).replace('"HERE"', value)
        found.append(gzip.compress(report.encode(), 9))
    return found


async def bombs(port: int) -> None:
    """One after the other on many connections, as fast as they are answered."""
    ready = await asyncio.to_thread(_bombs)

    async def send(writer: asyncio.StreamWriter, number: int) -> None:
        for sent in range(10_000):
            body = ready[(number * 7 + sent) % len(ready)]
            path = (b"/v1/reports", b"/events/phone_home")[sent % 2]
            writer.write(b"POST " + path + b" HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\n")
            writer.write(b"content-length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            await asyncio.sleep(0.05)

    await _keep(port, 20, send)


async def many_connections(port: int) -> None:
    """More than there is room for: silent, begun, with a body begun, and that ask for a page and do not read it."""
    kinds = (
        b"",
        b"P",
        _POST + b"content-length: 8000000\r\n\r\n" + b" " * 20_000,
        b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n",
    )

    async def send(writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(kinds[number % len(kinds)])
        await writer.drain()
        if number % len(kinds) == 3:
            await asyncio.sleep(3600)

    await _keep(port, 5000, send)


ATTACKS: dict[str, Attack] = {
    "half-sent bodies": half_bodies,
    "begun heads": begun_heads,
    "endless trailers": endless_trailers,
    "8.5 kB that inflate to 8 MiB": bombs,
    "thousands of connections": many_connections,
}


@dataclass
class Fleet:
    """Senders in 127.0.NET.0/24: what they were answered, and how long each answer took, in seconds."""

    net: int = 2
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    async def report(self, port: int, seconds: float) -> None:
        """Send reports to both endpoints for so long, each on a connection of its own; 0: no answer came."""
        end, number = time.monotonic() + seconds, 0
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < end:
                number += 1
                group.create_task(self._send(port, number))
                await asyncio.sleep(_PAUSE * random.uniform(0.5, 1.5))

    async def _send(self, port: int, number: int) -> None:
        path = ("/v1/reports", "/events/phone_home")[number % 2]
        report = {**REPORT, "installid": f"{number:040x}", "headcount": {**ENVELOPE, "report": secrets.token_hex(16)}}
        body = json.dumps(report).encode()
        begin, status = time.perf_counter(), 0
        try:
            source = (f"127.0.{self.net}.{1 + number % 254}", 0)
            async with asyncio.timeout(30):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
                writer.write(b"POST %b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" % path.encode())
                writer.write(b"content-length: %d\r\n\r\n" % len(body) + body)
                status = int((await reader.read()).split()[1])
                writer.close()
        except (OSError, TimeoutError, IndexError):
            pass
        self.answers[path, status] += 1
        self.seconds.append(time.perf_counter() - begin)

    @property
    def p99(self) -> float:
        """The time within which 99 of 100 answers came, in seconds."""
        return sorted(self.seconds)[len(self.seconds) * 99 // 100]


@contextlib.contextmanager
def attacking(name: str, port: int) -> Iterator[None]:
    """Keep an attack going, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.attacks", name, str(port)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
            assert process.poll() is None, "the attack goes on"
        finally:
            process.kill()


def main() -> None:
    """Attack."""
    os.nice(19)
    gc.disable()
    asyncio.run(ATTACKS[sys.argv[1]](int(sys.argv[2])))


if __name__ == "__main__":
    main()
