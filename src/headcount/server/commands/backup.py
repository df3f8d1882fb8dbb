"""``backup``: one file with the warehouse and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from headcount._disk import replacing
from headcount._refused import Refused
from headcount.server import commands
from headcount.server.commands.companions import read_companions
from headcount.server.commands.handed_out import HandedOut, copy
from headcount.server.data.directory import refuse_target
from headcount.server.data.opened import OpenData


def backup(data: OpenData, _: Mapping[str, Any]) -> HandedOut:
    """Hand out a backup: the warehouse with all that was acknowledged, the publications, the records, and hashes of tokens.

    The key is not in it. Raises `Refused` where the warehouse has other means, and `WarehouseUnavailable` or OSError where
    there is no room for a copy.
    """
    write = data.store.backup
    (data.catch_up if data.serving is None else data.loader.load)()
    with data.copies.directory() as directory:
        write(directory / "backup", read_companions(data.directory))
        return HandedOut.of_directory(None, directory)


def backup_to(path: Path, file: Path, given: commands.Given = commands.NOTHING) -> None:
    """Write a backup of a data directory to a file, in the place of one that is there. Raises `Refused`.

    The file belongs to who runs the command, who alone can read it, from its first byte on.
    """
    refuse_target(file, path)
    try:
        with replacing(file.resolve()) as target:

            def store(_: str, content: IO[bytes]) -> None:
                copy(content, target)

            commands.fetch(path, "backup", store, given=given)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror or error}.") from error
