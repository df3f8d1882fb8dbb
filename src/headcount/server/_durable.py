"""Files that are whole and on the disk before they have their name, and that only their owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from headcount.ingest import sync_directory


def write_durably(path: Path, content: bytes) -> None:
    """Make a file, or put another in its place. Raises OSError where it cannot be written; then all is as it was."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    sync_directory(path.parent)
