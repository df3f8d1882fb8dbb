"""What the server and the process that draws send each other.

The server sends jobs, each a JSON object: ``what`` is a format, or ``picture``, and ``answer`` the answer; with a
picture go its ``kind`` and the answer ``beside``, or null. The process sends `READY` once, and then for each job `DONE` with
the result behind it, or `FAILED`.
"""

from __future__ import annotations

READY, DONE, FAILED = b"r", b"d", b"f"

DEADLINE = 30.0
"""Seconds that a job may take. A little later the process ends itself, in case that its server is dead."""
