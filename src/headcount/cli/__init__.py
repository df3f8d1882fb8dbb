"""The ``headcount`` command. It imports each part when it is needed, since ``preview`` runs where only the client is."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

import headcount
from headcount.cli import _ask, _held, _history, _preview, _publishing, _serve, _upkeep
from headcount.cli._common import REFUSED, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_GROUPS = (_serve, _preview, _ask, _publishing, _history, _held, _upkeep)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 done, 1 refused or not found, 2 bad usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Refused as error:
        sys.stderr.write(f"headcount: {error}\n")
        return REFUSED
    except BrokenPipeError:  # the reader went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="headcount", description=headcount.__doc__)
    parser.add_argument("--version", action="version", version=f"headcount {headcount.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in _GROUPS:
        group.add(commands)
    return parser
