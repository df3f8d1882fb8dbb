"""Taking reports in: ``serve``, and ``ingest`` beside it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from headcount import settings
from headcount.cli._common import DONE, Refused, readable, server_parts

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    serve = commands.add_parser("serve", help="take reports in, and answer questions")
    _add_settings(serve)
    serve.set_defaults(run=_serve)

    ingest = commands.add_parser("ingest", help="take more reports in, beside a server on the same data directory")
    _add_settings(ingest)
    ingest.set_defaults(run=_serve, further=True)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Each of these can also be given in the environment, as HEADCOUNT_PORT, or in the file, as port = 8010; SIGHUP "
        "reads the file again."
    )
    config = os.environ.get("HEADCOUNT_CONFIG")
    default = Path(config) if config else None
    parser.add_argument("--config", type=Path, default=default, metavar="FILE", help="a TOML file of settings")
    for field in settings.fields():
        about = field.metadata
        default_text = settings.shown(field.default)
        parser.add_argument(
            settings.flag(field.name),
            type=readable(about["read"]),
            metavar=about["metavar"],
            help=about["meaning"].replace("`", "") + (f" ({default_text})" if default_text else ""),
        )


def _serve(options: argparse.Namespace) -> int:
    flags = {field.name: getattr(options, field.name) for field in settings.fields()}

    def read() -> settings.Settings:
        return settings.read_settings(flags, os.environ, options.config)

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        given = read()
    except settings.BadSettings as error:
        raise Refused(f"{error}.") from error
    server = server_parts()
    run = server.ingest if hasattr(options, "further") else server.serve
    try:
        run(given, read, say)
    except (server.BadData, server.CannotServe) as error:
        raise Refused(str(error)) from error
    return DONE
