"""Whether two functions do the same: a `master.cfg` that is executed again makes another one each time."""

from __future__ import annotations

import copy
import functools
import importlib
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.client._likeness import likeness

PLAIN = """
def f(report):
    report.pop('builders', None)
    return report
"""
HELPER = """
def lower(name):
    return name.lower()
def g(report):
    return {'plugins': {lower(name): count for name, count in report['plugins'].items()}}
def f(report):
    return g(report)
"""
RECURSIVE = """
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
def f(report):
    return report if even(2) else None
"""
SEVERAL = """
import functools, json, os.path, re
LEAVE_OUT = {'builders': [1, 2.5, None, b'x'], 'nested': ({'a'}, frozenset({1}))}
PRIVATE = re.compile('acme', re.I)
def made(limit):
    def f(report, *, more=('a',)):
        if os.path.exists('/nowhere') or PRIVATE.match('x') or re.sub('a', 'b', 'c'):
            return json.loads(json.dumps(report))
        return {k: v for k, v in report.items() if k not in LEAVE_OUT and len(k) < limit}
    return f
f = made(5)
f.attribute = 1
"""
PARTIAL = """
import functools
def g(limit, report, more=None):
    return report
f = functools.partial(g, 5, more={'x': [1]})
"""
METHOD = """
def g(limits, report):
    return report
f = g.__get__([1, 2])
"""
COROUTINE = """
async def f(report):
    return [part async for part in report]
"""
STANDARD = """
import copy
def f(report):
    return copy.deepcopy(report)
"""
CYCLE = """
X = []
X.append(X)
def f(report):
    return report if X else None
"""
ALL = {"plain": PLAIN, "helper": HELPER, "recursive": RECURSIVE, "several": SEVERAL, "partial": PARTIAL,
       "method": METHOD, "coroutine": COROUTINE, "standard": STANDARD, "cycle": CYCLE,
       "built-in": "f = dict\n"}  # fmt: skip


def _executed(code: str) -> Any:
    """The function ``f`` of a configuration, as Buildbot executes one."""
    scope: dict[str, Any] = {"basedir": "/m", "__file__": "/m/master.cfg"}
    exec(compile(textwrap.dedent(code), "/m/master.cfg", "exec"), scope)
    return scope["f"]


def _alike(one: str, other: str) -> bool:
    return likeness(_executed(one)) == likeness(_executed(other))


@pytest.mark.parametrize("code", ALL.values(), ids=ALL.keys())
def test_what_is_executed_again_is_alike(code: str) -> None:
    """Also where other things stand above it."""
    assert _alike(code, code)
    assert _alike(code, f"# a line\nOTHER = {{}}\n{code}")


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (PLAIN, "'builders'", "'mq'"),
        (PLAIN, "pop", "get"),
        (PLAIN, "(report):", "(report, more=1):"),
        (PLAIN, "def", "async def"),
        (HELPER, "lower()", "upper()"),
        (RECURSIVE, "n == 0", "n == 1"),
        (SEVERAL, "2.5", "2"),
        (SEVERAL, "2.5", "2.6"),
        (SEVERAL, "None, b'x'", "b'x', None"),
        (SEVERAL, "b'x'", "'x'"),
        (SEVERAL, "{'a'}", "{'b'}"),
        (SEVERAL, "{1}", "{True}"),
        (SEVERAL, "'nested':", "'other':"),
        (SEVERAL, "re.I", "re.M"),
        (SEVERAL, "'acme'", "'acne'"),
        (SEVERAL, "('a',)", "('b',)"),
        (SEVERAL, "made(5)", "made(6)"),
        (SEVERAL, "attribute = 1", "attribute = 2"),
        (SEVERAL, "< limit", "> limit"),
        (PARTIAL, "g, 5", "g, 6"),
        (PARTIAL, "more={'x'", "more={'y'"),
        (PARTIAL, "return report", "return None"),
        (METHOD, "[1, 2]", "[1, 3]"),
        (METHOD, "return report", "return limits"),
        (CYCLE, "X.append(X)", "X.append([])"),
    ],
)
def test_what_does_something_else_is_not_alike(code: str, old: str, new: str) -> None:
    """Whether in its code or in what it uses."""
    changed = code.replace(old, new)
    assert changed != code
    assert not _alike(code, changed)


@pytest.mark.parametrize(
    "code",
    [
        "x = object()\ndef f(report): return x\n",
        "class C:\n    def __call__(self, report): return report\nf = C()\n",
        "class C:\n    def f(self, report): return report\nf = C().f\n",
        "class D(dict): pass\nx = D()\ndef f(report): return x\n",
        "x = {(1,)}\ny = {object()}\ndef f(report): return y\n",
        "def f(report): return eval('LEVEL')\n",
        "def f(report): return globals()['LEVEL']\n",
        "x = list(range(20_000))\ndef f(report): return x\n",
        "x = []\nfor _ in range(50): x = [x]\ndef f(report): return x\n",
        "a = lambda: 1\nb = lambda: a()\nc = lambda: b()\nd = lambda: c()\nf = lambda report: d()\n",
    ],
)
def test_what_cannot_be_told_is_not_alike(code: str) -> None:
    """It is another function, so what was to be sent under the one before is withdrawn."""
    assert not _alike(code, code)


@pytest.mark.parametrize("value", ["[1]", "{}", "{'a': 1}", "[[]]"])
def test_what_changes_in_its_place_is_seen(value: str) -> None:
    """A function of a module that was imported once is the same object, and may do something else."""
    function = _executed(f"x = {value}\ndef f(report): return x\n")
    before = likeness(function)
    assert before == likeness(function)
    x = function.__globals__["x"]
    x.append(2) if isinstance(x, list) else x.update(b=2)
    assert before != likeness(function)


def test_an_empty_cell_is_alike_until_it_is_filled() -> None:
    """A function may close over what is made later."""

    def made() -> Any:
        def f(_: Any) -> Any:
            return later

        before = likeness(f)
        later = 1
        return before, likeness(f)

    one, other = made(), made()
    assert one == other
    assert one[0] != one[1]


IMPORTS = {
    "import rules": "import rules\ndef f(report): return rules.keep(report)\n",
    "from rules import keep": "from rules import keep\ndef f(report): return keep(report)\n",
    "within it": "def f(report):\n    from rules import keep\n    return keep(report)\n",
}


@pytest.mark.parametrize("code", IMPORTS.values(), ids=IMPORTS.keys())
def test_a_module_that_is_loaded_again_counts(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module is the same object, and so are its globals; its function is another one."""
    file = tmp_path / "rules.py"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    seen: list[object] = []
    for text in ("return report", "return report", "return None"):
        file.write_text(f"def keep(report):\n    {text}\n")
        importlib.invalidate_caches()
        importlib.reload(sys.modules["rules"]) if seen else importlib.import_module("rules")
        seen.append(likeness(_executed(code)))
    del sys.modules["rules"]
    assert seen[0] == seen[1]
    assert seen[1] != seen[2]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES, VALUES)
def test_functions_are_alike_where_the_values_that_they_use_are(one: Any, other: Any) -> None:
    """Their text tells the same: nothing else is equal to 1, not True and not 1.0."""

    def described(value: Any) -> object:
        function = _executed("def f(report): return VALUE")
        function.__globals__["VALUE"] = value
        return likeness(function)

    assert (described(one) == described(other)) == (repr(one) == repr(other))
    assert likeness(functools.partial(len, one)) == likeness(functools.partial(len, copy.deepcopy(one)))


def test_nothing_of_others_runs() -> None:
    """An object that raises when it is compared, or looked into, does not matter."""

    class Bad:
        def __getattribute__(self, name: str) -> Any:
            raise ZeroDivisionError

        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

        __hash__ = None  # type: ignore[assignment]

    bad = Bad()
    function = _executed("def f(report): return x\n")
    for value in (bad, {"bad": [bad]}):
        function.__globals__["x"] = value
        assert not likeness(function) == likeness(function)  # noqa: SIM201  # it may have changed in its place


def test_a_large_configuration_takes_no_time() -> None:
    """It is looked at in the reactor's thread: after so many parts it is given up."""
    function = _executed("x = [[[n] for n in range(1_000)] for m in range(200)]\ndef f(report): return x\n")
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        likeness(function)
    finally:
        sys.setprofile(None)
    assert calls < 20_000
