"""Hosts of a network of their own, which can be cut off from one another: what they send each other is lost.

Each host is a network namespace, and so is the router between them; none has a way out, and the machine's own network does
not change. Needs Linux, and root.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import TracebackType
from typing import Self

from headcount.cli import main as headcount_main

_NEW_NET = 0x40000000  # CLONE_NEWNET
_LOOPBACK = "ip link set lo up"
_FORWARD = "echo 1 > /proc/sys/net/ipv4/ip_forward"


class Host:
    """A host: its address, and the beginning of a command line that runs the rest on it."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self.address = address
        self.namespace = Path(f"/proc/{process.pid}/ns/net")
        self.entrance = ("nsenter", f"--net={self.namespace}")

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Have the sockets that this thread makes be the host's, and those of all processes and threads that it starts."""
        with Path("/proc/thread-self/ns/net").open() as before:
            enter(self.namespace)
            try:
                yield
            finally:
                _enter(before.fileno())


class Network:
    """So many hosts; every two of them reach each other. Ended by `stop`, or by leaving its ``with``."""

    def __init__(self, hosts: int) -> None:
        """Raises subprocess.CalledProcessError where the machine does not permit it: see `networks_missing`."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._rules: list[str] = []
        try:
            router = self._namespace(f"{_LOOPBACK} && {_FORWARD}")
            self._router = Host("198.18.0.1", router)
            self.hosts = tuple(self._host(number, router) for number in range(1, hosts + 1))
        except BaseException:
            self.stop()
            raise

    def cut(self, some: tuple[Host, ...], others: tuple[Host, ...]) -> None:
        """Lose from now on what any of these hosts and any of the others send each other."""
        pairs = [*product(some, others), *product(others, some)]
        rules = [f"from {one.address} to {other.address} blackhole" for one, other in pairs]
        self._rules += rules
        _ip(self._router, [f"rule add {rule}" for rule in rules])

    def heal(self) -> None:
        """Let everything pass again."""
        _ip(self._router, [f"rule del {rule}" for rule in self._rules])
        self._rules.clear()

    def stop(self) -> None:
        """Give the hosts up; a namespace goes with its last process."""
        for process in self._processes:
            process.communicate()
        self._processes.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _namespace(self, script: str) -> subprocess.Popen[bytes]:
        """Start a process in a namespace of its own, which ends with this one."""
        command = ["unshare", "--net", "sh", "-ec", f"{script}; echo up; exec cat"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._processes.append(process)
        assert process.stdout is not None
        if process.stdout.readline() != b"up\n":
            raise subprocess.CalledProcessError(process.wait(), command)
        return process

    def _host(self, number: int, router: subprocess.Popen[bytes]) -> Host:
        host = Host(f"198.18.{number}.2", self._namespace(_LOOPBACK))
        gate = f"198.18.{number}.1"
        process = self._processes[-1]
        link = f"link add to{number} netns {router.pid} type veth peer name eth0 netns {process.pid}"
        subprocess.run(["ip", *link.split()], check=True)
        _ip(self._router, [f"addr add {gate}/24 dev to{number}", f"link set to{number} up"])
        _ip(host, [f"addr add {host.address}/24 dev eth0", "link set eth0 up", f"route add default via {gate}"])
        return host


def networks_missing() -> str | None:
    """Why there can be no `Network` here; None where there can."""
    if not all(any((Path(place) / name).exists() for place in _PLACES) for name in ("ip", "nsenter", "unshare")):
        return "hosts of a network of their own need: apt-get install -y iproute2 util-linux"
    try:
        Network(1).stop()
    except (OSError, subprocess.CalledProcessError):
        return "namespaces of the network are not permitted here: run as root"
    return None


_PLACES = (*os.get_exec_path(), "/usr/sbin", "/sbin")


def enter(namespace: Path) -> None:
    """Move this thread to a namespace of the network. Raises OSError."""
    with namespace.open() as file:
        _enter(file.fileno())


def main() -> int:
    """Run the ``headcount`` command of ``sys.argv`` in the namespace that is its first word."""
    namespace, *words = sys.argv[1:]
    enter(Path(namespace))
    return headcount_main(words)


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _NEW_NET) != 0:
        raise OSError(ctypes.get_errno(), "a namespace of the network cannot be entered")


def _ip(host: Host, commands: list[str]) -> None:
    subprocess.run(
        [*host.entrance, "ip", "-batch", "-"], input="".join(f"{each}\n" for each in commands), text=True, check=True
    )
