"""Operating systems with their shares, and what each tells each release of Buildbot about itself.

The shares are invented: masters run on servers, so mostly on Debian and Ubuntu. Dates, kernels and Pythons
are those of the release notes. WIRE.md has the forms in which stock Buildbot sends them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from headcount.fleet._history import Version, version_of


@dataclass(frozen=True)
class System:
    """A release of an operating system.

    ``out``: its day (ordinal); ``public``: its public form; ``ident``, ``number``, ``code``: ID, VERSION_ID
    and VERSION_CODENAME of ``os-release``; ``title``: its NAME; ``kernel``: the kernel's release string;
    ``python``: its own Python.
    """

    system: str
    family: str
    out: int
    public: str
    ident: str
    number: str
    code: str
    title: str
    kernel: str
    python: Version


FAMILIES: dict[str, float] = {
    "debian": 29, "ubuntu": 33, "centos": 5, "rocky": 4, "fedora": 7, "alpine": 6, "arch": 2, "opensuse-leap": 3,
    "linuxmint": 1, "macos": 4, "windows": 4, "freebsd": 2,
}  # fmt: skip
"""Families of systems, with their shares in percent."""

_TITLES = {
    "debian": "Debian GNU/Linux", "ubuntu": "Ubuntu", "centos": "CentOS Linux", "rocky": "Rocky Linux", "fedora": "Fedora",
    "alpine": "Alpine Linux", "arch": "Arch Linux", "opensuse-leap": "openSUSE Leap", "linuxmint": "Linux Mint",
}  # fmt: skip
_SYSTEMS = {"macos": "Darwin", "windows": "Windows", "freebsd": "FreeBSD"}

# family, public form, VERSION_ID, code name, kernel, its Python, day of release
_TABLE = """
    debian debian:8 8 jessie 3.16.0-4-amd64 2.7 2015-04-25
    debian debian:9 9 stretch 4.9.0-13-amd64 3.5 2017-06-17
    debian debian:10 10 buster 4.19.0-21-amd64 3.7 2019-07-06
    debian debian:11 11 bullseye 5.10.0-28-amd64 3.9 2021-08-14
    debian debian:12 12 bookworm 6.1.0-18-amd64 3.11 2023-06-10
    debian debian:13 13 trixie 6.12.41+deb13-amd64 3.13 2025-08-09
    ubuntu ubuntu:14.04 14.04 trusty 3.13.0-170-generic 2.7 2014-04-17
    ubuntu ubuntu:16.04 16.04 xenial 4.4.0-210-generic 3.5 2016-04-21
    ubuntu ubuntu:18.04 18.04 bionic 4.15.0-213-generic 3.6 2018-04-26
    ubuntu ubuntu:20.04 20.04 focal 5.4.0-169-generic 3.8 2020-04-23
    ubuntu ubuntu:22.04 22.04 jammy 5.15.0-91-generic 3.10 2022-04-21
    ubuntu ubuntu:24.04 24.04 noble 6.8.0-45-generic 3.12 2024-04-25
    centos centos:7 7 - 3.10.0-1160.el7.x86_64 2.7 2014-07-07
    centos centos:8 8 - 4.18.0-348.el8.x86_64 3.6 2019-09-24
    rocky centos:7 7 - 3.10.0-1127.el7.x86_64 2.7 2014-07-07
    rocky rocky:8 8.9 - 4.18.0-513.el8.x86_64 3.8 2021-06-21
    rocky rocky:9 9.3 - 5.14.0-362.el9.x86_64 3.9 2022-07-14
    fedora fedora:25 25 - 4.13.16-100.fc25.x86_64 3.5 2016-11-22
    fedora fedora:28 28 - 5.0.16-100.fc28.x86_64 3.6 2018-05-01
    fedora fedora:31 31 - 5.8.18-100.fc31.x86_64 3.7 2019-10-29
    fedora fedora:34 34 - 5.16.12-100.fc34.x86_64 3.9 2021-04-27
    fedora fedora:37 37 - 6.5.12-100.fc37.x86_64 3.11 2022-11-15
    fedora fedora:39 39 - 6.11.9-100.fc39.x86_64 3.12 2023-11-07
    fedora fedora:41 41 - 6.14.5-200.fc41.x86_64 3.13 2024-10-29
    alpine alpine:3.5 3.5.2 - 4.4.52-0-grsec 2.7 2016-12-22
    alpine alpine:3.10 3.10.9 - 4.19.118-0-virt 3.7 2019-06-19
    alpine alpine:3.16 3.16.9 - 5.15.74-0-virt 3.10 2022-05-23
    alpine alpine:3.20 3.20.3 - 6.6.58-0-virt 3.12 2024-05-22
    arch arch - - 4.9.8-1-ARCH 3.5 2016-01-01
    arch arch - - 5.9.14-arch1-1 3.8 2020-12-01
    arch arch - - 6.7.4-arch1-1 3.11 2024-02-01
    opensuse-leap opensuse-leap:15.0 15.0 - 4.12.14-lp150-default 3.6 2018-05-25
    opensuse-leap opensuse-leap:15.5 15.5 - 5.14.21-150500-default 3.10 2023-06-07
    linuxmint linuxmint:18 18.3 sylvia 4.10.0-38-generic 3.5 2017-11-27
    linuxmint linuxmint:21 21.2 victoria 5.15.0-76-generic 3.10 2023-07-16
    macos macos:10.13 10.13.6 - 17.7.0 2.7 2017-09-25
    macos macos:11 11.7.10 - 20.6.0 3.9 2020-11-12
    macos macos:14 14.5 - 23.5.0 3.12 2023-09-26
    macos macos:15 15.3.1 - 24.3.0 3.13 2024-09-16
    windows windows:2012 2012ServerR2 6.3.9600 6.3.9600 2.7 2013-10-18
    windows windows:10 10 10.0.19041 10.0.19041 3.8 2015-07-29
    windows windows:2022 2022Server 10.0.20348 10.0.20348 3.11 2021-08-18
    freebsd freebsd:11.1 11.1 - 11.1-RELEASE 2.7 2017-07-26
    freebsd freebsd:13.2 13.2 - 13.2-RELEASE-p4 3.9 2023-04-11
    freebsd freebsd:14.1 14.1 - 14.1-RELEASE 3.11 2024-06-04"""


def _read(line: str) -> System:
    family, public, number, code, kernel, python, out = line.split()
    ident = public.partition(":")[0]
    return System(
        _SYSTEMS.get(family, "Linux"), family, date.fromisoformat(out).toordinal(), public, ident,
        "" if number == "-" else number, "" if code == "-" else code, _TITLES.get(ident, ident), kernel,
        version_of(python),
    )  # fmt: skip


SYSTEMS = tuple(_read(line.strip()) for line in _TABLE.strip().splitlines())


def system_on(family: str, day: int) -> System:
    """Return the newest release of a family on ``day``, or its oldest where none was out."""
    releases = [system for system in SYSTEMS if system.family == family]
    return next((system for system in reversed(releases) if system.out <= day), releases[0])
