"""The request for a collector's notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headcount.client._get import DEADLINE, NotFetched, get
from headcount.contract import LARGEST_NOTICES, NOTICES_PATH, read_notices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.client._exchange import Exchange
    from headcount.contract import Notice


def fetch(
    url: str,
    environment: Mapping[str, str] | None = None,
    deadline: float = DEADLINE,
    *,
    exchange: Exchange | None = None,
) -> tuple[Notice, ...]:
    """Return the notices of the collector at ``url``, whole; the parameters are those of `get`.

    Raises `NotFetched`, whatever the collector or the network does.
    """
    body = get(url, NOTICES_PATH, LARGEST_NOTICES, environment, deadline, exchange=exchange)
    try:
        return read_notices(body)
    except ValueError:
        raise NotFetched("what the collector gives as notices are none") from None
