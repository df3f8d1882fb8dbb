"""What is for others: ``publish`` and ``token``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from headcount import settings
from headcount.cli._common import DONE, Refused, add_data, readable, server_parts

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    publish = commands.add_parser("publish", help="publish the last week that is over, once for all")
    add_data(publish)
    publish.add_argument(
        "--k", type=readable(settings.read_k), default=5, help="counts under K are not published (%(default)s)"
    )
    publish.set_defaults(run=_publish)

    token = commands.add_parser("token", help="make a maintainer's token, list or revoke them")
    token.add_argument("--name", default="", help="whose it is")
    which = token.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="list those that are not revoked")
    which.add_argument("--revoke", metavar="ID", help="revoke this one, at once")
    add_data(token)
    token.set_defaults(run=_token)


def _publish(options: argparse.Namespace) -> int:
    server = server_parts()
    try:
        published = server.publish_data(options.data, options.k)
    except (server.BadData, server.CannotOperate, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    if published["new"]:
        sys.stdout.write(f"Week {published['week']} is published; counts under {published['k']} are not said.\n")
    else:
        sys.stdout.write(f"Week {published['week']} was published before, and stays as it is.\n")
    return DONE


def _token(options: argparse.Namespace) -> int:
    server = server_parts()
    try:
        if options.list:
            for token in server.list_tokens(options.data):
                sys.stdout.write(f"{token['id']}  {token['made']}  {token['name']}\n")
        elif options.revoke is not None:
            token = server.revoke_token(options.data, options.revoke)
            sys.stdout.write(f"The token {token['id']} of {token['made']} is revoked.\n")
        else:
            token = server.make_token(options.data, options.name)
            sys.stderr.write(
                f"The token {token['id']}, shown this once; `headcount token --revoke {token['id']}` ends it:\n"
            )
            sys.stdout.write(f"{token['token']}\n")
    except (server.BadData, server.CannotOperate, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    return DONE
