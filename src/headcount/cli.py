"""The ``headcount`` command. It imports each part when it is needed, since ``preview`` runs where only the client is."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headcount
from headcount import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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
    _add_settings(serve)
    serve.set_defaults(run=_serve)

    ingest = commands.add_parser("ingest", help="take more reports in, beside a server on the same data directory")
    _add_settings(ingest)
    ingest.set_defaults(run=_serve, further=True)

    preview = commands.add_parser("preview", help="print what a master would send, and send nothing")
    preview.add_argument("path", metavar="MASTER_CFG_OR_BASEDIR", help="a master.cfg, or the directory of a master")
    preview.add_argument("--level", choices=("basic", "full"), help="as if this level were configured")
    shown = preview.add_mutually_exclusive_group()
    shown.set_defaults(show="bytes")
    shown.add_argument("--explain", dest="show", action="store_const", const="explain", help="why each field is in it")
    shown.add_argument(
        "--diff", dest="show", action="store_const", const="diff", help="how it differs from what was last sent"
    )
    preview.add_argument(
        "--reset-id", action="store_true", help="first make a new id, for a master with id='random', and a new secret"
    )
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

    importing = commands.add_parser("import", help="take history in: reports in files, or what export wrote")
    importing.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="NDJSON of reports with @timestamp, a dump of the old collector's Elasticsearch, both also gzipped, or the "
        "directory of an export",
    )  # fmt: skip
    _add_data(importing)
    importing.set_defaults(run=_import)

    export = commands.add_parser("export", help="write what is held of reports as Parquet")
    export.add_argument("out", type=Path, metavar="DIR", help="the directory to make")
    _add_data(export)
    export.set_defaults(run=_export)

    _add_publishing(commands)

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
    _add_upkeep(commands)
    return parser


def _add_upkeep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, run, what in (
        ("lookup", _lookup, "print what is held of an installation"),
        ("erase", _erase, "remove what is held of an installation, and print a receipt"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("id", metavar="ID", help="the install id, 40 hexadecimal digits, as the master's log says it")
        _add_data(one)
        one.add_argument(
            "--url", help="as the installation itself, with its secret in the environment variable HEADCOUNT_SECRET"
        )
        one.set_defaults(run=run)
    backup = commands.add_parser("backup", help="write all that is held to a file, but for the pseudonym key")
    backup.add_argument("file", type=Path, metavar="FILE")
    _add_data(backup)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="bring a backup back")
    restore.add_argument("file", type=Path, metavar="FILE")
    _add_data(restore)
    restore.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="say what is wrong with the data, and what to do")
    doctor.add_argument("--rebuild", action="store_true", help="make the derived tables again first")
    _add_data(doctor)
    doctor.set_defaults(run=_doctor)
    rotate = commands.add_parser("rotate-key", help="make a new pseudonym key: every installation is a new one then")
    _add_data(rotate)
    rotate.set_defaults(run=_rotate_key)


def _add_publishing(commands: Any) -> None:
    publish = commands.add_parser("publish", help="publish the last week that is over, once for all")
    _add_data(publish)
    publish.add_argument(
        "--k", type=_readable(settings.read_k), default=5, help="counts under K are not published (%(default)s)"
    )
    publish.set_defaults(run=_publish)

    token = commands.add_parser("token", help="make a maintainer's token, list or revoke them")
    token.add_argument("--name", default="", help="whose it is")
    which = token.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="list those that are not revoked")
    which.add_argument("--revoke", metavar="ID", help="revoke this one, at once")
    _add_data(token)
    token.set_defaults(run=_token)


def _add_data(parser: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("HEADCOUNT_DATA", "headcount-data"))
    parser.add_argument("--data", type=Path, default=default, metavar="DIR", help="the data directory (%(default)s)")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Each of these can also be given in the environment, as HEADCOUNT_PORT, or in the file, as port = 8010; SIGHUP "
        "reads the file again."
    )
    config = os.environ.get("HEADCOUNT_CONFIG")
    default = Path(config) if config else None
    parser.add_argument("--config", type=Path, default=default, metavar="FILE", help="a TOML file of settings")
    for field in settings.fields():
        about = field.metadata
        default_text = settings.shown(field.default)
        parser.add_argument(
            settings.flag(field.name),
            type=_readable(about["read"]),
            metavar=about["metavar"],
            help=about["meaning"].replace("`", "") + (f" ({default_text})" if default_text else ""),
        )


def _readable(read: Callable[[str], object]) -> Callable[[str], object]:
    def value(text: str) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return value


def _ask_help() -> str:
    return "Answers a question with its denominator, window and freshness. Days are UTC, such as 2026-10-31."


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 up, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    flags = {field.name: getattr(options, field.name) for field in settings.fields()}

    def read() -> settings.Settings:
        return settings.read_settings(flags, os.environ, options.config)

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        given = read()
    except settings.BadSettings as error:
        raise Refused(f"{error}.") from error
    server = _server()
    run = server.ingest if hasattr(options, "further") else server.serve
    try:
        run(given, read, say)
    except (server.BadData, server.CannotServe) as error:
        raise Refused(str(error)) from error
    return DONE


def _preview(options: argparse.Namespace) -> int:
    from headcount.client import preview

    return preview(
        options.path, sys.stdout, sys.stderr, level=options.level, show=options.show, reset_id=options.reset_id
    )


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

    _need_new_python()
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


def _lookup(options: argparse.Namespace) -> int:
    return _right(options, "lookup")


def _erase(options: argparse.Namespace) -> int:
    return _right(options, "erase")


def _right(options: argparse.Namespace, right: str) -> int:
    import json

    server = _server()
    try:
        if options.url is not None:
            found = server.rights_at(options.url, right, options.id, os.environ.get("HEADCOUNT_SECRET", ""))
        else:
            found = getattr(server, right)(options.data, options.id)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    if found is None:
        raise Refused("nothing is held under this id.")
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    _upkeep("backup", options.data, options.file)
    sys.stdout.write(
        f"{options.file} holds all of {options.data} but the pseudonym key, {options.data / 'pseudonym.key'}: "
        "keep that one too, in another place.\n"
    )
    return DONE


def _restore(options: argparse.Namespace) -> int:
    _upkeep("restore", options.data, options.file)
    sys.stdout.write(f"{options.data} is as it was in {options.file}, but for who was erased since.\n")
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    findings = _upkeep("doctor", options.data, rebuild=options.rebuild)
    for well, what in findings:
        sys.stdout.write(f"{'well ' if well else 'WRONG'}  {what}\n")
    return DONE if all(well for well, _ in findings) else REFUSED


def _rotate_key(options: argparse.Namespace) -> int:
    before = _upkeep("rotate_key", options.data)
    lines = (
        "There is a new pseudonym key. Every installation is a new one from now on:",
        f"the {before:,} that were seen are counted beside themselves until they lapse, in 13 months.",
        "The old key is gone: what was held under it can no longer be looked up or erased by its id,",
        "and backups from before cannot be restored without a copy of the old key.",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def _upkeep(command: str, *arguments: object, **named: object) -> Any:
    server = _server()
    try:
        return getattr(server, command)(*arguments, **named)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error


def _import(options: argparse.Namespace) -> int:
    server = _server()
    shown = sys.stderr.isatty()

    def progress(file: Path, share: float, taken: int) -> None:
        if shown:
            sys.stderr.write(f"\r{file}: {share:4.0%}, {taken:,} reports ")
            sys.stderr.flush()

    try:
        done = server.import_files(options.data, options.files, progress)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    finally:
        if shown:
            sys.stderr.write("\n")
    if done.wrong:
        sys.stderr.write(f"headcount: {done.wrong:,} lines are no reports and were left out; the first of them:\n")
        sys.stderr.writelines(f"  {example}\n" for example in done.examples)
    sys.stdout.write(f"{done.taken:,} reports were taken into {options.data}.\n")
    return DONE if done.taken or not done.wrong else REFUSED


def _export(options: argparse.Namespace) -> int:
    server = _server()
    try:
        counts = server.export(options.data, options.out)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error
    sys.stdout.write(f"{counts['sightings']:,} sightings of {counts['profiles']:,} profiles are in {options.out}.\n")
    return DONE


def _server() -> ModuleType:
    _need_new_python()
    try:
        from headcount import server
    except ImportError as error:
        raise Refused(
            f"{error.name} is missing: install the server's parts with `pip install 'headcount[server]'`."
        ) from error
    return server


def _need_new_python() -> None:
    if sys.version_info < (3, 11):  # the reporter runs on 3.9
        raise Refused(
            f"this needs Python 3.11 or newer, and is run by {sys.version.split()[0]}: only `preview` does not."
        )
