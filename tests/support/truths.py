"""Reports of a fleet as the oracle takes them: when each was received, and what is true of its sender."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from headcount.fleet import Truth

UNTIL = date(2026, 10, 31)
GIT, SHELL, WORKER = "buildbot.steps.source.git.Git", "buildbot.steps.shell.ShellCommand", "buildbot.worker.base.Worker"
KINDS = {GIT: "step", SHELL: "step", WORKER: "worker", "custom": "other"}
Reports = list[tuple[int, Truth]]


def on(day: str, install: str | None, hour: int = 12, **facts: Any) -> tuple[int, Truth]:
    """A report of an installation on a day."""
    received = int(datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00").timestamp())
    if "plugins" in facts:
        facts["kinds"] = {base: KINDS[base] for base, _ in facts["plugins"]}
    return received, Truth(install, "stock", "basic", facts.pop("versions", {}), **facts)
