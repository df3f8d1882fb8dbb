"""Whether two functions do the same, as far as that can be told: ``master.cfg`` makes a new one at each reconfig.

What cannot be told counts as another function, which is safe: what was to be sent under the one before is then withdrawn.
"""

from __future__ import annotations

import builtins
import functools
import re
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

_PLAIN = (type(None), type(...), bool, int, str, bytes, float, complex)
_CODE = ("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_name", "co_names", "co_varnames",
         "co_freevars", "co_cellvars", "co_code", "co_exceptiontable")  # fmt: skip
_UNKNOWABLE = {
    "__closure__", "__code__", "__dict__", "__globals__", "__import__", "compile", "eval", "exec", "getattr", "globals",
    "import_module", "locals", "open", "vars",
}  # fmt: skip  # they reach what no name tells
_FUNCTIONS = 3  # calls deep: a function of the administrator's, what that calls, and what that calls
_DEPTH = 20  # lists within lists
_PARTS = 2_000  # they take some five milliseconds of the reactor


def likeness(function: Any, *, changing: bool = True) -> object:
    """Return a value that is equal for functions that do the same, and describes the function as it is now.

    Of a function count its code, defaults and attributes, what it closes over, and the globals that its code
    names. Of these and of all that they hold count plain data by value; functions, partial functions and bound
    methods by their parts; modules by what the code names in them, and in modules within them. Classes, the
    standard library and objects of Twisted and Buildbot count by being the same. Any other object may have
    changed in its place, so that what holds one is like no other, unless ``changing`` is false; nor is code
    that reaches what its names do not tell, as ``eval`` does, or what is called more than a few calls deep.

    Where in a file a function stands does not count: lines that are added above it change nothing of what it
    does.
    """
    try:
        return _Description(changing=changing).of(function, 0, 0)
    except Exception:  # noqa: BLE001  # it cannot be told, or changes while it is looked at
        return object()


class _Unknowable(Exception):
    """What it does cannot be told."""


class _Itself:
    """Equal for one object alone."""

    def __init__(self, value: object) -> None:
        self._value = value  # kept, so that no other object gets its identity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self._value is other._value

    def __hash__(self) -> int:
        return id(self._value)


class _Description:
    """Describes values by tuples, which are equal for values that are alike."""

    def __init__(self, *, changing: bool) -> None:
        self._changing = changing
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # so that no identity in `_seen` is given to another object
        self._parts = 0

    def of(self, value: Any, depth: int, calls: int) -> object:
        """Return the description of a value, so many containers and calls deep. Raises `_Unknowable`."""
        self._parts += 1
        if self._parts > _PARTS or depth > _DEPTH:
            raise _Unknowable
        kind = type(value)
        if kind in _PLAIN:
            return kind, repr(value) if kind in (float, complex) else value  # 0.0 and -0.0 differ
        if kind is re.Pattern:
            return kind, type(value.pattern), value.pattern, value.flags
        if id(value) in self._seen:
            return "seen", self._seen[id(value)]
        self._seen[id(value)] = len(self._seen)
        self._kept.append(value)
        return kind, self._parts_of(value, kind, depth + 1, calls)

    def _parts_of(self, value: Any, kind: type, depth: int, calls: int) -> object:
        described: object
        if kind in (list, tuple, dict, set, frozenset) and len(value) > _PARTS - self._parts:
            raise _Unknowable  # before all of it is copied
        if kind in (list, tuple):
            described = tuple(self.of(item, depth, calls) for item in tuple(value))
        elif kind is dict:
            described = tuple(
                (self.of(key, depth, calls), self.of(item, depth, calls)) for key, item in list(value.items())
            )
        elif kind in (set, frozenset) and all(type(item) in _PLAIN for item in tuple(value)):
            described = frozenset(self.of(item, depth, calls) for item in tuple(value))
        elif kind is CodeType:
            described = self._code(value, depth, calls)
        elif kind is functools.partial:
            described = self.of((value.func, value.args, value.keywords, vars(value)), depth, calls)
        elif kind is MethodType:
            described = self.of((value.__func__, value.__self__), depth, calls)
        elif kind is FunctionType and not _is_standard(value.__globals__):
            described = self._function(value, depth, calls)
        elif kind in (FunctionType, BuiltinFunctionType, ModuleType) or issubclass(kind, type) or self._stays(kind):
            described = _Itself(value)
        else:
            raise _Unknowable
        return described

    def _stays(self, kind: type) -> bool:
        """Return whether objects of a class count by being the same: those of Twisted and Buildbot, such as the reactor."""
        return not self._changing or str(kind.__module__).partition(".")[0] in ("twisted", "buildbot")

    def _code(self, code: CodeType, depth: int, calls: int) -> object:
        return (*(getattr(code, name, None) for name in _CODE), self.of(code.co_consts, depth, calls))

    def _function(self, function: FunctionType, depth: int, calls: int) -> object:
        names = _names(function.__code__)
        if calls >= _FUNCTIONS or not _UNKNOWABLE.isdisjoint(names):
            raise _Unknowable
        parts = (function.__code__, function.__defaults__, function.__kwdefaults__, vars(function))
        return (
            self.of(parts, depth, calls + 1),
            tuple(self._cell(cell, depth, calls + 1) for cell in function.__closure__ or ()),
            tuple(self._named(name, function.__globals__, names, depth, calls + 1) for name in names),
        )

    def _cell(self, cell: Any, depth: int, calls: int) -> object:
        try:
            content = cell.cell_contents
        except ValueError:  # it is empty
            return "empty"
        return "cell", self.of(content, depth, calls)

    def _named(self, name: str, scope: dict[str, Any], names: list[str], depth: int, calls: int) -> object:
        """Describe what a name in code means: a global, a built-in, a module that it imports, or only an attribute."""
        for found in (scope, vars(builtins), sys.modules):
            if name in found:
                value = found[name]
                break
        else:
            return "attribute"
        if type(value) is ModuleType and not _is_standard(vars(value)):
            return self._module(value, names, depth, calls)
        return self.of(value, depth, calls)

    def _module(self, module: ModuleType, names: list[str], depth: int, calls: int) -> object:
        """Describe what code may mean by its names in a module, and in the modules within it."""
        self._parts += 1
        if depth > _DEPTH:
            raise _Unknowable
        inside = vars(module)
        return _Itself(module), tuple(
            (each, self._named(each, inside, names, depth + 1, calls)) for each in names if each in inside
        )


def _is_standard(scope: dict[str, Any]) -> bool:
    """Return whether names are those of a module of the standard library; Python 3.9 does not know which those are."""
    name = str(scope.get("__name__"))
    module = sys.modules.get(name)
    known = name.partition(".")[0] in getattr(sys, "stdlib_module_names", ())
    return known and module is not None and vars(module) is scope


def _names(code: CodeType) -> list[str]:
    """Return the names in code and in what it defines, each once, in their order."""
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names.update(dict.fromkeys(_names(constant)))
    return list(names)
