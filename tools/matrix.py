"""Makes the pins of the version matrix again, as what its requirements give today: ``python -m tools.matrix [NAME…]``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.environments import PINS, make

# What a release needs to be installed today; a name is of a release of Buildbot, and of a Python.
_OLD = ("Twisted<22", "SQLAlchemy<1.4", "Jinja2<3.1", "MarkupSafe<2.1", "zope.interface<6", "setuptools<66", "wheel")
REQUIREMENTS = {
    "buildbot-2.10-python-3.11": ("buildbot==2.10.*", *_OLD),
    "buildbot-3.11-python-3.11": ("buildbot==3.11.*",),
    "buildbot-4.0-python-3.11": ("buildbot==4.0.*", "Twisted<24.8"),
    "buildbot-4.2-python-3.11": ("buildbot==4.2.*",),
    "buildbot-4.3-python-3.9": ("buildbot==4.3.*",),
    "buildbot-4.3-python-3.10": ("buildbot==4.3.*",),
    "buildbot-4.3-python-3.12": ("buildbot==4.3.*",),
    "buildbot-4.3-python-3.13": ("buildbot==4.3.*",),
}


def pins(name: str) -> str:
    """The lines of pins of an environment: what pip installs for its requirements, each ``name==version``."""
    with tempfile.TemporaryDirectory() as directory:
        requirements = Path(directory) / "requirements.txt"
        requirements.write_text("\n".join(REQUIREMENTS[name]))
        python = make(Path(directory) / "environment", name.rpartition("-python-")[2], requirements)
        frozen = subprocess.run([python, "-m", "pip", "freeze", "--all"], capture_output=True, text=True, check=True)
    wanted = any(one.startswith("setuptools") for one in REQUIREMENTS[name])
    left_out = ("pip==",) if wanted else ("pip==", "setuptools==")
    return "".join(f"{line}\n" for line in frozen.stdout.splitlines() if not line.startswith(left_out))


def main() -> None:
    """Write the pins of the environments that are named, or of all."""
    for name in sys.argv[1:] or REQUIREMENTS:
        (PINS / f"{name}.txt").write_text(pins(name))


if __name__ == "__main__":
    main()
