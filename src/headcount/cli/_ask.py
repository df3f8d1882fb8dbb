"""``ask``: an answer."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from headcount._progress import waiting
from headcount._refused import Refused
from headcount.cli._common import DONE, add_data, write, write_bytes
from headcount.cli._sources import answered, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.cli._common import Commands

_FORMATS = ("table", "markdown", "json", "csv", "parquet", "svg", "png")
_READ_BY_PROGRAMS = ("json", "csv", "parquet")
_BINARY = ("parquet", "png")
_LIVE = ("where", "by", "over", "with", "support", "basis", "since", "until")
_PUBLISHED = ("by", "week")


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    ask = commands.add_parser("ask", help="answer a question", description=_ask_help())
    ask.add_argument("question", nargs="?", metavar="QUESTION", help="such as installs; without it all are listed")
    ask.add_argument(
        "--where", metavar="CONDITION", help="of those that match, such as 'plugin = CVS and python < 3.10'"
    )
    ask.add_argument("--by", help="what to count by; a wrong word lists the right ones")
    ask.add_argument("--over", metavar="PERIOD", help="at the end of each month or week, where a question has that")
    ask.add_argument("--with", metavar="CONDITION", help="compare with those that match this, where a question does")
    ask.add_argument(
        "--support", metavar="NUMBER", help="rows of so many installations at least, where a question has that"
    )
    ask.add_argument("--basis", metavar="BASIS", help="which installations: alive, confirmed or seen")
    ask.add_argument("--since", metavar="DAY", help="first day of the window, for the basis seen and with --over")
    ask.add_argument("--until", metavar="DAY", help="last day of the window (today)")
    ask.add_argument("--public", action="store_true", help="what was published, which needs no token")
    ask.add_argument("--week", metavar="WEEK", help="with --public: of this week, such as 2026-W47 (the newest)")
    ask.add_argument("--format", choices=_FORMATS, default="table", help="(%(default)s)")
    ask.add_argument(
        "--private",
        action="store_true",
        help="with --format markdown: true counts of now, not for publication; else a record is released for everybody",
    )
    ask.add_argument("--wide", action="store_true", help="on a terminal, the whole table, as it is in a pipe")
    ask.add_argument("--open", action="store_true", help="open the page that answers this in the browser")
    add_data(ask)
    ask.add_argument("--url", help="ask this server, with the token in the environment variable HEADCOUNT_TOKEN")
    ask.set_defaults(run=_ask)


def _ask_help() -> str:
    return "Answers a question with its denominator, window and freshness. Days are UTC, such as 2026-10-31."


def _ask(options: argparse.Namespace) -> int:
    parameters = _parameters(options)
    if options.question is None:
        return _list(parameters)
    if options.format in _BINARY and sys.stdout.isatty():
        raise Refused(f"{options.format} is not for a terminal: write it to a file, with > answer.{options.format}")
    if options.private and options.format != "markdown":
        raise Refused("--private goes with --format markdown: any other format shows true counts already.")
    if options.public and options.format == "markdown":
        raise Refused(
            "--format markdown does not go with --public: what was released is at /public/records of the server."
        )
    if options.open:
        return _open(page_of(options, parameters))
    with waiting("asking"):
        if options.format == "table" and sys.stdout.isatty():
            return _show(answered(options, parameters, "sheet"), wide=options.wide)
        content = answered(options, parameters, options.format)
    write_bytes(content)
    if options.format in _READ_BY_PROGRAMS:
        _tell_grain(options)
    return DONE


def _show(sheet: bytes, *, wide: bool) -> int:
    """Show an answer on the terminal."""
    import json

    from headcount.cli import _layout
    from headcount.cli._terminal import Terminal

    show = _layout.whole if wide else _layout.shown
    write(show(json.loads(sheet), Terminal.of_output(os.environ)))
    return DONE


def _open(address: str) -> int:
    """Open a page in the browser; without one, print its address."""
    import webbrowser

    if webbrowser.open(address):
        sys.stderr.write(f"headcount: opened {address}\n")
    else:
        write(f"{address}\n")
    return DONE


def _tell_grain(options: argparse.Namespace) -> None:
    """Tell who may run a script of before there were series that versions are grouped now."""
    by = options.by or "buildbot"
    if options.question == "versions" and "." not in by:
        sys.stderr.write(
            f"headcount: versions by {by} counts series now, such as 4.3: --by {by}.release gives releases\n"
        )


def _list(parameters: Mapping[str, str]) -> int:
    """List the questions, for who asks none."""
    from headcount.questions import listing

    if parameters:
        raise Refused("say which question is asked; `headcount ask` alone lists them.")
    text = listing()
    if sys.stdout.isatty():
        from headcount.cli import _layout
        from headcount.cli._terminal import Terminal

        text = _layout.folded(text, Terminal.of_output(os.environ))
    write(text)
    return DONE


def _parameters(options: argparse.Namespace) -> dict[str, str]:
    known = _PUBLISHED if options.public else _LIVE
    named = {name: getattr(options, name) for name in dict.fromkeys((*_LIVE, *_PUBLISHED))}
    parameters = {name: value for name, value in named.items() if value is not None}
    for name in parameters.keys() - set(known):
        raise Refused(f"--{name} does not go {'with' if options.public else 'without'} --public.")
    return parameters
