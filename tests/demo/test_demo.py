"""The demo, as `make demo` runs it without a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.ci
def test_the_demo_tells_its_story_and_ends() -> None:
    """Both masters report, the scrub is shown, the answers count them, and nothing is left running."""
    done = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    assert done.stderr == ""
    told = done.stdout
    before, after = (
        int(text.replace(",", "")) for text in re.findall(r"([\d,]+) (?:installations were alive|are now)", told)
    )
    assert (before > 1500, after) == (True, before + 2)
    for private in ("secret-project", "internal.example", "DeployStep", "prod.internal", "hidden", "alice"):
        assert private not in told
    assert '">>buildbot.steps.shell.ShellCommand": 2' in told
    assert re.search(r"takeover_of_globex/BlueprintStep\n +→ custom", told)
    for title in ("Installations by state", "Versions by buildbot", "Plugins by step"):
        assert title in told
    assert re.search(r"The page with the charts: http://127\.0\.0\.1:\d+/\?token=\S+", told)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(ROOT / "build" / "demo") not in left
