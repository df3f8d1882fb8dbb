"""Reading objects of the administrator's making, which may say or raise what they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing import TypeGuard  # new in Python 3.10

T = TypeVar("T")


def get(thing: Any, name: str) -> Any:
    """An attribute of a thing; None where it has none, or raises whatever it raises."""
    try:
        return getattr(thing, name, None)
    except Exception:  # noqa: BLE001  # what cannot be read is not there
        return None


def is_a(thing: Any, *kinds: type[T]) -> TypeGuard[T]:
    """Whether a thing is of one of some kinds. ``isinstance`` would ask the thing itself."""
    return issubclass(type(thing), kinds)
