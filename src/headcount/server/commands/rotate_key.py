"""``rotate-key``: a new pseudonym key, under which every installation is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount.ingest import replace_key
from headcount.server.data.opened import OpenData


def rotate_key(data: OpenData, _: Mapping[str, Any]) -> int:
    """Put a new key in the place of the old one; return how many installations there were. Raises `Refused`.

    Whoever opens the warehouse next writes down the new key.
    """
    data.directory.refuse_ingest_processes()
    data.catch_up()
    count = data.warehouse.forget_key()
    replace_key(data.directory.key)
    return count
