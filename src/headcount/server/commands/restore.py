"""``restore``: a backup in the place of the warehouse."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headcount._disk import sync
from headcount._refused import Refused
from headcount.ingest import Pseudonymizer, load_key
from headcount.server.commands.companions import put_back
from headcount.server.data.directory import DataDirectory
from headcount.server.data.opened import OpenData
from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.duckdb import open_backup


def restore(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Put the backup ``file`` in the place of the warehouse, and beside it what is missing there.

    What waits in inboxes, who was erased since, and what was published since stay as they are. A week that may have been
    published since, and whose file is not there, is not published again. Returns how many ``publications`` were put
    back, and whether the ``tokens`` were. Raises `Refused`, also where the key that the backup was made with is missing.
    """
    source, directory = Path(arguments["file"]), data.directory
    fingerprint = _fingerprint(directory, source)
    fresh = directory.warehouse.with_name(directory.warehouse.name + ".restored")
    data.own()
    try:
        shutil.copyfile(source, fresh)
        companions = _open(directory, fresh, source, fingerprint)
        restored = put_back(directory, companions)
        sync(fresh)
        directory.warehouse.with_name(directory.warehouse.name + ".wal").unlink(missing_ok=True)
        fresh.replace(directory.warehouse)
        sync(directory.path)
    except OSError as error:
        raise Refused(f"{error.filename or source} cannot be restored: {error.strerror}.") from error
    finally:
        for name in (fresh, fresh.with_name(fresh.name + ".wal")):
            name.unlink(missing_ok=True)
    data.catch_up()
    data.publications.withhold(data.warehouse)
    return restored._asdict()


def _fingerprint(directory: DataDirectory, source: Path) -> str:
    try:
        return Pseudonymizer(load_key(directory.key, create=False)).fingerprint
    except (ValueError, OSError):
        raise Refused(
            f"the pseudonym key is not there: put the key that {source} was made with at {directory.key}, "
            "since a backup does not hold it."
        ) from None


def _open(directory: DataDirectory, fresh: Path, source: Path, fingerprint: str) -> Mapping[str, bytes]:
    """Check ``fresh``, a copy of the backup ``source``, and make it a warehouse; return the files that went with it."""
    try:
        backup = open_backup(fresh)
    except WarehouseUnavailable as error:
        raise Refused(f"{source} cannot be read as a backup: {error}.") from error
    except ValueError:
        raise Refused(f"{source} is no backup of Headcount's.") from None
    if backup.key not in (None, fingerprint):
        raise Refused(
            f"{source} was made with another pseudonym key: put that one at {directory.key} first, or every installation "
            "is new."
        )
    return backup.companions
