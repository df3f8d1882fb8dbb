"""Putting a backup in the place of the warehouse, whole or not at all, whenever the process is killed.

What is to be in place afterwards is prepared in a directory of its own. Renaming that is the moment at which the data are
those of the backup: whoever owns the data directory next carries on from there.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from headcount._disk import sync, write_durably
from headcount.server.data.directory import DataDirectory


def prepared_warehouse(prepared: Path, data: DataDirectory) -> Path:
    """Return where the warehouse lies in a directory that is prepared."""
    return prepared / data.warehouse.name


def commit(data: DataDirectory, prepared: Path, files: Mapping[str, bytes]) -> None:
    """Let the data be those of a prepared directory, which holds the warehouse; beside it ``files`` take their places.

    ``files``: by names relative to the data directory. For the owner of the directory, who has not opened the warehouse.
    Raises OSError: then the data are as they were, or the next owner finishes it.
    """
    for name, content in files.items():
        path = prepared / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(path, content)
    sync(prepared_warehouse(prepared, data))
    sync(prepared)
    prepared.rename(data.restored)
    sync(data.path)
    finish(data)


def finish(data: DataDirectory) -> None:
    """Carry on a restore that was ended after its decision, if there is one. Raises OSError.

    Each step can be repeated. The warehouse goes last: as long as it is in the prepared directory, the log that lies beside
    the warehouse's place is of the one before.
    """
    prepared = data.restored
    if not prepared.is_dir():
        return
    warehouse = prepared_warehouse(prepared, data)
    for path in sorted(path for path in prepared.rglob("*") if path.is_file() and path != warehouse):
        place = data.path / path.relative_to(prepared)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(place)
        sync(place.parent)
    if warehouse.exists():
        from headcount.warehouse.duckdb import put_in_place  # noqa: PLC0415  # only who has a file needs DuckDB

        data.note_warehouse()
        put_in_place(warehouse, data.warehouse)
    shutil.rmtree(prepared)
    sync(data.path)
