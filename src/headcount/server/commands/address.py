"""``ask --open``: where the pages of the server are that runs on a data directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.server.data.opened import OpenData


def address(data: OpenData, _: Mapping[str, Any]) -> str:
    """Return the address of the server, without a slash at its end. Raises `Refused` where none runs."""
    if data.serving is None:
        raise Refused(
            f"no server runs on {data.directory.path}: start one with `headcount serve`, or say with --url which is meant."
        )
    return data.serving.url
