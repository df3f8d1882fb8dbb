"""What is held of an installation: ``lookup`` and ``erase``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from headcount.cli._common import DONE, Refused, add_data, server_parts

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    for name, run, what in (
        ("lookup", _lookup, "print what is held of an installation"),
        ("erase", _erase, "remove what is held of an installation, and print a receipt"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("id", metavar="ID", help="the install id, 40 hexadecimal digits, as the master's log says it")
        add_data(one)
        one.add_argument(
            "--url", help="as the installation itself, with its secret in the environment variable HEADCOUNT_SECRET"
        )
        one.set_defaults(run=run)


def _lookup(options: argparse.Namespace) -> int:
    return _right(options, "lookup")


def _erase(options: argparse.Namespace) -> int:
    return _right(options, "erase")


def _right(options: argparse.Namespace, right: str) -> int:
    server = server_parts()
    try:
        if options.url is not None:
            found = server.rights_at(options.url, right, options.id, os.environ.get("HEADCOUNT_SECRET", ""))
        else:
            found = getattr(server, right)(options.data, options.id)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    if found is None:
        raise Refused("nothing is held under this id.")
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return DONE
