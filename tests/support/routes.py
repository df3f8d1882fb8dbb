"""The routes of the server, as it has them, and the application that answers at them, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from headcount.ingest import Gate
from headcount.server.data.directory import open_directory
from headcount.server.data.opened import OpenData
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.app import Limits, network_app, page_routes
from headcount.server.web.asking import Answering, Asking
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.guard import Cookies, SignIn
from headcount.server.web.sign_in.sessions import Bounds
from headcount.server.web.site_watch import SiteWatch
from headcount.settings import Settings
from tests.support.clocks import Machine
from tests.support.serving import Answered

_EXAMPLES = {"/questions/{name}": "/questions/versions", "/plugins/{name}": "/plugins/CVS"}
_PLACES = {"{question}": "versions", "{name}": "headcount.css", "{receipt}": "0" * 32, "{provider}": "github",
           "{record}": "2026-Q3-plugin-cvs-0fdb4aa5"}  # fmt: skip


class Site(NamedTuple):
    """The data of a directory, who may see them, and what answers."""

    data: OpenData
    routes: list[Route]
    token: str
    app: ASGIApp

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, signed_in: bool = True) -> Answered:
        """What is answered to a GET of ``path``."""
        bearer = {"authorization": f"Bearer {self.token}"} if signed_in else {}
        return asyncio.run(_answered(self.app, path, {**bearer, **(headers or {})}))


@contextmanager
def site(path: Path, machine: Machine) -> Iterator[Site]:
    """Yield the site over a data directory."""
    with ExitStack() as stack:
        directory = open_directory(path, create=True)
        data = OpenData(directory, stack, clock=machine.clock(directory.clock))
        drawing = stack.enter_context(closing(DrawingProcess()))
        sign_in = SignIn(data.tokens, Cookies(8010), Bounds(1, 1))
        routes = page_routes(
            data,
            sign_in,
            Answering(data.answers, drawing, Asking(data.question_log, lambda: 0.0)),
            limits=Limits(RequestLimit(Gate()), RequestLimit(Gate())),
            checks={},
            registry=CollectorRegistry(),
            settings=Settings,
        )
        yield Site(
            data,
            routes,
            sign_in.token,
            network_app(routes, watch=SiteWatch(data, lambda: "https://headcount.example.org", lambda: machine.passed)),
        )


def all_routes(path: Path) -> list[tuple[str, set[str]]]:
    """The paths and methods of all routes, as the server has them."""
    with site(path, Machine(0.0)) as made:
        assert all(type(route) is Route for route in made.routes)
        return [(route.path, route.methods or set()) for route in made.routes]


def address_of(path: str) -> str:
    """Return an address of a route that is there."""
    path = _EXAMPLES.get(path, path)
    for place, value in _PLACES.items():
        path = path.replace(place, value)
    return path


async def _answered(app: ASGIApp, path: str, headers: Mapping[str, str]) -> Answered:
    parts = urlsplit(path)
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": parts.path, "root_path": "",
        "query_string": parts.query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8010),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *bodies = sent
    named = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answered(start["status"], named, b"".join(each.get("body", b"") for each in bodies))
