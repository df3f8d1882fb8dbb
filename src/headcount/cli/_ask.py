"""``ask``: one answer."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from headcount.cli._common import DONE, Refused, add_data, server_parts

_FORMATS = ("table", "json", "csv", "parquet", "svg", "png")
_BINARY = ("parquet", "png")

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    ask = commands.add_parser("ask", help="answer a question", description=_ask_help())
    ask.add_argument("question", metavar="QUESTION", help="such as installs; a wrong word lists the right ones")
    ask.add_argument(
        "--where", metavar="CONDITION", help="of those that match, such as 'plugin = CVS and python < 3.10'"
    )
    ask.add_argument("--by", help="what to count by; a wrong word lists the right ones")
    ask.add_argument("--basis", choices=("alive", "confirmed", "seen"), help="which installations")
    ask.add_argument("--since", metavar="DAY", help="first day of the window, for the basis seen")
    ask.add_argument("--until", metavar="DAY", help="last day of the window (today)")
    ask.add_argument("--public", action="store_true", help="what was published, which needs no token")
    ask.add_argument("--week", metavar="WEEK", help="with --public: of this week, such as 2026-W47 (the newest)")
    ask.add_argument("--format", choices=_FORMATS, default="table", help="(%(default)s)")
    add_data(ask)
    ask.add_argument("--url", help="ask this server, with the token in the environment variable HEADCOUNT_TOKEN")
    ask.set_defaults(run=_ask)


def _ask_help() -> str:
    return "Answers a question with its denominator, window and freshness. Days are UTC, such as 2026-10-31."


def _ask(options: argparse.Namespace) -> int:
    server = server_parts()
    from headcount.dashboard import FORMATS
    from headcount.questions import BadQuestion, NotPublished

    given = {name: getattr(options, name) for name in ("where", "by", "week", "basis", "since", "until")}
    parameters = {name: value for name, value in given.items() if value is not None}
    known = ("by", "week") if options.public else ("where", "by", "basis", "since", "until")
    for name in parameters.keys() - set(known):
        raise Refused(f"--{name} does not go {'with' if options.public else 'without'} --public.")
    try:
        if options.public and options.url is not None:
            answer = server.ask_published_url(options.url, options.question, parameters)
        elif options.public:
            answer = server.ask_published(options.data, options.question, parameters)
        elif options.url is None:
            answer = server.ask_data(options.data, options.question, parameters)
        else:
            token = os.environ.get("HEADCOUNT_TOKEN", "")
            answer = server.ask_url(options.url, token, options.question, parameters)
    except (server.BadData, server.NoAnswer, BadQuestion, NotPublished) as error:
        raise Refused(str(error)) from error
    if options.format in _BINARY and sys.stdout.isatty():
        raise Refused(f"{options.format} is not for a terminal: write it to a file, with > answer.{options.format}")
    made = FORMATS[options.format].render(answer)
    if options.format in _BINARY:
        sys.stdout.buffer.write(made)
    else:
        sys.stdout.write(made.decode())
    return DONE
