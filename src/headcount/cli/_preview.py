"""``preview``: what a master would send."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from headcount.cli._common import writing

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    preview = commands.add_parser("preview", help="print what a master would send, and send nothing")
    preview.add_argument("path", metavar="MASTER_CFG_OR_BASEDIR", help="a master.cfg, or the directory of a master")
    preview.add_argument("--level", choices=("basic", "full"), help="as if this level were configured")
    preview.add_argument("--basedir", metavar="DIR", help="the master's directory, where buildbot.tac does not tell it")
    shown = preview.add_mutually_exclusive_group()
    shown.set_defaults(show="bytes")
    shown.add_argument("--explain", dest="show", action="store_const", const="explain", help="why each field is in it")
    shown.add_argument(
        "--diff", dest="show", action="store_const", const="diff", help="how it differs from what was last sent"
    )
    preview.add_argument(
        "--reset-id", action="store_true", help="first make a new id, for a master with id='random', and a new secret"
    )
    preview.set_defaults(run=_preview, needs_server=False)


def _preview(options: argparse.Namespace) -> int:
    from headcount.client._preview import preview

    with writing():
        return preview(
            options.path,
            sys.stdout,
            sys.stderr,
            level=options.level,
            show=options.show,
            reset_id=options.reset_id,
            basedir=options.basedir,
            explains=sys.stdout.isatty() and sys.stderr.isatty(),
        )
