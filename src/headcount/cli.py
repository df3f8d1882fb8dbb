"""The ``headcount`` command. It imports each part when it is needed, since ``preview`` runs where only the client is."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import headcount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_FORMATS = ("table", "json", "csv", "parquet", "svg", "png")
_BINARY = ("parquet", "png")
DONE, REFUSED = 0, 1  # 2, bad usage, is argparse's


class Refused(Exception):
    """The command cannot be done; the message is one sentence that says what to do."""


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

    serve = commands.add_parser("serve", help="take reports in, and answer questions")
    _add_data(serve)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    serve.add_argument("--port", type=_port, default=8010, help="the port to listen on, 0 for a free one (%(default)s)")
    _add_k(serve)
    serve.set_defaults(run=_serve)

    preview = commands.add_parser("preview", help="print what a master would send, and send nothing")
    preview.add_argument("path", metavar="MASTER_CFG_OR_BASEDIR", help="a master.cfg, or the directory of a master")
    preview.add_argument("--level", choices=("basic", "full"), help="as if this level were configured")
    preview.set_defaults(run=_preview)

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
    _add_data(ask)
    ask.add_argument("--url", help="ask this server, with the token in the environment variable HEADCOUNT_TOKEN")
    ask.set_defaults(run=_ask)

    publish = commands.add_parser("publish", help="publish the last week that is over, once for all")
    _add_data(publish)
    _add_k(publish)
    publish.set_defaults(run=_publish)

    token = commands.add_parser("token", help="make a maintainer's token, list or revoke them")
    token.add_argument("--name", default="", help="whose it is")
    which = token.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="list those that are not revoked")
    which.add_argument("--revoke", metavar="ID", help="revoke this one, at once")
    _add_data(token)
    token.set_defaults(run=_token)

    simulate = commands.add_parser("simulate", help="make up a fleet of installations whose truth is known")
    simulate.add_argument("--installs", type=_positive, required=True, metavar="N", help="how many installations")
    simulate.add_argument(
        "--days", type=_positive, required=True, metavar="D", help="over how many days, up to yesterday"
    )
    simulate.add_argument(
        "--seed", type=int, default=1, metavar="S", help="equal seeds make equal fleets (%(default)s)"
    )
    where = simulate.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="FILE", help="write NDJSON, and the truth to FILE.truth")
    where.add_argument("--into", type=Path, metavar="DIR", help="put them into this data directory")
    simulate.set_defaults(run=_simulate)
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("HEADCOUNT_DATA", "headcount-data"))
    parser.add_argument("--data", type=Path, default=default, metavar="DIR", help="the data directory (%(default)s)")


def _add_k(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--k", type=_k, default=5, help="counts under K are not published (%(default)s)")


def _ask_help() -> str:
    return "Answers a question with its denominator, window and freshness. Days are UTC, such as 2026-10-31."


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 up, not {text!r}")
    return int(text)


def _k(text: str) -> int:
    if not text.isdigit() or not 2 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"must be a whole number from 2 to 100, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    server = _server()

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        server.serve(options.data, options.host, options.port, say, k=options.k)
    except (server.BadData, server.CannotServe) as error:
        raise Refused(str(error)) from error
    return DONE


def _preview(options: argparse.Namespace) -> int:
    from headcount.client import preview

    return preview(options.path, options.level, sys.stdout, sys.stderr)


def _ask(options: argparse.Namespace) -> int:
    server = _server()
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


def _publish(options: argparse.Namespace) -> int:
    server = _server()
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
    server = _server()
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


def _simulate(options: argparse.Namespace) -> int:
    import datetime as dt

    from headcount import fleet

    yesterday = dt.datetime.now(dt.timezone.utc).date() - dt.timedelta(days=1)  # today is not over
    events = fleet.simulate(options.installs, options.days, options.seed, yesterday)
    if options.out is not None:
        try:
            with options.out.open("wb") as out, options.out.with_name(options.out.name + ".truth").open("wb") as truth:
                fleet.write(events, out, truth)
        except OSError as error:
            raise Refused(f"{error.filename} cannot be written: {error.strerror}.") from error
        return DONE
    server = _server()
    try:
        count = server.take_in(options.into, f"simulated-{options.seed}", events)
    except server.BadData as error:
        raise Refused(str(error)) from error
    sys.stdout.write(
        f"{count:,} reports of a simulated fleet of {options.installs:,} installations are in {options.into}.\n"
    )
    return DONE


def _server() -> ModuleType:
    try:
        from headcount import server
    except ImportError as error:
        raise Refused(
            f"{error.name} is missing: install the server's parts with `pip install 'headcount[server]'`."
        ) from error
    return server
