"""What is used of uvicorn is public, and answers one request; a next release is admitted after these tests pass."""

from __future__ import annotations

import ast
import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

import headcount.server.http
from headcount.server.http.messages import rewrite

ROOM = Path(inspect.getsourcefile(headcount.server.http) or "").parent
USED = {
    "uvicorn.Config", "uvicorn.protocols.http.httptools_impl.HttpToolsProtocol", "uvicorn.server.ServerState",
}  # fmt: skip
CALLED = {"connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing"}
"""What `asyncio` calls of any protocol."""


def _trees() -> dict[str, ast.Module]:
    return {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in ROOM.glob("*.py")}


def test_one_module_knows_uvicorn_and_uses_three_names_of_it() -> None:
    """A configuration, a protocol and the state that the protocol wants; none of them is subclassed."""
    used = set()
    for name, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("uvicorn"):
                used |= {f"{node.module}.{each.name}" for each in node.names}
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "uvicorn":
                used.add(ast.unparse(node))
            if isinstance(node, ast.ClassDef):
                assert not {ast.unparse(base) for base in node.bases} & {"HttpToolsProtocol", "ServerState"}
        assert name == "application.py" or "uvicorn" not in ast.dump(tree).replace("uvicorn's", "")
    assert used == USED


def test_nothing_is_used_of_them_but_what_they_are_made_for() -> None:
    """Of the configuration that it is loaded, of the state nothing, of the protocol what `asyncio` calls of any."""
    tree = _trees()["application.py"]
    of = {"self._config": set[str](), "self._state": set[str](), "protocol": set[str](), "self._protocol": set[str]()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in of:
            of[ast.unparse(node.value)].add(node.attr)
    assert (of["self._config"], of["self._state"]) == ({"load"}, set())
    assert of["protocol"] | of["self._protocol"] == CALLED
    assert {name for name in dir(asyncio.Protocol) if not name.startswith("_")} >= CALLED


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_the_protocol_answers_one_request_and_closes(version: str) -> None:
    """Made as we make it, on a real connection, in the release that is installed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode() + body})

    async def whole() -> bytes:
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None)
        config.load()

        def protocol() -> HttpToolsProtocol:
            return HttpToolsProtocol(config=config, server_state=ServerState(), app_state={})

        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(rewrite(b"PUT", b"/a?b", version, [(b"host", b"x")], b"body"))
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            await writer.wait_closed()
        return answer

    answer = asyncio.run(whole())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer
    assert b"/abody" in answer
