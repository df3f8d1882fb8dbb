"""The wire names of classes, each looked up once, however often the class occurs."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from headcount.client._theirs import STEP_CLASS, get, is_a, path_of
from headcount.contract import CUSTOM, Name, Vocabulary, band, of_type

if TYPE_CHECKING:
    from collections.abc import Iterable

_FACTORY = ("buildbot.process.buildstep", "_BuildStepFactory")


class Names:
    """The names of classes, by identity, since a metaclass may break the hash of a class."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names: dict[int, str] = {}
        self._plain: dict[type, str] = {}  # the same by class, which is quicker, where the metaclass is `type`
        self._attributes: dict[int, str | None] = {}
        self._referenced: list[type] = []  # so that no other class gets the identity of one of them
        self._own: Counter[str] = Counter()  # public base → how many classes of the administrator's stand behind it

    def of(self, cls: type) -> str:
        """Return the name of a class."""
        name = self._names.get(id(cls))
        if name is None:
            public = self._vocabulary.name_of(cls)
            if public.depth or public.base == CUSTOM:
                self._own[public.base] += 1
            name = self._names[id(cls)] = public.wire
            self._referenced.append(cls)
            if type(cls) is type:
                self._plain[cls] = name
        return name

    def each(self, things: Iterable[Any]) -> list[str]:
        """Return the names of the classes of things."""
        return [self.of(type(thing)) for thing in things]

    def variety(self) -> dict[str, str]:
        """Return, for each public base, in bands how many different classes of the administrator's were named by it."""
        return {Name(base).wire: band(count) for base, count in sorted(self._own.items())}

    def steps(self, steps: list[Any]) -> list[str]:
        """Return the names of steps, given as in a builder: by the factories that create them.

        There may be a hundred thousand, and the master waits: the common case is one pass over them.
        """
        if steps and self._attribute(type(steps[0]), steps[0]) == "step_class":
            kind, known = type(steps[0]), self._plain
            with suppress(Exception):  # a class without a name yet, or a factory of something odd
                return [known[step.step_class] if type(step) is kind else self._step(step) for step in steps]
        return [self._step(step) for step in steps]

    def _step(self, step: Any) -> str:
        attribute = self._attribute(type(step), step)
        cls = get(step, attribute) if attribute else None
        return self.of(cls if is_a(cls, type) else type(step))

    def _attribute(self, kind: type, step: Any) -> str | None:
        """Return the attribute of a step's factory that holds the step's class; None for a ``step`` that is no factory."""
        if id(kind) not in self._attributes:
            is_factory = any(path_of(cls) == _FACTORY for cls in of_type(kind, "__mro__"))
            self._attributes[id(kind)] = (
                next((name for name in STEP_CLASS if is_a(get(step, name), type)), None) if is_factory else None
            )
            self._referenced.append(kind)
        return self._attributes[id(kind)]
