"""The reporter inside a master. In ``master.cfg``: ``c['configurators'] = [util.UsageData(url='https://…')]``.

This module is behind Buildbot's entry point, so it imports nothing that can fail, and nothing that takes time.
"""

from __future__ import annotations

from typing import IO

from headcount.client._usage_data import UsageData

__all__ = ["UsageData", "preview"]


def preview(path: str, level: str | None, out: IO[str], err: IO[str]) -> int:
    """Print what the master at ``path`` would send; see `headcount.client._preview`. Needs Buildbot."""
    from headcount.client import _preview

    return _preview.preview(path, level, out, err)
