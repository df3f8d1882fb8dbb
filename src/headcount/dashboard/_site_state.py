"""What is said at the top of every page, whatever else it shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SiteState:
    """What a reader must know of the collector before any figure of it."""

    address: str = ""
    """Where masters send reports and browsers find the pages, without a slash at the end; empty: it is not known."""
    is_simulated: bool = False
    """Whether a simulation made up reports that are held."""
    has_real: bool = False
    """Whether real reports are among those."""
    is_empty: bool = False
    """Whether no report ever came."""
    stale_since: str = ""
    """When the newest report came, UTC to the minute, where that is long ago; else empty."""
    is_failing: bool = False
    """Whether what came lately cannot be loaded, or the warehouse cannot be read."""

    def public(self) -> SiteState:
        """Return what anybody may know of it."""
        return SiteState(address=self.address, is_simulated=self.is_simulated, has_real=self.has_real)
