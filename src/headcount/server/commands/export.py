"""``headcount export``: what is held of reports, as Parquet, through the server that runs or from the data itself."""

from __future__ import annotations

import http.client
import shutil
from pathlib import Path

from headcount.server.commands.connection import LONG, exchange, running_server
from headcount.server.commands.export_files import PARTS, write_export
from headcount.server.data.directory import BadData, open_data
from headcount.server.data.opened import at_hand


def export(path: Path, out: Path) -> dict[str, int]:
    """Export a data directory into a new directory; return how many profiles and sightings.

    Raises `BadData` or `NoAnswer`.
    """
    data = open_data(path, create=False)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadData(f"{out} is there already: give a directory that is not.")
    with running_server(data) as connection:
        if connection is not None:
            reply = exchange(connection, "POST", "/export", patience=LONG)
            if reply.status != http.client.OK:
                raise reply.refused()
            written, counts = Path(reply.body["directory"]), reply.body["counts"]
        else:
            with at_hand(data) as kept:
                written, counts = write_export(kept.warehouse, data, kept.pseudonymizer)
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in PARTS:
            shutil.move(written / name, out / name)
    except OSError as error:
        raise BadData(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(written, ignore_errors=True)
    return dict(counts)
