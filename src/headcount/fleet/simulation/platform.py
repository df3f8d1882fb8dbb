"""The `platform` of a report: in stock's form, release by release (WIRE.md), and in our reporter's."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from headcount.fleet._history import Version
from headcount.fleet.simulation.systems import System

PRIVATE_LINUX = System(
    "Linux", "acmelinux", 0, "other", "acmelinux", "3", "", "Acme Linux", "5.10.0-28-acme", (3, 9)
)  # fmt: skip
"""A distribution that a company built for itself: nobody may learn its name."""

_PROBED = {  # what platform.linux_distribution() of Python 2 returned; for others it returned nothing
    "debian": "debian", "ubuntu": "Ubuntu", "centos": "CentOS Linux", "rocky": "Rocky Linux", "fedora": "Fedora",
    "arch": "arch", "opensuse-leap": "openSUSE Leap", "linuxmint": "LinuxMint", "acmelinux": "acmelinux",
}  # fmt: skip
_MACHINES = {
    ("Windows", "x86_64"): "AMD64", ("Darwin", "aarch64"): "arm64", ("FreeBSD", "x86_64"): "amd64",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Platform:
    """The place where an installation runs. ``machine``: in public form; ``host``: where its kernel was
    built, which the kernel's version reveals.
    """

    system: System
    machine: str
    implementation: str
    python: Version
    host: str | None


Facts = Mapping[str, str | None]


def modern(platform: Platform) -> tuple[dict[str, object], Facts]:
    """Return the platform in our reporter's form, and its truth, which is the same."""
    facts = _facts(platform)
    said: dict[str, object] = {
        "system": facts["system"],
        "machine": facts["machine"],
        "python_implementation": facts["implementation"],
        "distro": facts["distro"],
        "version": facts["kernel"],
    }
    return said, facts


def stock(platform: Platform, buildbot: Version) -> tuple[dict[str, object], Facts]:
    """Return the platform in the form of this release of stock, and what can be known from it."""
    system = platform.system
    machine = _MACHINES.get((system.system, platform.machine), platform.machine)
    facts = _facts(platform)
    said: dict[str, object] = {
        "machine": machine,
        "processor": "" if system.ident in ("debian", "alpine") else machine,
        "python_implementation": platform.implementation,
        "version": _version(platform),
    }
    if buildbot < (0, 9, 4):
        probed = _probe(system)
        said["distro"] = list(probed)
        known = facts["system"] if any(probed) else None
        return said, {**facts, "system": known, "distro": facts["distro"] if any(probed) else None, "kernel": None}
    said["system"] = system.system
    said["platform"] = _description(platform, machine)
    said["distro"] = _distro(system, buildbot)
    if system.system == "FreeBSD" or (system.ident in ("linuxmint", "fedora") and buildbot >= (3, 8)):
        facts = {**facts, "distro": system.ident}  # a bare name, or a code name whose number is not known
    elif buildbot < (0, 9, 5) and system.system == "Linux" and not any(_probe(system)):
        facts = {**facts, "distro": None}
    return said, facts


def is_scrubbed(platform: Platform, buildbot: Version) -> bool:
    """Return whether this release of stock sends something private of the distribution: a name, or a code name."""
    ident = platform.system.ident
    return ident == PRIVATE_LINUX.ident or (ident == "linuxmint" and buildbot >= (3, 8))


def _facts(platform: Platform) -> Facts:
    return {
        "system": platform.system.system,
        "machine": platform.machine,
        "distro": platform.system.public,
        "kernel": ".".join(platform.system.kernel.partition("-")[0].split(".")[:2]),
        "implementation": platform.implementation,
    }


def _probe(system: System) -> tuple[str, str, str]:
    name = _PROBED.get(system.ident)
    if system.system != "Linux" or name is None:
        return "", "", ""
    if system.ident == "arch":
        return name, "Arch", "Linux"
    if system.ident == "centos":
        return name, f"{system.number}.3.1611", "Core"
    if system.ident == "debian":
        return name, f"{system.number}.11", ""
    return name, system.number, system.code


def _distro(system: System, buildbot: Version) -> str:
    if system.system != "Linux":
        return {"Darwin": system.number, "Windows": f"{system.number}:{system.code}"}.get(system.system, system.system)
    if buildbot < (0, 9, 5):
        return f"linux_distribution:{_probe(system)!r}"
    number = system.number or "unknown_version"
    if buildbot < (0, 9, 6):
        return f"{system.title}:{number}"
    if buildbot >= (3, 8) and (
        system.code or system.ident == "fedora"
    ):  # Fedora's VERSION_CODENAME is there, and empty
        return f"{system.ident}:{system.code}"
    return f"{system.ident}:{number}"


def _version(platform: Platform) -> str:
    """Return ``platform.version()``, cut by stock to its first four words."""
    system = platform.system
    if system.system == "Darwin":
        return f"Darwin Kernel Version {system.kernel}:"
    if system.system == "Windows":
        return system.code
    if system.system == "FreeBSD":
        return f"FreeBSD {system.kernel} GENERIC"
    return f"#1 SMP root@{platform.host}:/usr/src Mon" if platform.host else "#1 SMP PREEMPT_DYNAMIC @0"


def _description(platform: Platform, machine: str) -> str:
    system = platform.system
    kernel = f"{system.kernel}-{platform.host}" if platform.host else system.kernel
    if system.system == "Darwin":
        return f"macOS-{system.number}-{machine}-64bit"
    if system.system == "Windows":
        return f"Windows-{system.number}-{system.code}-SP0"
    if system.system == "FreeBSD":
        return f"FreeBSD-{kernel}-{machine}-64bit-ELF"
    if platform.python < (3, 8):
        return f"Linux-{kernel}-{machine}-with-{system.ident}-{system.number}"
    return f"Linux-{kernel}-{machine}-with-{'musl1.2' if system.ident == 'alpine' else 'glibc2.36'}"
