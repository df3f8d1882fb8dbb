"""Keeping the data: ``backup``, ``restore``, ``doctor`` and ``rotate-key``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headcount.cli._common import DONE, REFUSED, Refused, add_data, server_parts

if TYPE_CHECKING:
    from headcount.cli._common import Commands


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    backup = commands.add_parser("backup", help="write all that is held to a file, but for the pseudonym key")
    backup.add_argument("file", type=Path, metavar="FILE")
    add_data(backup)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="bring a backup back")
    restore.add_argument("file", type=Path, metavar="FILE")
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
    _upkeep("backup", options.data, options.file)
    sys.stdout.write(
        f"{options.file} holds the reports, the publications and the hashes of tokens of {options.data}, but the pseudonym "
        f"key, {options.data / 'pseudonym.key'}: keep that one too, in another place.\n"
    )
    return DONE


def _restore(options: argparse.Namespace) -> int:
    put_back = _upkeep("restore", options.data, options.file)
    sys.stdout.write(f"{options.data} is as it was in {options.file}, but for who was erased since.\n")
    if put_back.publications:
        sys.stdout.write(f"Publications that were missing and are there again: {put_back.publications}.\n")
    if put_back.tokens:
        sys.stdout.write(
            "The tokens are those of then: see `headcount token --list`, and revoke again who was revoked since.\n"
        )
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
    server = server_parts()
    try:
        return getattr(server, command)(*arguments, **named)
    except (server.BadData, server.NoAnswer) as error:
        raise Refused(str(error)) from error
