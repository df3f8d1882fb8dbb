"""``freeze``: what a warehouse in ClickHouse holds now, to be copied away from its servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.server.data.opened import OpenData

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def freeze(data: OpenData, arguments: Mapping[str, Any]) -> list[str]:
    """Have the servers of the warehouse keep what it holds now under ``name``; return them. Raises `Refused`."""
    name = str(arguments["name"])
    if not _NAME.fullmatch(name):
        raise Refused("the name of what is frozen has letters, digits, - and _, 64 of them at most.")
    keep = data.store.freeze
    data.catch_up()
    return keep(name)
