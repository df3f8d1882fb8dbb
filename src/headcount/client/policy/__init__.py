"""The policy of a site with many masters: what none of its configurations can exceed.

`in_force` reads it from a file and the environment, `applied` holds a setting to it; `allowed` does both for a master.
"""

from __future__ import annotations

from headcount.client.policy._file import DEFAULT_PATH, LARGEST
from headcount.client.policy._policy import NONE, OPTIONS, Policy, WrongPolicy, allowed, applied, in_force

__all__ = ["DEFAULT_PATH", "LARGEST", "NONE", "OPTIONS", "Policy", "WrongPolicy", "allowed", "applied", "in_force"]
