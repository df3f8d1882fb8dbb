"""Reading the administrator's objects, whose attributes may return or raise anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from headcount.contract import of_type

if TYPE_CHECKING:
    from typing import TypeGuard  # new in Python 3.10

T = TypeVar("T")

STEP_CLASS = ("step_class", "factory")
"""The attributes in which Buildbot's factory of a step holds the step's class: since 3.10, and before."""


def get(thing: Any, name: str) -> Any:
    """Return an attribute of a thing; None where there is none, or reading it raises."""
    try:
        return getattr(thing, name, None)
    except Exception:  # noqa: BLE001  # an attribute that cannot be read counts as missing
        return None


def is_a(thing: Any, *kinds: type[T]) -> TypeGuard[T]:
    """Return whether a thing is an instance of one of some classes. ``isinstance`` would ask the thing itself."""
    return issubclass(type(thing), kinds)


def path_of(cls: type) -> tuple[Any, Any]:
    """Return the module and the qualified name of a class, past any metaclass."""
    return of_type(cls, "__module__"), of_type(cls, "__qualname__")


def values(holder: Any, name: str) -> list[Any]:
    """Return the values of a dictionary, list or tuple that a thing has by this name; none where it has another thing."""
    found = get(holder, name)
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else []


def item(holder: Any, name: str, key: str) -> Any:
    """Return what the dictionary that a thing has by this name holds by a key; None where there is none."""
    found = get(holder, name)
    return found.get(key) if isinstance(found, dict) else None
