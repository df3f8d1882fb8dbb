"""``publish``: the tables of the last week that is over, once for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headcount._refused import Refused
from headcount.questions import TooFew
from headcount.server.data.opened import OpenData
from headcount.server.data.publications import Withheld


def publish(data: OpenData, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Publish the week that is due; return its name, its ``k``, and whether it is ``new``. Raises `Refused`.

    ``k``: the threshold; a server publishes with its own.
    """
    k, settle = (arguments["k"], data.catch_up) if data.serving is None else (data.serving.k, data.loader.load)
    try:
        publication, new = data.publications.publish(data.warehouse, k, settle)
    except (TooFew, Withheld, ValueError) as error:
        raise Refused(f"nothing is published: {error}.") from error
    return {"week": publication.week, "k": publication.k, "new": new}
