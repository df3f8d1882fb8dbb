"""Upkeep of the data: ``backup``, ``freeze``, ``restore``, ``doctor`` and ``rotate-key``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from headcount._progress import waiting
from headcount.cli._common import DONE, REFUSED, add_data, given, write

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    backup = commands.add_parser("backup", help="write all that is held to a file, but for the pseudonym key")
    backup.add_argument("file", type=Path, metavar="FILE")
    add_data(backup)
    backup.set_defaults(run=_backup)
    freeze = commands.add_parser("freeze", help="have the servers of a warehouse in ClickHouse keep what it holds now")
    freeze.add_argument("name", metavar="NAME", help="under shadow/NAME in the directory of each server")
    add_data(freeze)
    freeze.set_defaults(run=_freeze)
    restore = commands.add_parser("restore", help="bring a backup back")
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", metavar="FILE")
    which.add_argument(
        "--empty", action="store_true", help="begin anew, where the warehouse and all its backups are lost"
    )
    add_data(restore)
    restore.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="say what is wrong with the data, and what to do")
    doctor.add_argument("--rebuild", action="store_true", help="make the derived tables again first")
    add_data(doctor)
    doctor.set_defaults(run=_doctor)
    rotate = commands.add_parser("rotate-key", help="make a new pseudonym key: every installation is a new one then")
    add_data(rotate)
    rotate.set_defaults(run=_rotate_key)


def _backup(options: argparse.Namespace) -> int:
    from headcount.server.commands.backup import backup_to

    with waiting("backup"):
        backup_to(options.data, options.file, given(options))
    write(
        f"{options.file} holds the reports, the publications, the records and the hashes of tokens of {options.data}, but "
        f"the pseudonym key, {options.data / 'pseudonym.key'}: keep that one too, in another place.\n"
    )
    return DONE


def _freeze(options: argparse.Namespace) -> int:
    from headcount.server import commands

    with waiting("freezing"):
        servers = commands.run(options.data, "freeze", given=given(options), name=options.name)
    write(
        f"{', '.join(servers)} keep what the warehouse holds under shadow/{options.name} in their directories: copy it from "
        "each, with metadata/; the pseudonym key, publications and tokens are in the data directory.\n"
    )
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from headcount.server import commands

    with waiting("restore"):
        restored = commands.run(
            options.data, "restore", given=given(options), file=None if options.empty else str(options.file)
        )
    if options.empty:
        write(
            f"{options.data} has a new warehouse, without what the one before held; who was erased stays out of it.\n"
        )
    else:
        write(f"{options.data} is as it was in {options.file}, but for who was erased since.\n")
    if restored["publications"]:
        write(f"Publications that were missing and are there again: {restored['publications']}.\n")
    if restored["records"]:
        write(f"Records that were missing and are there again: {restored['records']}.\n")
    if restored["tokens"]:
        write("The tokens are those of then: see `headcount token --list`, and revoke again who was revoked since.\n")
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from headcount.server import commands

    with waiting("rebuilding" if options.rebuild else "looking"):
        findings = commands.run(options.data, "doctor", given=given(options), rebuild=options.rebuild)
    write("".join(f"{'well ' if well else 'WRONG'}  {what}\n" for well, what in findings))
    return DONE if all(well for well, _ in findings) else REFUSED


def _rotate_key(options: argparse.Namespace) -> int:
    from headcount.server import commands

    with waiting("a new key"):
        before = commands.run(options.data, "rotate-key", given=given(options))
    lines = (
        "There is a new pseudonym key. Every installation is a new one from now on:",
        f"the {before:,} that were seen are counted beside themselves until they lapse, in 13 months.",
        "The old key is gone: what was held under it can no longer be looked up or erased by its id,",
        "and backups from before cannot be restored without a copy of the old key.",
    )
    write("\n".join(lines) + "\n")
    return DONE
