"""A machine that is another: files of its own, and a network in which no name server answers. Needs Linux, and root."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_UP = 0x1 | 0x40  # IFF_UP, IFF_RUNNING
_SIOCSIFFLAGS = 0x8914


def namespaces_missing() -> str | None:
    """Why there can be none here; None where there can."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return "unshare is missing; install with: apt-get install -y util-linux"
    tried = subprocess.run(
        [unshare, "--net", "--mount", "mount", "--bind", "/etc/hosts", "/etc/hosts"], capture_output=True, check=False
    )
    return (
        None if tried.returncode == 0 else "namespaces of mounts and of the network are not permitted here: run as root"
    )


def with_files(files: Mapping[str, Path]) -> list[str]:
    """The beginning of a command line whose rest then sees other files under some absolute paths."""
    binds = [f"mount --bind {shlex.quote(str(file))} {path}" for path, file in files.items()]
    return ["unshare", "--mount", "sh", "-c", " && ".join([*binds, 'exec "$@"']), "sh"]


def as_unit(data: Path, user: int) -> list[str]:
    """The same for a process as the shipped unit runs it: another user's, which can write in ``data`` alone.

    Its ``/tmp`` is its own. Python, and what it imports here, can be read there also where a directory of root's holds them.
    """
    shown = [Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[2], data]
    hidden = {Path("/tmp"), *(each for path in shown[:3] for each in path.parents if not each.stat().st_mode & 0o001)}
    steps = ["mount -t tmpfs tmpfs /mnt"]
    for number, path in enumerate(shown):
        steps += [f"mkdir /mnt/{number}", f"mount --bind {shlex.quote(str(path))} /mnt/{number}"]
    steps += ["mount -o remount,bind,ro /"]
    steps += [f"mount -t tmpfs -o mode=1777 tmpfs {shlex.quote(str(path))}" for path in sorted(hidden)]
    for number, path in enumerate(shown):
        steps += [f"mkdir -p {shlex.quote(str(path))}", f"mount --bind /mnt/{number} {shlex.quote(str(path))}"]
    become = f'exec setpriv --reuid {user} --regid {user} --clear-groups "$@"'
    return ["unshare", "--mount", "sh", "-ec", "\n".join([*steps, become]), "sh"]


def with_silent_dns(directory: Path, options: str) -> list[str]:
    """The same for a machine whose network is loopback alone, and whose name server takes questions and never answers.

    ``options`` are those of ``resolv.conf``, such as ``timeout:1 attempts:1``. ``directory`` takes the files; the machine's
    own name stands in its ``hosts``, so it is known for as long as it does.
    """
    (directory / "resolv.conf").write_text(f"nameserver 127.0.0.1\noptions {options}\n")
    (directory / "hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
    files = with_files({"/etc/resolv.conf": directory / "resolv.conf", "/etc/hosts": directory / "hosts"})
    return ["unshare", "--net", *files, sys.executable, __file__]


def _main() -> None:
    """Inside: bring loopback up, listen as a name server would, and become what the rest of the command line says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP))
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 53))
    os.set_inheritable(silent.fileno(), True)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    _main()
