"""A process that sees another host: its names, its users, its distribution and its kernel.

Names, users and distribution are real, in namespaces of the process's own; the kernel's strings no namespace can change, so
Python is told them by a module that it imports at its start.
"""

from __future__ import annotations

import functools
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SITE = """
import os

_uname = os.uname

def uname():
    real = _uname()
    return os.uname_result((real.sysname, real.nodename, {release!r}, {build!r}, real.machine))

os.uname = uname
"""


@dataclass(frozen=True)
class Host:
    """What a host says of itself; ``os_release`` is the text of the file, ``release`` and ``build`` are the kernel's."""

    name: str
    domain: str
    user: str
    os_release: str
    release: str
    build: str


def disguise(host: Host, directory: Path, site: Path) -> list[str]:
    """The beginning of a command that makes the rest of it run on ``host``; its files are kept in ``directory``.

    ``site``: a directory on the command's ``PYTHONPATH``.
    """
    (site / "sitecustomize.py").write_text(_SITE.format(release=host.release, build=host.build))
    full = f"{host.name}.{host.domain}"
    texts = {
        "/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {full} {host.name}\n",
        "/etc/passwd": f"{host.user}:x:0:0:{host.user}:/tmp:/bin/sh\n",
        "/etc/os-release": host.os_release,
    }
    script = ["set -e", f"hostname {shlex.quote(host.name)}"]
    for place, text in texts.items():
        file = directory / Path(place).name
        file.write_text(text)
        script.append(f"mount --bind {shlex.quote(str(file))} {place}")
    return [*(_unshare() or ()), "sh", "-c", "; ".join([*script, 'exec "$@"']), "sh"]


@functools.lru_cache(maxsize=1)
def hosts_missing() -> str | None:
    """Why a process cannot be disguised here; None where it can."""
    missing = [name for name in ("unshare", "mount", "hostname") if shutil.which(name) is None]
    if missing:
        return f"a host of its own needs {', '.join(missing)}: apt-get install -y util-linux mount hostname"
    return None if _unshare() else "namespaces of hosts and mounts are not permitted here"


@functools.lru_cache(maxsize=1)
def _unshare() -> list[str] | None:
    """The command that makes the namespaces: with one of users where one who is not root may make them so."""
    for command in (["unshare", "--uts", "--mount"], ["unshare", "--map-root-user", "--uts", "--mount"]):
        trial = [*command, "sh", "-c", "hostname h1 && mount --bind /etc/hosts /etc/passwd && hostname"]
        if subprocess.run(trial, capture_output=True, text=True, check=False).stdout == "h1\n":
            return command
    return None
