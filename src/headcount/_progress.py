"""The progress of long work, on a terminal; in a pipe nothing is written."""

from __future__ import annotations

import sys


def show(what: str, share: float) -> None:
    """Write which part of a work is done, from 0 to 1, in place of what was written of it before."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{what}: {share:4.0%} " + ("\n" if share >= 1 else ""))
        sys.stderr.flush()
