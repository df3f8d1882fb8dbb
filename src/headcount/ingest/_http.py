"""Requests and answers in the terms of ASGI: bodies within bounds, headers, and answers in a few bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Literal, NamedTuple

import orjson

from headcount.ingest._bodies import MAX_BODY
from headcount.ingest._gate import Gate

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Body(NamedTuple):
    """What came of a body. ``problem``: why that is not all of it, or empty."""

    data: bytes
    problem: Literal["", "too large", "no memory", "cut off"] = ""


async def receive_body(receive: Receive, gate: Gate) -> Body:
    """Read a body to its end, holding memory of the gate for what is returned; who is done with it frees that.

    It is read on where it is too large: a sender that is cut off while it sends sees a broken connection, which stock takes
    for a reason to send again.
    """
    chunks: list[bytes] = []
    size = held = 0
    problem: Literal["", "too large", "no memory", "cut off"] = ""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            problem = problem or "cut off"
            break
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if not problem:
            if size > MAX_BODY:
                problem = "too large"
                chunk = chunk[: MAX_BODY - size]  # so that equal bodies leave equal beginnings
            if gate.hold(len(chunk)):
                held += len(chunk)
                chunks.append(chunk)
            else:
                problem = problem or "no memory"
                gate.free(held)
                held = 0
                chunks.clear()
        if not message.get("more_body", False):
            break
    return Body(chunks[0] if len(chunks) == 1 else b"".join(chunks), problem)


def header(scope: Scope, wanted: str) -> str | None:
    """The value of the first header of a name, without the blanks around it."""
    name = wanted.encode()
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1").strip()
            return text
    return None


def encoding(scope: Scope) -> str:
    """The content encoding; empty where none is named."""
    return (header(scope, "content-encoding") or "").lower()


async def reply(
    send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes], content_type: bytes = b"application/json"
) -> None:
    """Answer a request."""
    start = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, status: int, problems: Iterable[tuple[str, str]], *headers: tuple[bytes, bytes]) -> None:
    """Answer with what is wrong, as pairs of where and what."""
    told = [{"where": where, "what": what} for where, what in problems]
    await reply(send, status, orjson.dumps({"problems": told}), *headers)


def retry_after(seconds: int) -> tuple[bytes, bytes]:
    """The header that says when to try again."""
    return (b"retry-after", str(seconds).encode())
