"""Real masters of several releases, with stock's reporter, against a real server."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.environments import missing, prepared
from tests.support.masters import REPORTING, SMALL, make_master, start
from tests.support.requires import require
from tests.support.serving import Served, serving

OLDER = {"2.10.5": "buildbot-2.10-python-3.11", "4.0.4": "buildbot-4.0-python-3.11"}
NEWEST = "4.3.0"


@pytest.mark.ci
def test_masters_of_three_releases_report(tmp_path: Path, wheel: Path) -> None:
    """Which release each runs and what it has come out right; a restart sends the report again, and changes no answer."""
    for name in OLDER.values():
        require(missing(name))
    pythons = {release: prepared(name, wheel) for release, name in OLDER.items()} | {NEWEST: Path(sys.executable)}
    with serving(tmp_path / "data", tmp_path / "stderr") as server:
        # not all of the environments have the package of the worker, which a LocalWorker needs
        configuration = SMALL.replace("LocalWorker('w1')", "Worker('w1', 'secret')") + REPORTING.format(url=server.url)
        masters = {
            release: make_master(tmp_path / release, configuration, python) for release, python in pythons.items()
        }
        with ExitStack() as stack:
            for master in masters.values():
                stack.enter_context(start(master))
            for master in masters.values():
                master.wait_for("buildbot.net said:")
        server.wait_for_installations(len(masters))
        told = _answers(server)
        with start(masters[NEWEST]):
            masters[NEWEST].wait_for("buildbot.net said:")
        assert server.stop() == ""
    with serving(tmp_path / "data", tmp_path / "stderr") as server:  # which has loaded all that came
        assert _answers(server) == told
    versions, plugins, _ = told
    assert {row["version"]: row["installations"] for row in versions} == dict.fromkeys(masters, 1)
    counts = {row["plugin"]: (row["installations"], row["instances"]) for row in plugins}
    for name in ("config.builder.BuilderConfig", "steps.shell.ShellCommand", "schedulers.forcesched.ForceScheduler"):
        assert counts[f"buildbot.{name}"] == (len(masters), len(masters))


def _answers(server: Served) -> list[list[dict[str, int | str]]]:
    asked = (("versions", "buildbot.release"), ("plugins", "all"), ("installs", "state"))
    return [server.ask(question, by=by)["rows"] for question, by in asked]
