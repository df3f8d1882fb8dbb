"""What the commands share: how they end, the data directory, and the parts of the server."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # it has no public name

DONE, REFUSED = 0, 1  # 2, bad usage, is argparse's


class Refused(Exception):
    """The command cannot be done; the message is one sentence that says what to do."""


def add_data(parser: argparse.ArgumentParser) -> None:
    """Let a command be told the data directory."""
    default = Path(os.environ.get("HEADCOUNT_DATA", "headcount-data"))
    parser.add_argument("--data", type=Path, default=default, metavar="DIR", help="the data directory (%(default)s)")


def readable(read: Callable[[str], object]) -> Callable[[str], object]:
    """What reads a text of the command line, from a function that raises ValueError where it cannot."""

    def value(text: str) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return value


def server_parts() -> ModuleType:
    """`headcount.server`. Raises `Refused` where it cannot be imported."""
    need_new_python()
    try:
        from headcount import server
    except ImportError as error:
        raise Refused(
            f"{error.name} is missing: install the server's parts with `pip install 'headcount[server]'`."
        ) from error
    return server


def need_new_python() -> None:
    """Raise `Refused` where only the reporter runs."""
    if sys.version_info < (3, 11):  # the reporter runs on 3.9
        raise Refused(
            f"this needs Python 3.11 or newer, and is run by {sys.version.split()[0]}: only `preview` does not."
        )
