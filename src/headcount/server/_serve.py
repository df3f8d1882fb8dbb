"""``headcount serve``: one process that takes reports in, loads them, and answers."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing

from headcount.server._background import background
from headcount.server._intake import intake
from headcount.server._logs import is_journal
from headcount.server._metrics_listener import metrics_listener
from headcount.server._publishing import publishing
from headcount.server._settings_reload import Reload
from headcount.server.commands.routes import command_app
from headcount.server.commands.socket import command_socket
from headcount.server.data.clock import Clock
from headcount.server.data.directory import open_directory
from headcount.server.data.opened import OpenData
from headcount.server.data.owner import become_owner
from headcount.server.data.serving import Serving
from headcount.server.data.stores import checked_store
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.http.limits import FEW, ConnectionLimits
from headcount.server.http.running import Served, listening, run
from headcount.server.web.app import Limits, network_app, page_routes
from headcount.server.web.asking import Answering, Asking
from headcount.server.web.metrics import add_gauges
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.guard import Cookies, SignIn
from headcount.server.web.sign_in.sessions import Bounds
from headcount.server.web.sign_in.ways import Ways, ways_of
from headcount.server.web.site_watch import SiteWatch
from headcount.settings import Settings, is_plain_loopback
from headcount.warehouse import FloodRule

_PAUSE = 0.5  # seconds between two looks at what waits to be loaded


def serve(
    settings: Settings,
    read: Callable[[], Settings],
    say: Callable[[str], None],
) -> signal.Signals:
    """Serve until SIGINT or SIGTERM, and return which it was. ``say`` gets the lines for the person who started it.

    ``read`` reads the settings again, at SIGHUP. Raises `Refused` where the server cannot start.
    """
    with ExitStack() as stack:
        # Before root's rights are gone: only root may listen at a port below 1024.
        listener = stack.enter_context(listening(settings.host, settings.port))
        metrics = stack.enter_context(metrics_listener(settings.metrics))
        become_owner(settings.data)
        directory = open_directory(settings.data, create=True)
        store = checked_store(directory, settings)
        clock = Clock(directory.clock)
        reports = stack.enter_context(intake(directory, "serve", settings, clock))
        port = listener.getsockname()[1]
        url = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}"
        ways = ways_of(settings, url)
        serving = Serving(settings.k, settings.retention, settings.public_url or url, ways.findings())
        data = OpenData(directory, stack, reports.inbox, clock=clock, store=store, serving=serving)
        drawing = stack.enter_context(closing(DrawingProcess()))
        answering = Answering(data.answers, drawing, Asking(data.question_log, time.monotonic))

        def apply(changed: Settings) -> None:
            reports.apply(changed)
            data.warehouse.floods = FloodRule(floor=changed.flood_floor)
            data.loader.seconds = changed.load_seconds
            answering.asking.set_quota(changed.question_quota)

        apply(settings)
        loader, tokens = data.loader, data.tokens
        stack.enter_context(background("loader", lambda stop: loader.run(stop, _PAUSE)))
        stack.callback(reports.writer.stop)  # before the loader stops, which then loads what was still to be written
        add_gauges(reports.registry, _gauges(data))
        stack.enter_context(background("answers", data.answers.keep_fresh))
        stack.enter_context(
            publishing(
                data.publications,
                data.warehouse,
                settings.k,
                loader.load,
                trusted=lambda: clock.reckoning().settled,
                tell=reports.tell,
                follow=data.follow_others if store.shared else None,
            )
        )
        is_local = is_plain_loopback(settings.public_url or url)
        bounds = Bounds(settings.session_hours * 3600, settings.session_idle_minutes * 60)
        sign_in = SignIn(tokens, Cookies(port, secure=not is_local), bounds, ways.providers)
        reload = Reload(settings, read, apply, say)
        routes = page_routes(
            data,
            sign_in,
            answering,
            limits=Limits(RequestLimit(reports.gate), RequestLimit(reports.gate)),
            checks={
                **reports.checks,
                "inboxes": lambda: "an inbox cannot be read" if data.inboxes.unreadable else None,
                "loader": lambda: "reports cannot be loaded" if loader.failing else None,
            },
            registry=reports.registry,
            settings=lambda: reload.settings,
        )
        watch = SiteWatch(data, lambda: reload.settings.public_url or url)
        served = [Served(network_app(routes, watch=watch), listener, reports.limits, reports.app)]
        commands = stack.enter_context(command_socket(directory))
        served.append(Served(command_app(data), commands, ConnectionLimits(FEW)))
        served += metrics(reports.registry)
        place = f"{settings.data}, its warehouse in {directory.remembered_url}," if store.shared else settings.data
        say(f"Headcount keeps its data in {place} and takes reports at {url}{_for_others(settings)}.")
        _say_how_to_sign_in(say, settings.public_url or url, ways, None if not is_local else sign_in.token)
        say("Stop it with Ctrl-C.")
        return run(served, reload)


def _for_others(settings: Settings) -> str:
    return f", for others at {settings.public_url}" if settings.public_url else ""


def _say_how_to_sign_in(say: Callable[[str], None], url: str, ways: Ways, token: str | None) -> None:
    """Tell who started the server where the answers are; ``token`` opens them in a link, None where no link may hold it."""
    if token is None:
        say("For the answers, make a token with `headcount token`.")
    elif is_journal(sys.stdout):
        say("For the answers, make a token with `headcount token`: a link would stay in the journal.")
    else:
        say(f"The answers: {url}/?token={token}")
    if ways.providers:
        names = " or ".join(each.name for each in ways.providers)
        say(f"Maintainers sign in by {names} at {url}/sign-in.")
    for problem in ways.problems:
        say(f"{problem[:1].upper()}{problem[1:]}.")


def _gauges(data: OpenData) -> dict[str, tuple[str, Callable[[], float]]]:
    def data_until() -> float:
        with data.warehouse.snapshot() as snapshot:
            return snapshot.data_until() or 0

    def set_apart() -> float:
        with data.warehouse.snapshot() as snapshot:
            return snapshot.set_apart()

    return {
        "headcount_quarantined_installations": (
            "Installations that are set apart, since they came in a flood",
            set_apart,
        ),
        "headcount_loaded_reports": ("Reports that were loaded since the start", lambda: data.loader.loaded),
        "headcount_loader_failing": ("1 where the last load failed", lambda: int(data.loader.failing)),
        "headcount_chores_failing": ("Chores that failed after the last load", lambda: data.loader.failed_chores),
        "headcount_clock_ahead_seconds": (
            "By how much the machine's clock is ahead of the time that is believed",
            lambda: data.clock.reckoning().ahead,
        ),
        "headcount_data_until_seconds": ("When the newest report came that is loaded, Unix time", data_until),
    }
