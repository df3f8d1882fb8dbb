"""``advise``: what in a master concerns its administrator."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from headcount.cli._common import writing

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    advise = commands.add_parser(
        "advise", help="say what in a master is deprecated, unsupported or hardly used, and send nothing of it"
    )
    advise.add_argument(
        "path", metavar="MASTER_CFG_OR_BASEDIR", help="a master.cfg, the directory of a master, or a usage-report.json"
    )
    compared = advise.add_mutually_exclusive_group()
    compared.add_argument(
        "--url", help="a collector, whose publication and notices are fetched whole, as anybody's are"
    )
    compared.add_argument("--publication", type=Path, metavar="FILE", help="a publication that was fetched before")
    advise.add_argument("--basedir", metavar="DIR", help="the master's directory, where buildbot.tac does not tell it")
    advise.add_argument(
        "--format", choices=("text", "json"), default="text", help="for a person, or a script (%(default)s)"
    )
    advise.add_argument("--strict", action="store_true", help="end with status 1 if anything is found")
    advise.set_defaults(run=_advise, needs_server=False)


def _advise(options: argparse.Namespace) -> int:
    from headcount.client._advise import advise

    with writing():
        return advise(
            options.path,
            sys.stdout,
            sys.stderr,
            today=datetime.now(timezone.utc).date(),  # Python 3.9 has no datetime.UTC
            url=options.url,
            publication=options.publication,
            basedir=options.basedir,
            form=options.format,
            strict=options.strict,
        )
