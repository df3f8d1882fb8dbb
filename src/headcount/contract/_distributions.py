"""Distributions, cut to ``id`` or ``id:version``: a published id, and as much of the version as tells
releases apart.

The ids are those of ``os-release``. Windows, macOS and the BSDs have names of the same form.
"""

from __future__ import annotations

import ast
import re

from headcount.contract._wire import LONGEST_TEXT

OTHER = "other"

# How many numbers of a version tell releases apart; 0 for rolling distributions.
_PRECISION = {
    "aix": 2, "almalinux": 1, "alpine": 2, "amzn": 1, "arch": 0, "artix": 0, "centos": 1, "clear-linux-os": 0,
    "cloudlinux": 1, "debian": 1, "deepin": 1, "devuan": 1, "dragonfly": 2, "elementary": 1, "endeavouros": 0,
    "fedora": 1, "freebsd": 2, "gentoo": 0, "guix": 0, "kali": 0, "linuxmint": 1, "macos": 1, "mageia": 1,
    "manjaro": 0, "netbsd": 2, "nixos": 2, "ol": 1, "openbsd": 2, "opensuse-leap": 2, "opensuse-tumbleweed": 0,
    "photon": 1, "pop": 2, "raspbian": 1, "rhel": 1, "rocky": 1, "scientific": 1, "slackware": 2, "sles": 2,
    "solus": 0, "sunos": 2, "ubuntu": 2, "void": 0, "windows": 1, "zorin": 1,
}  # fmt: skip

DISTRIBUTIONS = frozenset(_PRECISION)
"""The published ids."""

# NAME of os-release, and what platform.linux_distribution() returned, where that is not the id.
_BY_NAME = {
    "almalinux": "almalinux", "alpine linux": "alpine", "amazon linux": "amzn", "amazon linux ami": "amzn",
    "arch linux": "arch", "centos linux": "centos", "centos stream": "centos", "debian gnu/linux": "debian",
    "devuan gnu/linux": "devuan", "fedora linux": "fedora", "kali gnu/linux": "kali", "linux mint": "linuxmint",
    "manjaro linux": "manjaro", "opensuse": "opensuse-leap", "opensuse leap": "opensuse-leap",
    "opensuse tumbleweed": "opensuse-tumbleweed", "oracle linux server": "ol", "pop!_os": "pop",
    "raspbian gnu/linux": "raspbian", "red hat enterprise linux": "rhel", "red hat enterprise linux server": "rhel",
    "redhat": "rhel", "rocky linux": "rocky", "scientific linux": "scientific", "suse": "sles",
    "suse linux enterprise server": "sles", "void linux": "void",
}  # fmt: skip

_CODE_NAMES = {
    "debian": {"wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12",
               "trixie": "13", "forky": "14"},
    "ubuntu": {"trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "groovy": "20.10",
               "hirsute": "21.04", "impish": "21.10", "jammy": "22.04", "kinetic": "22.10", "lunar": "23.04",
               "mantic": "23.10", "noble": "24.04", "oracular": "24.10", "plucky": "25.04", "questing": "25.10"},
}  # fmt: skip

_UNIX = {"freebsd", "openbsd", "netbsd", "dragonfly", "sunos", "aix"}
_LONGEST = 4  # digits of a published version, as in 22.04 and 2023; a longer one may be private
_VERSION = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?(?:\.\d+)*(?P<rest>\D.*)?", re.ASCII)
_UNKNOWN = frozenset({"", "other", "unknown_linux", "unknown_version"})  # the last two are stock's own words
_LIST = re.compile(r"linux_distribution:(\(.*\))", re.DOTALL)


def distribution(name: str, version: str = "") -> str:
    """Return ``id`` or ``id:version`` for a system's own name and version; `OTHER` where the name is not published."""
    return _cut(name, version)[0]


def _cut(name: str, version: str) -> tuple[str, bool]:
    """Return the distribution, and whether something private was cut away: neither published nor part of a version."""
    if max(len(name), len(version)) > LONGEST_TEXT:
        return OTHER, True
    key = name.strip().lower()
    key = _BY_NAME.get(key, key)
    if key not in _PRECISION:
        return OTHER, key not in _UNKNOWN
    word = version.strip().lower()
    number = _CODE_NAMES.get(key, {}).get(word, word)
    match = _VERSION.fullmatch(number)
    if match is None:
        return key, number not in (*_UNKNOWN, key)
    private = bool(match["rest"])
    precision = 2 if key == "macos" and match[1] == "10" else _PRECISION[key]
    parts = [part for part in match.group(1, 2)[:precision] if part is not None]
    if len("".join(parts)) > _LONGEST:
        return key, True
    return f"{key}:{'.'.join(parts)}" if parts else key, private


def stock_distribution(raw: object, system: str | None) -> tuple[str | None, bool]:
    """Return the `distribution` in what any release of stock Buildbot sends, and whether something private
    was cut away.

    The distribution is None where stock sends an empty value: an empty version of macOS, or the empty list
    of a system without the probe. Private are names and words of a version that were never published, and
    values of a form that stock does not use.
    """
    if isinstance(raw, str) and len(raw) > LONGEST_TEXT:
        return OTHER, True
    if isinstance(raw, str):
        match = _LIST.fullmatch(raw)
        if match is not None:
            raw = _literal(match[1])
            if raw is None:
                return None, True
    if isinstance(raw, (list, tuple)):
        texts = [item for item in raw if isinstance(item, str)]
        return _cut(texts[0], texts[1] if len(texts) > 1 else "") if texts and texts[0] else (None, False)
    if not isinstance(raw, str) or not raw:
        return None, raw not in (None, "")
    name, _, version = raw.partition(":")
    if system == "Windows" or name.lower() in _UNIX:
        return (distribution("windows", name) if system == "Windows" else distribution(name)), False
    return _cut("macos", name) if system == "Darwin" else _cut(name, version)


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
