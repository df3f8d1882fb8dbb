"""``export``: what is held of reports, as Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headcount._refused import Refused
from headcount.server import commands
from headcount.server.data.exports import write_export
from headcount.server.data.opened import OpenData


def export(data: OpenData, _: Mapping[str, Any]) -> dict[str, Any]:
    """Write an export into a directory of its own, from where `export_to` moves it; return both, and its counts."""
    data.catch_up()
    directory, counts = write_export(data.warehouse, data.directory, data.pseudonymizer.fingerprint)
    return {"directory": str(directory), "counts": counts}


def export_to(path: Path, out: Path) -> dict[str, int]:
    """Export a data directory into a new directory; return how many profiles and sightings. Raises `Refused`.

    The files are moved here, so that they belong to the user of the command, and not to the server's.
    """
    try:
        is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from error
    if not is_free:
        raise Refused(f"{out} is there already: give a directory that is not.")
    written = commands.run(path, "export")
    directory = Path(written["directory"])
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in directory.iterdir():
            shutil.move(file, out / file.name)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return dict(written["counts"])
