"""The reporter inside a master. In ``master.cfg``: ``c.setdefault('configurators',
[]).append(util.UsageData(url='https://…'))``.

Buildbot's entry point imports this module, so it imports nothing that can fail, and nothing that takes
time.
"""

from __future__ import annotations

from headcount.client._usage_data import UsageData

TYPE_CHECKING = False  # typing's own, without its import
if TYPE_CHECKING:
    from typing import IO

__all__ = ["UsageData", "preview"]


def preview(
    path: str, out: IO[str], err: IO[str], *, level: str | None = None, show: str = "bytes", reset_id: bool = False
) -> int:
    """Print the report that the master at ``path`` would send; see `headcount.client._preview`. Needs Buildbot."""
    from headcount.client import _preview

    return _preview.preview(path, out, err, level=level, show=show, reset_id=reset_id)
