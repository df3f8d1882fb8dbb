"""Files in the master's directory."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LAST_REPORT = "usage-report.json"
"""The report that was last sent, whole."""


def write_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone can read, or leave it where the directory cannot be written."""
    temporary = path.with_name(path.name + ".new")
    with suppress(OSError):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
