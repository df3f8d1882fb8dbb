"""Taking reports in: ``serve``, and ``ingest`` beside it."""

from __future__ import annotations

import argparse
import os
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from headcount._refused import Refused
from headcount.cli._common import DONE, INTERRUPTED, readable, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from headcount.cli._common import Commands
    from headcount.cli._parser import Parser
    from headcount.settings import Settings


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    serve = commands.add_parser("serve", help="take reports in, and answer questions")
    serve.complete = partial(_add_settings, serve)
    serve.set_defaults(run=_serve)

    ingest = commands.add_parser("ingest", help="take more reports in, beside a server on the same data directory")
    ingest.complete = partial(_add_settings, ingest)
    ingest.set_defaults(run=_ingest)


def _add_settings(parser: Parser) -> None:
    from headcount import settings

    parser.epilog = (
        "Each of these can also be given in the environment, as HEADCOUNT_PORT, or in the file, as port = 8010; SIGHUP "
        "reads the file again."
    )
    config = os.environ.get("HEADCOUNT_CONFIG")
    default = Path(config) if config else None
    parser.add_argument("--config", type=Path, default=default, metavar="FILE", help="a TOML file of settings")
    for field in settings.fields():
        about = field.metadata
        if about["secret"]:
            continue
        default_text = settings.shown(field.default)
        parser.add_argument(
            settings.flag(field.name),
            type=readable(about["read"]),
            metavar=about["metavar"],
            help=about["meaning"].replace("`", "") + (f" ({default_text})" if default_text else ""),
        )


def _serve(options: argparse.Namespace) -> int:
    read = _reader(options)
    given = _read(read)
    from headcount.server._serve import serve

    return _status(serve(given, read, _say))


def _ingest(options: argparse.Namespace) -> int:
    read = _reader(options)
    given = _read(read)
    from headcount.server._ingest import ingest

    return _status(ingest(given, read, _say))


def _reader(options: argparse.Namespace) -> Callable[[], Settings]:
    """Return what reads the settings, each time anew. It raises `BadSettings`."""
    from headcount import settings

    flags = {field.name: getattr(options, field.name, None) for field in settings.fields()}
    return lambda: settings.read_settings(flags, os.environ, options.config)


def _read(read: Callable[[], Settings]) -> Settings:
    from headcount.settings import BadSettings

    try:
        return read()
    except BadSettings as error:
        raise Refused(f"{error}.") from error


def _say(line: str) -> None:
    write(line + "\n")


def _status(ended_by: signal.Signals) -> int:
    return INTERRUPTED if ended_by == signal.SIGINT else DONE
