"""What can be told an administrator of the master at hand, computed where it stands."""

from __future__ import annotations

from headcount.client.advice._concern import Concern
from headcount.client.advice._scan import find
from headcount.client.advice._sources import Source, read_sources

__all__ = ["Concern", "Source", "find", "read_sources"]
