"""What a command was told of the warehouse. It imports nothing that takes long: most commands are done by a server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Given(NamedTuple):
    """The URL of the warehouse, and a file of settings, each None unless given. The rest is in the environment."""

    warehouse: str | None = None
    config: Path | None = None


NOTHING = Given()
"""Nothing was said of it."""
