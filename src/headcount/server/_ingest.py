"""``headcount ingest``: one more process that takes reports in, beside the server that loads and answers."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack

from headcount.server._intake import intake
from headcount.server._metrics_listener import metrics_listener
from headcount.server._settings_reload import Reload
from headcount.server.data.clock import Clock
from headcount.server.data.directory import open_directory
from headcount.server.data.owner import become_owner
from headcount.server.http.running import Served, listening, run
from headcount.server.web.app import network_app
from headcount.server.web.health import health_routes
from headcount.settings import Settings


def ingest(
    settings: Settings,
    read: Callable[[], Settings],
    say: Callable[[str], None],
) -> signal.Signals:
    """Take reports until SIGINT or SIGTERM, and return which it was; a server on the same data directory loads them.

    They go into an inbox of this process's own. ``read`` reads the settings again, at SIGHUP. Raises `Refused` where the
    process cannot start.
    """
    with ExitStack() as stack:
        # Before root's rights are gone: only root may listen at a port below 1024.
        listener = stack.enter_context(listening(settings.host, settings.port))
        metrics = stack.enter_context(metrics_listener(settings.metrics))
        become_owner(settings.data)
        directory = open_directory(settings.data, create=True)
        name = stack.enter_context(directory.inbox_name())
        reports = stack.enter_context(intake(directory, name, settings, Clock(directory.clock)))
        app = network_app(health_routes(reports.checks), safe_headers=False)
        served = [Served(app, listener, reports.limits, reports.app)]
        served += metrics(reports.registry)
        say(
            f"Headcount takes reports at http://{settings.host}:{listener.getsockname()[1]} into {directory.inbox(name)}."
        )
        say(f"`headcount serve --data {settings.data}` loads them. Stop it with Ctrl-C.")
        return run(served, Reload(settings, read, reports.apply, say))
