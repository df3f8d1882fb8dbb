"""``rotate-key``: a new pseudonym key, under which every installation is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.server.data.keys import replaceable_key, rotate
from headcount.server.data.opened import OpenData


def rotate_key(data: OpenData, _: Mapping[str, Any]) -> int:
    """Put a new key in the place of the old one; return how many installations there were. Raises `Refused`.

    Nobody else gets the key meanwhile. Whoever opens the warehouse next writes down the new one.
    """
    if data.store.shared:
        raise Refused(
            "other processes may load under the key into this warehouse, so that it is not replaced: begin anew, with a new "
            "data directory and another database."
        )
    data.own()
    with replaceable_key(data.directory):
        data.catch_up()
        if data.inboxes.unreadable:
            names = ", ".join(sorted(path.name for path in data.inboxes.unreadable))
            raise Refused(
                f"reports may wait under the old key in {names}, which cannot be loaded: `headcount doctor` says why; mend "
                "or remove what it names first."
            )
        count = data.warehouse.forget_key()
        rotate(data.directory)
    return count
