"""What the commands share: how they end, what they write, and the data directory."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from headcount._refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headcount.cli._parser import Parser
    from headcount.server.commands import Given

    Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001  # it has no public name

DONE, REFUSED = 0, 1  # 2, bad usage, is argparse's
INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ended, as shells have it: 128 and the number of SIGINT."""


def add_data(parser: argparse.ArgumentParser) -> None:
    """Let a command be told the data directory, and its warehouse where that is elsewhere."""
    default = Path(os.environ.get("HEADCOUNT_DATA", "headcount-data"))
    parser.add_argument("--data", type=Path, default=default, metavar="DIR", help="the data directory (%(default)s)")
    add_warehouse(parser)


def add_warehouse(parser: argparse.ArgumentParser) -> None:
    """Let a command be told where the warehouse is. Its password is in no flag, which others could read."""
    parser.add_argument(
        "--warehouse",
        metavar="URL",
        help="where the warehouse is, such as clickhouse://USER@HOST:PORT/DATABASE?cluster=NAME (where it was before)",
    )
    config = os.environ.get("HEADCOUNT_CONFIG")
    default = Path(config) if config else None
    parser.add_argument(
        "--config", type=Path, default=default, metavar="FILE", help="the server's TOML file of settings"
    )


def given(options: argparse.Namespace) -> Given:
    """Return what a command was told of the warehouse."""
    from headcount.server.commands import Given

    return Given(options.warehouse, options.config)


def readable(read: Callable[[str], object]) -> Callable[[str], object]:
    """Return what reads a text of the command line, from a function that raises ValueError where it cannot."""

    def value(text: str) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return value


def write(text: str) -> None:
    """Write to standard output.

    Raises `Refused` where it cannot be written, and BrokenPipeError where its reader is gone.
    """
    with writing():
        sys.stdout.write(text)


def write_bytes(content: bytes) -> None:
    """Write bytes to standard output. Raises as `write` does."""
    with writing():
        sys.stdout.buffer.write(content)


@contextmanager
def writing() -> Iterator[None]:
    """Raise `Refused` where standard output cannot be written within the context, as on a full disk."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"standard output cannot be written: {error.strerror}.") from error
