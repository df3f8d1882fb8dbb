"""``lookup`` and ``erase``: what is held of an installation, for the operator by its id alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.contract import INSTALL_ID
from headcount.server.data.opened import OpenData


def look_up(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, object] | None:
    """Return what is held under ``id``; None where nothing is held. Raises `Refused`."""
    install = _install_id(arguments)
    data.catch_up()
    return data.installations.lookup(data.installations.of_operator(install))


def erase(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, object] | None:
    """Remove what is held under ``id``, off the disk too; return the receipt, or None where nothing is held.

    Raises `Refused`.
    """
    install = _install_id(arguments)
    data.catch_up()
    return data.installations.erase_at_once(data.installations.of_operator(install))


def _install_id(arguments: Mapping[str, Any]) -> str:
    install = str(arguments["id"])
    if not INSTALL_ID.fullmatch(install):
        raise Refused("an install id has 40 hexadecimal digits, in lower case.")
    return install
