"""Short names of classes, for where there is little room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def short_names(paths: Iterable[str]) -> Mapping[str, str]:
    """Return for each dotted name its last component, or as many from the end as tell it from the others."""
    short: dict[str, str] = {}
    left, length = set(paths), 0
    while left:
        length += 1
        sharing: defaultdict[str, list[str]] = defaultdict(list)
        for path in left:
            sharing[".".join(path.split(".")[-length:])].append(path)
        short |= {same[0]: name for name, same in sharing.items() if len(same) == 1}
        left = {path for same in sharing.values() if len(same) > 1 for path in same}
    return short


def short_steps(steps: str, names: Mapping[str, str]) -> str:
    """Return a sequence of steps, joined by arrows, with the short names of its classes."""
    parts = steps.split(STEP)
    bare = [part.lstrip(">") for part in parts]
    return STEP.join(
        part[: len(part) - len(name)] + names.get(name, name) for part, name in zip(parts, bare, strict=True)
    )


def classes_of_steps(steps: str) -> list[str]:
    """Return the classes of a sequence of steps."""
    return [part.lstrip(">") for part in steps.split(STEP)]


STEP = " → "
"""What stands between two steps of a sequence."""
