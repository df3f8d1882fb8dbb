"""``restore``: a backup in the place of the warehouse, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from headcount._progress import show
from headcount._refused import Refused
from headcount.ingest import Pseudonymizer, load_key
from headcount.server.commands.companions import missing
from headcount.server.data.directory import DataDirectory
from headcount.server.data.opened import OpenData
from headcount.server.data.restoration import commit, prepared_warehouse
from headcount.warehouse import WarehouseUnavailable


def restore(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Put a backup in the place of the warehouse, and beside it what is missing there.

    ``file``: where it is, or None to begin anew with an empty warehouse.

    What waits in inboxes, who was erased since, and what was published since stay as they are. A week that may have been
    published since, and whose file is not there, is not published again. Returns how many ``publications`` and ``records``
    were put back, and whether the ``tokens`` were. Raises `Refused`, also where the key that the backup was made with is
    missing.
    """
    directory, file = data.directory, arguments["file"]
    if data.store.shared:
        raise Refused(
            f"the warehouse {directory.remembered_url} is on its servers: what they kept at `headcount freeze` is put back "
            "there, as the operator's page says; `headcount import` takes what `headcount export` wrote into an empty one."
        )
    fingerprint = _fingerprint(directory, file)
    data.own()
    try:
        with data.copies.directory() as prepared:
            warehouse = prepared_warehouse(prepared, directory)
            companions: Mapping[str, bytes] = {}
            if file is not None:
                shutil.copyfile(file, warehouse)
                companions = _open(directory, warehouse, file, fingerprint)
            files = missing(directory, companions)
            _make_ready(data, warehouse, file, fingerprint, files)
            commit(directory, prepared, files)
    except OSError as error:
        raise Refused(f"{error.filename or file or directory.path} cannot be restored: {error.strerror}.") from error
    data.catch_up()
    counts = {
        kind.name: sum(name.startswith(f"{kind.name}/") for name in files)
        for kind in (directory.publications, directory.records)
    }
    return {**counts, "tokens": directory.tokens.name in files}


def _fingerprint(directory: DataDirectory, file: str | None) -> str:
    try:
        return Pseudonymizer(load_key(directory.key, create=False)).fingerprint
    except (ValueError, OSError):
        if file is None:
            raise Refused(
                f"the pseudonym key is not there: put it back at {directory.key}, or begin anew in another directory."
            ) from None
        raise Refused(
            f"the pseudonym key is not there: put the key that {file} was made with at {directory.key}, since a backup does "
            "not hold it."
        ) from None


def _open(directory: DataDirectory, warehouse: Path, file: str, fingerprint: str) -> Mapping[str, bytes]:
    """Check ``warehouse``, a copy of the backup ``file``, and return the files that went with it, which are taken out."""
    from headcount.warehouse.duckdb import open_backup  # noqa: PLC0415  # only who has a file needs DuckDB

    try:
        backup = open_backup(warehouse)
    except WarehouseUnavailable as error:
        raise Refused(f"{file} cannot be read as a backup: {error}.") from error
    except ValueError:
        raise Refused(f"{file} is no backup of Headcount's.") from None
    if backup.key not in (None, fingerprint):
        raise Refused(
            f"{file} was made with another pseudonym key: put that one at {directory.key} first, or every installation "
            "is new."
        )
    return backup.companions


def _make_ready(
    data: OpenData, warehouse: Path, file: str | None, fingerprint: str, files: Mapping[str, bytes]
) -> None:
    """Bring the tables of a copy up to date, and note in it what is not published of it."""
    from headcount.warehouse.duckdb import DuckWarehouse  # noqa: PLC0415  # likewise

    name = file or "an empty warehouse"
    try:
        with closing(DuckWarehouse(warehouse, fingerprint, progress=show)) as ready:
            if ready.problem is not None:
                raise Refused(f"{name} cannot be restored: {ready.problem}.")
            data.publications.withhold(ready, files)
            data.records.withhold(ready)
    except WarehouseUnavailable as error:
        raise Refused(f"{name} cannot be restored: {error}.") from error
    if [*warehouse.parent.iterdir()] != [warehouse]:
        raise Refused(f"{name} cannot be restored: its copy could not be closed whole.")
