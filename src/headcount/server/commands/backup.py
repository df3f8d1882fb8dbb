"""``backup``: one file with the warehouse and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headcount._refused import Refused
from headcount.server.commands.companions import read_companions
from headcount.server.data.opened import OpenData
from headcount.warehouse import WarehouseUnavailable


def backup(data: OpenData, arguments: Mapping[str, Any]) -> None:
    """Write a backup to ``file``: the warehouse with all that was acknowledged, the publications, and hashes of tokens.

    The key is not in it. Raises `Refused` where the file cannot be written.
    """
    target = Path(arguments["file"])
    (data.catch_up if data.serving is None else data.loader.load)()
    try:
        data.warehouse.backup(target, read_companions(data.directory))
        target.chmod(0o600)
    except (OSError, WarehouseUnavailable) as error:
        reason = str(error).partition("\n")[0]
        if isinstance(error, WarehouseUnavailable) and str(target.absolute()) not in reason:
            raise  # the warehouse cannot be read
        raise Refused(f"{target} cannot be written: {reason}.") from error
