"""What is for others: ``publish``, ``notices`` and ``token``."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from headcount._progress import waiting
from headcount._refused import Refused
from headcount.cli._common import DONE, add_data, given, readable, write

if TYPE_CHECKING:
    from headcount.cli._common import Commands
    from headcount.cli._parser import Parser


_LARGEST = 64 * 1024  # characters of a file of notices


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    publish = commands.add_parser("publish", help="publish the last week that is over, once for all")
    add_data(publish)
    publish.complete = partial(_add_threshold, publish)
    publish.set_defaults(run=_publish)

    notices = commands.add_parser("notices", help="publish what maintainers tell masters of a certain configuration")
    notices.add_argument("file", type=Path, metavar="FILE", help="a TOML file with tables [[notice]]")
    notices.add_argument("--check", action="store_true", help="say how many each concerns, and publish nothing")
    add_data(notices)
    notices.set_defaults(run=_notices)

    token = commands.add_parser("token", help="make a maintainer's token, list or revoke them")
    token.add_argument("--name", default="", help="whose it is")
    which = token.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="list those that are not revoked")
    which.add_argument("--revoke", metavar="ID", help="revoke this one, at once")
    add_data(token)
    token.set_defaults(run=_token)


def _add_threshold(publish: Parser) -> None:
    from headcount import settings

    publish.add_argument(
        "--k",
        type=readable(settings.read_k),
        default=settings.Settings.k,
        help="counts under K are not published (%(default)s)",
    )


def _publish(options: argparse.Namespace) -> int:
    from headcount.server import commands

    with waiting("publishing"):
        published = commands.run(options.data, "publish", given=given(options), k=options.k)
    if published["new"]:
        write(f"Week {published['week']} is published; counts under {published['k']} are not said.\n")
    else:
        write(f"Week {published['week']} was published before, and stays as it is.\n")
    return DONE


def _notices(options: argparse.Namespace) -> int:
    from headcount.server import commands

    try:
        with options.file.open(encoding="utf-8") as file:
            text = file.read(_LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"{options.file} cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}."
        ) from error
    if len(text) > _LARGEST:
        raise Refused(f"{options.file} has more than {_LARGEST:,} characters.")
    with waiting("counting"):
        notices = commands.run(options.data, "notices", given=given(options), file=text, check=options.check)
    for notice in notices:
        write(f"{notice['concerns']:,} confirmed installations until {notice['until']}: {notice['text']}\n")
    if not options.check:
        what = (
            "No notice is" if not notices else "One notice is" if len(notices) == 1 else f"{len(notices)} notices are"
        )
        write(f"{what} published at /public/notices.json.\n")
    return DONE


def _token(options: argparse.Namespace) -> int:
    from headcount.server import commands

    if options.list:
        tokens = commands.run(options.data, "token-list", given=given(options))
        write("".join(f"{token['id']}  {token['made']}  {token['name']}\n" for token in tokens))
    elif options.revoke is not None:
        token = commands.run(options.data, "token-revoke", given=given(options), id=options.revoke)
        write(f"The token {token['id']} of {token['made']} is revoked.\n")
    else:
        token = commands.run(options.data, "token", given=given(options), name=options.name)
        sys.stderr.write(
            f"The token {token['id']}, shown this once; `headcount token --revoke {token['id']}` ends it:\n"
        )
        write(f"{token['token']}\n")
    return DONE
