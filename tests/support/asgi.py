"""An ASGI application called in this process, for many requests in little time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


async def call(
    app: Any,
    path: str,
    chunks: Iterable[bytes],
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    client: str = "127.0.0.1",
    cut_off: bool = False,
) -> tuple[int, dict[str, str], bytes]:
    """One request whose body comes in chunks; status, headers and body of the answer, status 0 where there was none.

    With ``cut_off`` the sender goes away after the last chunk, before the end of the body.
    """
    waiting = list(chunks)
    answer: list[Any] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}
        return {"type": "http.disconnect"} if cut_off else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "client": (client, 1), "query_string": b""}
    await app(scope, receive, send)
    if not answer:
        return 0, {}, b""
    found = {name.decode(): value.decode() for name, value in answer[0]["headers"]}
    return answer[0]["status"], found, b"".join(message["body"] for message in answer[1:])
