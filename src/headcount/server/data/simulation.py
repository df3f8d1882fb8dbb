"""The mark of a data directory whose reports a simulation made up, and whether real ones are among them."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from headcount._disk import write_durably

_PREFIX = "simulated-"


class Origin(Enum):
    """Whose reports a data directory holds; the value is what the mark says."""

    REAL = ""
    SIMULATED = "simulated\n"
    MIXED = "simulated, and real ones among them\n"


class SimulationMark:
    """A file that is there from the first simulated report on, and stays: what was simulated is in all answers since.

    It goes into backups, and comes back from one. Only another data directory is without it.
    """

    def __init__(self, path: Path) -> None:
        """``path``: the file; it need not be there."""
        self._path = path

    def origin(self) -> Origin:
        """Return whose reports there are; whatever else the file says, they are not all real. Raises OSError."""
        try:
            content = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return Origin.REAL
        return Origin.MIXED if content == Origin.MIXED.value else Origin.SIMULATED

    def set(self, origin: Origin) -> None:
        """Write the mark, durably. Raises OSError."""
        write_durably(self._path, origin.value.encode("ascii"))


def simulated_inbox(what: object) -> str:
    """Return the name of an inbox through which a simulated fleet comes; ``what``: its seed, or what brings it."""
    return f"{_PREFIX}{what}"


def is_simulated(inbox: str) -> bool:
    """Return whether what came through an inbox, by its name, was simulated."""
    return inbox.startswith(_PREFIX)
