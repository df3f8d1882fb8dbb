"""``headcount ingest``: one more process that takes reports in, beside the server that answers."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from headcount.server._background import background
from headcount.server._intake import Intake, intake
from headcount.server._metrics_listener import metrics_listener
from headcount.server._settings_reload import Reload
from headcount.server.data.clock import Clock
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.inboxes import Inboxes, SharedInboxes
from headcount.server.data.keys import open_key
from headcount.server.data.owner import become_owner
from headcount.server.data.stores import Store, checked_store
from headcount.server.http.running import Served, listening, run
from headcount.server.web.app import network_app
from headcount.server.web.health import health_routes
from headcount.server.web.metrics import add_gauges
from headcount.settings import Settings
from headcount.warehouse import FloodRule, Loader

_PAUSE = 0.5  # seconds between two looks at what waits to be loaded

_Apply = Callable[[Settings], None]


def ingest(
    settings: Settings,
    read: Callable[[], Settings],
    say: Callable[[str], None],
) -> signal.Signals:
    """Take reports until SIGINT or SIGTERM, and return which it was.

    They go into an inbox of this process's own. A server on the same data directory loads them; where the warehouse is
    shared, this process does. ``read`` reads the settings again, at SIGHUP. Raises `Refused` where the process cannot start.
    """
    with ExitStack() as stack:
        # Before root's rights are gone: only root may listen at a port below 1024.
        listener = stack.enter_context(listening(settings.host, settings.port))
        metrics = stack.enter_context(metrics_listener(settings.metrics))
        become_owner(settings.data)
        directory = open_directory(settings.data, create=True)
        store = checked_store(directory, settings)
        name = stack.enter_context(directory.inbox_name())
        clock = Clock(directory.clock)
        reports = stack.enter_context(intake(directory, name, settings, clock))
        apply: _Apply = reports.apply
        if store.shared:
            apply = stack.enter_context(_loading(directory, store, reports, clock))
            apply(settings)
        app = network_app(health_routes(reports.checks), safe_headers=False)
        served = [Served(app, listener, reports.limits, reports.app)]
        served += metrics(reports.registry)
        say(
            f"Headcount takes reports at http://{settings.host}:{listener.getsockname()[1]} into {directory.inbox(name)}."
        )
        if store.shared:
            say(f"It loads them into {directory.remembered_url}. Stop it with Ctrl-C.")
        else:
            say(f"`headcount serve --data {settings.data}` loads them. Stop it with Ctrl-C.")
        return run(served, Reload(settings, read, apply, say))


@contextmanager
def _loading(directory: DataDirectory, store: Store, reports: Intake, clock: Clock) -> Iterator[_Apply]:
    """Load what comes in while the context lasts, and what processes left that ended; yield what takes settings up."""
    with ExitStack() as stack:
        fingerprint = open_key(directory).fingerprint
        warehouse = stack.enter_context(closing(store.open(fingerprint)))
        inboxes = Inboxes(directory, stack, fingerprint, reports.inbox, pattern="ingest-*.sqlite")
        loader = Loader(warehouse, SharedInboxes(directory, inboxes, [reports.inbox]), clock)
        add_gauges(
            reports.registry,
            {
                "headcount_loaded_reports": ("Reports that were loaded since the start", lambda: loader.loaded),
                "headcount_loader_failing": ("1 where the last load failed", lambda: int(loader.failing)),
            },
        )
        stack.enter_context(background("loader", lambda stop: loader.run(stop, _PAUSE)))
        stack.callback(reports.writer.stop)  # before the loader stops, which then loads what was still to be written

        def apply(settings: Settings) -> None:
            reports.apply(settings)
            warehouse.floods = FloodRule(floor=settings.flood_floor)
            loader.seconds = settings.load_seconds

        yield apply
