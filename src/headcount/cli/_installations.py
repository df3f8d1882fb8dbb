"""What is held of an installation: ``lookup`` and ``erase``."""

from __future__ import annotations

import argparse
import json
import os
from typing import TYPE_CHECKING, Any

from headcount._progress import waiting
from headcount._refused import Refused
from headcount.cli._common import DONE, add_data, given, write

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    for name, what in (
        ("lookup", "print what is held of an installation"),
        ("erase", "remove what is held of an installation, and print a receipt"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument(
            "id", metavar="ID", help="the install id, 40 hexadecimal digits, as the master's log says it"
        )
        add_data(command)
        command.add_argument(
            "--url",
            help="as the installation itself, with the line of usage-report.secret in the environment variable "
            "HEADCOUNT_SECRET",
        )
        command.add_argument(
            "--collector", metavar="NAME", help="the collector that UsageData names, where it does (the url)"
        )
        command.set_defaults(run=_run, right=name)


def _run(options: argparse.Namespace) -> int:
    if options.collector is not None and options.url is None:
        raise Refused("--collector is for an installation that asks with --url.")
    with waiting(options.right):
        result = _from_server(options) if options.url is not None else _from_data(options)
    if result is None:
        raise Refused("nothing is held under this id.")
    write(json.dumps(result, indent=2) + "\n")
    return DONE


def _from_data(options: argparse.Namespace) -> Any:
    from headcount.server import commands

    return commands.run(options.data, options.right, given=given(options), id=options.id)


def _from_server(options: argparse.Namespace) -> Any:
    from headcount.client import secret_for
    from headcount.server.commands.connection import connect, exchange

    connection, prefix = connect(options.url)
    try:
        secret = secret_for(options.collector or options.url, os.environ.get("HEADCOUNT_SECRET", "").strip())
    except ValueError:
        raise Refused(
            "HEADCOUNT_SECRET must be the line of usage-report.secret: 64 hexadecimal digits in lower case."
        ) from None
    body = {"id": options.id, "secret": secret}
    reply = exchange(connection, "POST", f"{prefix}/v1/installation/{options.right}", body)
    return None if reply.status == 404 and "problems" in reply.body else reply.expect_success()
