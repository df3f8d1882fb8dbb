"""The line of a notice in the master's log."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from headcount.contract import Notice


def line(url: str, notice: Notice) -> str:
    """Return the line for a notice of the collector at ``url``: it says first whose words these are."""
    return f"notice from {urlsplit(url).hostname}: {notice.text} ({notice.link}, until {notice.until})"
