"""What six public masters say: the corpus in ``tests/contract/corpus``, each as stock Buildbot says it and as we do."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Form = Literal["stock", "ours"]

DIRECTORY = Path(__file__).parent.parent / "contract" / "corpus"

BUILDERS = {"cpython": 1037, "dolphin": 36, "nextgis": 250, "openwrt1": 13, "scummvm": 58, "zorg-43": 212}
"""Project → how many builders its configuration has."""

STEPS = {"cpython": 7336, "dolphin": 449, "nextgis": 2379, "openwrt1": 772, "scummvm": 358, "zorg-43": 1659}
"""Project → how many steps its builders have together."""

OVER_MIXINS = {"cpython": 0, "dolphin": 0, "nextgis": 6, "openwrt1": 11, "scummvm": 0, "zorg-43": 67}
"""Project → how many of these are of classes over `ShellMixin`."""

PLUGINS = {
    "cpython": (8452, 8457),
    "dolphin": (507, 508),
    "nextgis": (3006, 3008),
    "openwrt1": (796, 797),
    "scummvm": (433, 433),
    "zorg-43": (2123, 2123),
}
"""Project → how many plugins stock counts, and how many we do at ``full``."""

JANITOR_STEPS = {"cpython": 1, "dolphin": 2, "nextgis": 1, "openwrt1": 1, "scummvm": 2, "zorg-43": 0}
"""Project → how many steps its `JanitorConfigurator` adds, in one builder, with a worker and two schedulers; or 0."""

PROJECTS = tuple(BUILDERS)


@cache
def _text(project: str, form: Form) -> str:
    return (DIRECTORY / f"{project}.{form}.json").read_text(encoding="utf-8")


def body(project: str, form: Form) -> dict[str, Any]:
    """Return the body of the report of a project, as that reporter posts it."""
    found: dict[str, Any] = json.loads(_text(project, form))
    return found
