"""The ``headcount`` command. It imports each part when it is needed, since ``preview`` runs where only the client is."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import headcount
from headcount._refused import Refused
from headcount.cli import _advise, _ask, _completion, _history, _installations, _preview, _publishing, _serve, _upkeep
from headcount.cli._common import DONE, INTERRUPTED, REFUSED, write
from headcount.cli._parser import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["main"]

_GROUPS = (_serve, _preview, _advise, _ask, _publishing, _history, _installations, _upkeep)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 done, 1 refused or not found, 2 bad usage, 130 interrupted."""
    options, unrecognized = _parser().parse_known_args(arguments)
    if unrecognized:
        options.parser.unrecognized(unrecognized)
    try:
        return _run(options)
    except Refused as error:
        sys.stderr.write(f"headcount: {error}\n")
        _discard_output()
        return REFUSED
    except BrokenPipeError:  # the reader went away, as `| head` does
        _discard_output()
        return REFUSED
    except KeyboardInterrupt:
        _discard_output()
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    if options.needs_server and sys.version_info < (3, 11):  # the reporter runs on 3.9
        raise Refused(
            f"this needs Python 3.11 or newer, and is run by {sys.version.split()[0]}: only `preview` and `advise` do not."
        )
    try:
        with _private_files() if options.needs_server else nullcontext():
            return int(options.run(options))
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] == "headcount":
            raise
        raise Refused(
            f"{error.name} is missing: install the server's parts with `pip install 'headcount[server]'`."
        ) from error


@contextmanager
def _private_files() -> Iterator[None]:
    """Let nobody else read or write what is made within the context, or connect to it."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _discard_output() -> None:
    """Let nothing that is still to be written to standard output fail when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> Parser:
    parser = Parser(prog="headcount", description=headcount.__doc__)
    parser.add_argument("--version", action="version", version=f"headcount {headcount.__version__}")
    parser.set_defaults(needs_server=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for group in _GROUPS:
        group.add(commands)
    _completion.add(commands, _parser)
    asked = commands.add_parser("help", help="say how a command is used")
    asked.add_argument("about", nargs="?", choices=[*commands.choices], metavar="COMMAND", help="which (all)")
    asked.set_defaults(run=partial(_help, parser, commands.choices), needs_server=False)
    for command in commands.choices.values():
        command.set_defaults(parser=command)
    return parser


def _help(parser: Parser, commands: Mapping[str, Parser], options: argparse.Namespace) -> int:
    write((commands[options.about] if options.about else parser).format_help())
    return DONE
