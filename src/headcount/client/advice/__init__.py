"""What can be told an administrator of the master at hand, computed where it stands."""

from __future__ import annotations

from headcount.client.advice._concern import Concern

__all__ = ["Concern"]
