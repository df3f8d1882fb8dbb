"""Real requests of stock Buildbot, by version, as a recording collector got them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_CAPTURES = Path(__file__).parent.parent / "contract" / "captures"


def bodies() -> list[tuple[str, Any]]:
    """All bodies that were posted: the capture's name (with a number where it has several), and the JSON value."""
    found = []
    for path in sorted(_CAPTURES.glob("*.json")):
        posted = [request for request in json.loads(path.read_text())["requests"] if request["method"] == "POST"]
        for number, request in enumerate(posted):
            found.append((f"{path.stem}-{number}" if len(posted) > 1 else path.stem, request["body"]))
    return found


def body(name: str) -> Any:
    """One body by its capture's name."""
    return dict(bodies())[name]


def reports() -> list[tuple[str, Any]]:
    """The bodies that are reports: all but the list that a function returned in `430-defect-cb-list`."""
    return [(name, value) for name, value in bodies() if isinstance(value, dict)]
