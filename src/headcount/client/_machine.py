"""The facts of the machine. Reading them may block (a slow name server), so it never runs in the reactor's thread."""

from __future__ import annotations

import platform
import re
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from headcount.contract import distribution, kernel, public

OS_RELEASE = Path("/etc/os-release")

_LONGEST = 100  # characters of a version that is looked into
_VERSION = re.compile(
    r"v?(?:(?P<date>20\d\d\.\d\d\.\d\d)|(?P<number>\d+\.\d+(?:\.\d+)?))"
    r"(?P<before>[._-]?(?:a|b|c|rc|alpha|beta|pre)[._-]?\d*)?(?:[._-]?post\d*|-p\d+)?"
    r"(?P<development>[._-]?dev[._-]?\d*|-\d+-g[0-9a-f]+)?",
    re.ASCII,
)


def machine(*, full: bool, os_release: Path = OS_RELEASE) -> dict[str, Any]:
    """Return ``versions`` and ``platform`` of a report, and at ``full`` the ``build`` of Buildbot, in their public forms.

    Values that have none are left out.
    """
    buildbot = _buildbot()
    versions = {
        "Buildbot": buildbot,
        "Python": ".".join(map(str, sys.version_info[:3])),
        "Twisted": _installed("Twisted"),
        "SQLAlchemy": _installed("SQLAlchemy") if full else None,
    }
    system = platform.system()
    facts = {
        "system": system,
        "machine": platform.machine(),
        "distro": _distribution(system, os_release),
        "version": kernel(platform.release()),
        "python_implementation": platform.python_implementation(),
    }
    shown: dict[str, Any] = {"versions": _public("versions", versions), "platform": _public("platform", facts)}
    return {**shown, "build": build(buildbot)} if full else shown


def build(version: str) -> str:
    """Return how a Buildbot of this version was built, as far as its version tells.

    ``release``: as it was published, a post-release too. ``pre-release``: an alpha, beta or release
    candidate. ``development``: from a tree of sources, to which Buildbot itself gives the number of commits
    since the last release, or a date. ``local``: by a version that Buildbot gives to none.
    """
    match = _VERSION.fullmatch(version) if len(version) <= _LONGEST else None
    if match is None:
        return "local"
    if match["development"] or match["date"]:
        return "development"
    if public("versions.Buildbot", match["number"]) is None:
        return "local"
    return "pre-release" if match["before"] else "release"


def full_name() -> str:
    """Return the host's full domain name, as stock Buildbot asks for it. Takes as long as the name server takes."""
    return socket.getfqdn()


def _public(section: str, values: dict[str, str | None]) -> dict[str, Any]:
    shown = {key: public(f"{section}.{key}", value) for key, value in values.items() if value}
    return {key: value for key, value in shown.items() if value is not None}


def _buildbot() -> str:
    import buildbot

    return str(buildbot.version)


def _installed(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _distribution(system: str, os_release: Path) -> str | None:
    if system == "Linux":
        return _linux(os_release)
    if system == "Darwin":
        return distribution("macos", platform.mac_ver()[0])
    if system == "Windows":
        return distribution("windows", platform.win32_ver()[0])
    return distribution(system, platform.release())


def _linux(os_release: Path) -> str | None:
    try:
        text = os_release.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    values = {}
    for line in text.splitlines():
        key, found, value = line.partition("=")
        if found:
            values[key.strip()] = value.strip().strip("\"'")
    return distribution(values.get("ID", ""), values.get("VERSION_ID") or values.get("VERSION_CODENAME", ""))
