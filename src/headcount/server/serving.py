"""``headcount serve``: one process that takes reports in, loads them, and answers."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from headcount.server.background import background
from headcount.server.commands.publish import Operations
from headcount.server.commands.socket import command_socket
from headcount.server.data.answer_cache import Answers
from headcount.server.data.directory import open_data
from headcount.server.data.opened import Keeping, keeping
from headcount.server.data.publications import Publications, publishing, settled
from headcount.server.data.question_log import Asked
from headcount.server.data.tokens import open_tokens
from headcount.server.http.connections import Guard
from headcount.server.http.running import Served, listening, run
from headcount.server.intake import Reload, intake
from headcount.server.web.app import Site, operator_app, public_app
from headcount.server.web.installation import Limit
from headcount.server.web.metrics import add_gauges, metrics_listener
from headcount.server.web.sign_in import SignIn
from headcount.settings import Settings
from headcount.warehouse import FloodRule

_PAUSE = 0.5  # seconds between two loads


def serve(
    settings: Settings,
    read: Callable[[], Settings],
    say: Callable[[str], None],
    now: Callable[[], float] = time.time,
) -> None:
    """Serve until SIGINT or SIGTERM. ``say`` gets the lines for the person who started it.

    ``read`` reads the settings again, at SIGHUP. Raises `BadData` or `CannotServe`.
    """
    with ExitStack() as stack:
        data = open_data(settings.data, create=True)
        taking = stack.enter_context(intake(data, "serve", settings, now))
        kept = stack.enter_context(keeping(data, taking.inbox, now=now, retention=settings.retention))

        def apply(changed: Settings) -> None:
            taking.apply(changed)
            kept.warehouse.floods = FloodRule(floor=changed.flood_floor)

        apply(settings)
        listener = stack.enter_context(listening(settings.host, settings.port))
        stack.enter_context(background("loader", lambda stop: kept.loader.run(stop, _PAUSE)))
        stack.callback(taking.writer.stop)  # before the loader stops, which then loads what was still to be written
        add_gauges(taking.registry, _gauges(kept))
        answers = Answers(kept.warehouse, now)
        stack.enter_context(background("answers", answers.keep_fresh))
        publications = Publications(data.publications, now)
        settle = partial(settled, kept.loader)
        stack.enter_context(publishing(publications, kept.warehouse, settings.k, settle))
        tokens = open_tokens(data, now)
        sign_in = SignIn(tokens, listener.getsockname()[1])
        asked = Asked(data.asked, now)
        stack.callback(asked.close)
        kept.loader.chores["expire what was asked"] = asked.expire
        operations = Operations(publications, tokens, kept.warehouse, settings.k, settle)
        reload = Reload(settings, read, apply, say)
        checks = {**taking.checks, "loader": lambda: "reports cannot be loaded" if kept.loader.failing else None}
        site = Site(
            taking.app,
            answers,
            sign_in,
            kept.rights,
            Limit(taking.gate, now),
            checks,
            taking.registry,
            lambda: reload.settings,
            publications,
            asked,
        )
        served = [Served(public_app(site), listener, taking.guard, taking.app)]
        commands = stack.enter_context(command_socket(data))
        served.append(Served(operator_app(answers, kept, now, asked, operations), commands, Guard()))
        served += stack.enter_context(metrics_listener(settings.metrics, taking.registry))
        _greet(say, settings.host, listener.getsockname()[1], settings.data, sign_in)
        run(served, reload)


def _gauges(kept: Keeping) -> dict[str, tuple[str, Callable[[], float]]]:
    def data_until() -> float:
        with kept.warehouse.snapshot() as snapshot:
            return snapshot.data_until() or 0

    def set_apart() -> float:
        with kept.warehouse.snapshot() as snapshot:
            rows = snapshot.query("SELECT count(*) FROM quarantine WHERE released = DATE '2100-01-01'", {})
            return float(str(rows[0][0]))

    return {
        "headcount_quarantined_installations": (
            "Installations that are set apart, since they came in a flood",
            set_apart,
        ),
        "headcount_loaded_reports": ("Reports that were loaded since the start", lambda: kept.loader.loaded),
        "headcount_loader_failing": ("1 where the last load failed", lambda: int(kept.loader.failing)),
        "headcount_data_until_seconds": ("When the newest report came that is loaded, Unix time", data_until),
    }


def _greet(say: Callable[[str], None], host: str, port: int, path: Path, sign_in: SignIn) -> None:
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}"
    say(f"Headcount keeps its data in {path} and takes reports at {url}.")
    if _is_loopback(host):
        say(f"The answers: {url}/?token={sign_in.token}")
    say("Stop it with Ctrl-C.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
