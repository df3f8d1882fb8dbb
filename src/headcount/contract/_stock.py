"""Stock Buildbot: what its releases write otherwise, in the forms of our own reporter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headcount.contract._distributions import stock_distribution
from headcount.contract._forms import Notes, kernel

if TYPE_CHECKING:
    from collections.abc import Mapping


def normalize(body: Mapping[str, object], notes: Notes) -> dict[str, object]:
    """Return a stock body with its platform and database in the forms of our reporter; values that are cut are noted."""
    fields = dict(body)
    platform = body.get("platform")
    if isinstance(platform, dict):
        fields["platform"] = _platform(platform, notes)
    db = body.get("db")
    if isinstance(db, str):
        fields["db"] = db.partition("+")[0]
    return fields


_KERNELS = {
    "Linux": ("platform", re.compile(r"Linux-(.*)", re.DOTALL)),
    "Darwin": ("version", re.compile(r"Darwin Kernel Version (.*)", re.DOTALL)),
    "Windows": ("version", re.compile(r"(.*)", re.DOTALL)),
    "FreeBSD": ("version", re.compile(r"FreeBSD (.*)", re.DOTALL)),
    "OpenBSD": ("platform", re.compile(r"OpenBSD-(.*)", re.DOTALL)),
    "NetBSD": ("platform", re.compile(r"NetBSD-(.*)", re.DOTALL)),
}


def _platform(platform: Mapping[str, object], notes: Notes) -> dict[str, object]:
    fields = dict(platform)
    system = platform.get("system")
    distro = platform.get("distro")
    if system is None and isinstance(distro, (list, tuple)) and any(distro):
        system = fields["system"] = "Linux"  # 0.9.0 named no system; its probe of distributions knew Linux alone
    fields.pop("version", None)
    key, pattern = _KERNELS.get(system, ("", None)) if isinstance(system, str) else ("", None)
    raw = platform.get(key)
    match = pattern.fullmatch(raw) if pattern is not None and isinstance(raw, str) else None
    if match is not None:
        number = kernel(match[1])
        if number is not None:
            fields["version"] = number
    if isinstance(raw, str) and raw and "version" not in fields:
        notes.scrub("platform.version")
    if "distro" in fields:
        text, more = stock_distribution(distro, system if isinstance(system, str) else None)
        if text is None:
            del fields["distro"]
        else:
            fields["distro"] = text
        if more:
            notes.scrub("platform.distro")
    return fields
