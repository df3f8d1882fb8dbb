"""What the scrub made of a stock report: the strings that were sent and are not kept, and what is kept instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headcount.contract import CUSTOM, Profile, parse_name, vocabulary

_NOT_KEPT = "not kept"


def removed(sent: Mapping[str, Any], kept: Profile) -> Iterator[tuple[str, str, str]]:
    """For each string of ``sent`` that is not kept as it is: where it was, what it was, and what became of it."""
    yield "installid", sent["installid"], "a keyed hash of it"
    platform = sent["platform"]
    known = {"system": kept.system, "machine": kept.machine, "distro": kept.distro,
             "python_implementation": kept.implementation}  # fmt: skip
    for key, text in platform.items():
        if known.get(key) == text or text == "":
            continue
        became = known.get(key) or (f"the kernel is {kept.kernel}" if key == "platform" else _NOT_KEPT)
        yield f"platform.{key}", text, became
    for text in sent["plugins"]:
        name = parse_name(text)
        if name is None or vocabulary().public(name).base == CUSTOM:
            yield "plugins", text, CUSTOM
