"""What we use of uvicorn's insides is in the release that is installed; a next one is admitted after these tests pass."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from headcount.server.http import connections, reports_protocol, running
from headcount.server.http.connections import LimitedProtocol
from headcount.server.http.reports_protocol import ReportCycle

_INSTEAD = {"on_body", "on_message_complete"}
"""Methods of uvicorn that never see a `ReportCycle`, since ours take their place for it."""


def _attributes(tree: ast.AST, *owners: str) -> set[str]:
    """Return the names of attributes that code takes of expressions, given as they are written."""
    return {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) in owners
    }


def _class(module: object, name: str) -> ast.ClassDef:
    source = Path(inspect.getsourcefile(module)).read_text(encoding="utf-8")  # type: ignore[arg-type]
    return next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) and node.name == name)


def _own(tree: ast.ClassDef) -> set[str]:
    """Return the names of methods of a class that do not call its parent's, and of the attributes that it sets."""
    methods = {node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    own = {each.name for each in methods if not _attributes(each, "super()") & {each.name}}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            own.add(node.attr)
    return own


def _used() -> Iterator[tuple[str, str, str]]:
    """Yield what is used of what, and in which module."""
    protocol, server = _class(connections, "LimitedProtocol"), _class(running, "_Uvicorn")
    mine = _own(protocol) - {"cycle"} | {"since", "phase", "received", "idles"}
    for tree in (protocol, _class(connections, "ConnectionLimits")):
        for name in (
            _attributes(tree, "self" if tree is protocol else "", "super()", "newest", "connection", "each") - mine
        ):
            yield "HttpToolsProtocol", name, "connections"
    for name in _attributes(_class(reports_protocol, "ReportCycle"), "connection", "self._connection"):
        yield "HttpToolsProtocol", name, "reports_protocol"
    for name in _attributes(server, "self", "super()", "server") - _own(server) | {"serve", "should_exit"}:
        yield "Server", name, "running"
    for name in {each.name for each in server.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}:
        yield "Server", name, "running"
    for name in _attributes(_class(connections, "ConnectionLimits"), "connection.flow") | _attributes(
        protocol, "self.flow"
    ):
        yield "FlowControl", name, "connections"
    for name in _attributes(_class(reports_protocol, "ReportCycle"), "connection.server_state"):
        yield "ServerState", name, "reports_protocol"


async def _instances() -> dict[str, object]:
    """Return what uvicorn makes: a server, and a connection whose request has begun."""

    async def nothing(scope: object, receive: object, send: object) -> None:
        """Answer nothing."""

    config = uvicorn.Config(nothing, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    connection = HttpToolsProtocol(config, state, {})
    transport = asyncio.Transport({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
    connection.connection_made(transport)
    connection.on_message_begin()
    connection._unset_keepalive_if_required()  # it is there, and needs no more than this
    return {
        "HttpToolsProtocol": connection,
        "Server": uvicorn.Server(config),
        "FlowControl": connection.flow,
        "ServerState": state,
    }


USED = sorted(set(_used()))


def test_what_is_used_is_found() -> None:
    """What a person finds who reads these modules is among it."""
    names = {(owner, name) for owner, name, _ in USED}
    assert names >= {
        ("HttpToolsProtocol", "parser"), ("HttpToolsProtocol", "cycle"), ("HttpToolsProtocol", "connections"),
        ("HttpToolsProtocol", "_unset_keepalive_if_required"), ("HttpToolsProtocol", "on_response_complete"),
        ("HttpToolsProtocol", "server_state"), ("Server", "on_tick"), ("Server", "capture_signals"),
        ("FlowControl", "write_paused"), ("FlowControl", "read_paused"), ("ServerState", "default_headers"),
    }  # fmt: skip


@pytest.mark.parametrize(("owner", "name", "module"), USED, ids=lambda value: value)
def test_what_is_used_is_there(owner: str, name: str, module: str) -> None:
    """A release of uvicorn without it is named, with what used it."""
    instance = asyncio.run(_instances())[owner]
    assert hasattr(instance, name), (
        f"uvicorn {uvicorn.__version__} has no {owner}.{name}, which headcount.server.http.{module} uses: "
        f"write that module for this release, or keep the bound in pyproject.toml below it."
    )


def test_a_cycle_of_ours_is_what_uvicorn_asks_of_its_own() -> None:
    """Every attribute of a request in progress that uvicorn's connection reads or sets, `ReportCycle` has."""
    tree = ast.parse(inspect.getsource(HttpToolsProtocol)).body[0]
    assert isinstance(tree, ast.ClassDef)
    methods = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name not in _INSTEAD]
    asked = set().union(*(_attributes(each, "self.cycle") for each in methods))
    assert {"response_complete", "keep_alive", "disconnected", "message_event"} <= asked
    ours = _own(_class(reports_protocol, "ReportCycle"))
    missing = asked - ours
    assert not missing, (
        f"uvicorn {uvicorn.__version__} uses {', '.join(sorted(missing))} of a request in progress, which "
        f"{ReportCycle.__qualname__} in headcount.server.http.reports_protocol has not: add it."
    )


@pytest.mark.parametrize("name", sorted(_INSTEAD))
def test_ours_take_the_place_of_what_never_sees_a_cycle_of_ours(name: str) -> None:
    """Else uvicorn's would use attributes of a request of its own."""
    assert name in vars(LimitedProtocol)
