"""Which classes of the vocabulary a configuration names: those of which it makes sense to ask who uses them."""

from __future__ import annotations

OFFERED_KINDS = ("worker", "step", "scheduler", "change source", "reporter")
"""The kinds of plugins that every reporter counts, and of which there are many."""

_BASES = ("Abstract", "Base", "Mixin")


def is_base(path: str) -> bool:
    """Return whether a class says by its name that others derive from it, and so that no configuration names it."""
    name = path.rpartition(".")[2]
    return name.startswith("_") or any(word in name for word in _BASES)
