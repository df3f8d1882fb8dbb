"""Reports in bulk: ``simulate``, ``import`` and ``export``."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from functools import partial
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from headcount._progress import show, waiting
from headcount._refused import Refused
from headcount.cli._common import DONE, REFUSED, add_data, add_warehouse, given, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headcount.cli._common import Commands

T = TypeVar("T")


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    importing = commands.add_parser("import", help="take history in: reports in files, or what export wrote")
    importing.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="NDJSON of reports with @timestamp, a dump of the old collector's Elasticsearch, both also gzipped, or the "
        "directory of an export",
    )  # fmt: skip
    add_data(importing)
    importing.set_defaults(run=_import)

    export = commands.add_parser("export", help="write what is held of reports as Parquet")
    export.add_argument("out", type=Path, metavar="DIR", help="the directory to make")
    add_data(export)
    export.set_defaults(run=_export)

    simulate = commands.add_parser("simulate", help="make up a fleet of installations whose truth is known")
    simulate.add_argument("--installs", type=positive, required=True, metavar="N", help="how many installations")
    simulate.add_argument(
        "--days", type=positive, required=True, metavar="D", help="over how many days, up to yesterday"
    )
    simulate.add_argument(
        "--seed", type=int, default=1, metavar="S", help="equal seeds make equal fleets (%(default)s)"
    )
    simulate.add_argument(
        "--floods",
        type=int,
        default=0,
        metavar="N",
        help="so many floods of made-up installations beside it (%(default)s)",
    )
    where = simulate.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="FILE", help="write NDJSON, and the truth to FILE.truth")
    where.add_argument("--into", type=Path, metavar="DIR", help="put them into this data directory")
    add_warehouse(simulate)
    simulate.set_defaults(run=_simulate)


def positive(text: str) -> int:
    """Read a whole number from 1 up. Raises `ArgumentTypeError`."""
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 up, not {text!r}")
    return int(text)


def _simulate(options: argparse.Namespace) -> int:
    from headcount import fleet

    yesterday = dt.datetime.now(dt.timezone.utc).date() - dt.timedelta(days=1)  # today is not over
    made = fleet.simulate(
        options.installs,
        options.days,
        options.seed,
        yesterday,
        options.floods,
        progress=partial(show, "making up the fleet"),
    )
    if options.out is not None:
        from headcount._disk import replacing
        from headcount.server.data.directory import refuse_target

        place = options.out.resolve()
        refuse_target(options.out)
        try:
            truth_place = place.with_name(place.name + ".truth")
            with replacing(place) as out, replacing(truth_place) as truth:
                fleet.write(_telling("writing its reports", made), out, truth)
        except OSError as error:
            raise Refused(f"{options.out} cannot be written: {error.strerror}.") from error
        return DONE
    from headcount.server.commands.simulate import take_events

    with waiting("loading its reports"):
        count = take_events(options.into, options.seed, _telling("taking its reports", made), given(options))
    write(f"{count:,} reports of a simulated fleet of {options.installs:,} installations are in {options.into}.\n")
    return DONE


def _telling(what: str, made: Iterator[T]) -> Iterator[T]:
    """Yield what an iterator yields that knows its length, and show how far it is."""
    total = length_hint(made)
    step = max(total // 100, 1)
    for number, each in enumerate(made):
        if number % step == 0:
            show(what, number / total)
        yield each
    show(what, 1)


def _import(options: argparse.Namespace) -> int:
    from headcount.server.commands.history import import_files

    shows = sys.stderr.isatty()

    def progress(file: Path, share: float, taken: int) -> None:
        if shows:
            sys.stderr.write(f"\r{file}: {share:4.0%}, {taken:,} reports ")
            sys.stderr.flush()

    try:
        imported = import_files(options.data, options.files, progress, given(options))
    finally:
        if shows:
            sys.stderr.write("\n")
    if imported.wrong:
        sys.stderr.write(f"headcount: {imported.wrong:,} lines are no reports and were left out; the first of them:\n")
        sys.stderr.writelines(f"  {example}\n" for example in imported.examples)
    for why in imported.unread:
        sys.stderr.write(
            f"headcount: {why}. What stands before was taken; when it is mended, import it again: what is taken twice "
            "counts once.\n"
        )
    for export in imported.in_part:
        sys.stderr.write(
            f"headcount: of {export} the reports alone were taken: all that it holds goes into a warehouse that holds "
            "nothing else, while no server runs on it.\n"
        )
    write(f"{imported.taken:,} reports were taken into {options.data}.\n")
    return REFUSED if imported.unread or (imported.wrong and not imported.taken) else DONE


def _export(options: argparse.Namespace) -> int:
    from headcount.server.commands.export import export_to

    with waiting("export"):
        counts = export_to(options.data, options.out, given(options))
    write(f"{counts['sightings']:,} sightings of {counts['profiles']:,} profiles are in {options.out}.\n")
    return DONE
