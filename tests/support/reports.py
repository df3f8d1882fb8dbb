"""A report of our reporter that has every field of the catalog, and the paths of the two endpoints."""

from __future__ import annotations

import copy
from typing import Any

REPORTS, PHONE_HOME = "/v1/reports", "/events/phone_home"
"""The endpoint of our reporter, and that of stock Buildbot's: what is on the wire, so no test takes them from the code."""

ENVELOPE = {
    "schema": 2, "vocabulary": "2026.11.24", "report": "0" * 32, "level": "full", "reason": "start", "every": None,
}  # fmt: skip
REPORT: dict[str, Any] = {
    "installid": "a" * 40,
    "versions": {"Buildbot": "4.3.0", "Python": "3.11.7", "Twisted": "26.10.0", "SQLAlchemy": "2.0.40"},
    "platform": {"system": "Linux", "machine": "x86_64", "distro": "debian:12", "version": "6.1",
                 "python_implementation": "CPython"},
    "plugins": {"buildbot.steps.source.git.Git": 2, ">>buildbot.steps.trigger.Trigger": 1, ">>custom": 1},
    "db": "sqlite",
    "mq": "simple",
    "www_plugins": ["waterfall_view", "custom"],
    "builders": [["buildbot.steps.source.git.Git", ">>buildbot.steps.trigger.Trigger"], []],
    "multi_master": False,
    "build": "release",
    "workers": {"4.3.0": "2-5", "0.8.14": "1"},
    "db_driver": "pysqlite",
    "db_server": "3.40",
    "hooks": ["custom", "github"],
    "protocols": ["null", "pb"],
    "configurators": {"buildbot.configurators.janitor.JanitorConfigurator": 1},
    "factories": {"buildbot.process.factory.BuildFactory": 1, ">>buildbot.process.factory.BuildFactory": 1},
    "variety": {"buildbot.steps.trigger.Trigger": "1", "custom": "1"},
    "headcount": ENVELOPE,
}  # fmt: skip


def report(number: int, **changes: Any) -> dict[str, Any]:
    """Return `REPORT` as the installation with this number sends it, with other values for some of its keys."""
    return {**copy.deepcopy(REPORT), "installid": f"{number:040x}", **changes}
