"""``export``: what is held of reports, as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from headcount._disk import replacing, sync
from headcount._refused import Refused
from headcount.server import commands
from headcount.server.commands.handed_out import HandedOut, copy
from headcount.server.data.directory import refuse_target
from headcount.server.data.exports import write_export
from headcount.server.data.opened import OpenData


def export(data: OpenData, _: Mapping[str, Any]) -> HandedOut:
    """Hand out the files of an export; the result is how many rows each has."""
    data.catch_up()
    with data.copies.directory() as directory:
        counts = write_export(data.warehouse, directory, data.pseudonymizer.fingerprint, data.simulation.origin())
        return HandedOut.of_directory(counts, directory)


def export_to(path: Path, out: Path, given: commands.Given = commands.NOTHING) -> dict[str, int]:
    """Export a data directory into a new directory; return how many profiles and sightings. Raises `Refused`.

    The files belong to who runs the command.
    """
    refuse_target(out, path)
    try:
        is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from error
    if not is_free:
        raise Refused(f"{out} is there already: give a directory that is not.")

    def store(name: str, content: IO[bytes]) -> None:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(out / name) as file:
            copy(content, file)

    try:
        counts: dict[str, int] = commands.fetch(path, "export", store, given=given)
        sync(out)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror or error}.") from error
    return counts
