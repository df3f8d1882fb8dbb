"""``headcount ingest``: one more process that takes reports in, beside the server that loads and answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from headcount.contract import PATHS
from headcount.server.data.directory import open_data
from headcount.server.http.running import Served, listening, run
from headcount.server.intake import Intake, Reload, claimed_name, intake
from headcount.server.web.health import health_routes
from headcount.server.web.metrics import metrics_listener
from headcount.settings import Settings


def ingest(
    settings: Settings,
    read: Callable[[], Settings],
    say: Callable[[str], None],
    now: Callable[[], float] = time.time,
) -> None:
    """Take reports until SIGINT or SIGTERM, into an inbox of its own; a server on the same data directory loads it.

    ``read`` reads the settings again, at SIGHUP. Raises `BadData` or `CannotServe`.
    """
    with ExitStack() as stack:
        data = open_data(settings.data, create=True)
        listener = stack.enter_context(listening(settings.host, settings.port))
        name = stack.enter_context(claimed_name(data))
        taking = stack.enter_context(intake(data, name, settings, now))
        served = [Served(_app(taking), listener, taking.guard, taking.app)]
        served += stack.enter_context(metrics_listener(settings.metrics, taking.registry))
        say(f"Headcount takes reports at http://{settings.host}:{listener.getsockname()[1]} into {data.inbox(name)}.")
        say(f"`headcount serve --data {settings.data}` loads them. Stop it with Ctrl-C.")
        run(served, Reload(settings, read, taking.apply, say))


def _app(taking: Intake) -> ASGIApp:
    others = Starlette(routes=health_routes(taking.checks))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PATHS:
            await taking.app(scope, receive, send)
        else:
            await others(scope, receive, send)

    return app
