"""The routes of the server, as it has them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.routing import Route

from headcount.ingest import Gate
from headcount.server.data.directory import open_directory
from headcount.server.data.opened import OpenData
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.app import Limits, page_routes
from headcount.server.web.asking import Answering, Asking
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.guard import Cookies, SignIn
from headcount.server.web.sign_in.sessions import Bounds
from headcount.settings import Settings
from tests.support.clocks import Machine

_PLACES = {"{question}": "versions", "{name}": "headcount.css", "{receipt}": "0" * 32, "{provider}": "github",
           "{record}": "2026-Q3-plugin-cvs-0fdb4aa5"}  # fmt: skip


def all_routes(path: Path) -> list[tuple[str, set[str]]]:
    """The paths and methods of all routes, as the server has them."""
    with ExitStack() as stack:
        directory = open_directory(path, create=True)
        data = OpenData(directory, stack, clock=Machine(0.0).clock(directory.clock))
        routes = page_routes(
            data,
            SignIn(data.tokens, Cookies(8010), Bounds(1, 1)),
            Answering(data.answers, DrawingProcess(), Asking(data.question_log, lambda: 0.0)),
            limits=Limits(RequestLimit(Gate()), RequestLimit(Gate())),
            checks={},
            registry=CollectorRegistry(),
            settings=Settings,
        )
    assert all(type(route) is Route for route in routes)
    return [(route.path, route.methods or set()) for route in routes]


def address_of(path: str) -> str:
    """Return an address of a route that is there."""
    for place, value in _PLACES.items():
        path = path.replace(place, value)
    return path
