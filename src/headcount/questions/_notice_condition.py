"""The conditions of notices: compiled from the grammar of ``--where`` into the form that a master judges by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import lark

from headcount.contract import CUSTOM, NoticeCondition, distribution, public, vocabulary
from headcount.questions._kinds import PLUGINS_AT_FULL, counted_by, told_apart
from headcount.questions._query import BadQuestion
from headcount.questions._terms import bounds, class_path
from headcount.questions._where import condition, parse

_OF_REPORTS = ("level", "sender")
_HOLDS = {
    "www_plugins": "www",
    PLUGINS_AT_FULL: "plugins at full",
}  # else an attribute of a profile is named as its field


def notice_condition(text: str) -> NoticeCondition:
    """Return the condition of a notice. Raises `BadQuestion` where it cannot be asked, or is of reports, not of masters."""
    condition(text)
    try:
        compiled: NoticeCondition = _Compiler().transform(parse(text))
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None
    return compiled


class _Compiler(lark.visitors.Transformer):  # type: ignore[type-arg]  # it has no parameters at run time
    """Compiles a tree from its leaves up; it was checked before."""

    def either(self, parts: list[NoticeCondition]) -> NoticeCondition:
        return ("any", *parts)

    def both(self, parts: list[NoticeCondition]) -> NoticeCondition:
        return ("all", *parts)

    def negation(self, parts: list[NoticeCondition]) -> NoticeCondition:
        return _contrary(parts[0])

    def value(self, parts: list[lark.Token]) -> str:
        (token,) = parts
        return str(token)[1:-1] if token.type == "QUOTED" else str(token)

    def comparison(self, parts: list[Any]) -> NoticeCondition:
        name, operator, value = parts
        return _compared(name.lower(), "=" if operator == "==" else str(operator), value)

    def membership(self, parts: list[Any]) -> NoticeCondition:
        name, negated, *values = parts
        each = [_compared(name.lower(), "=", value) for value in values if value is not None]
        joined = each[0] if len(each) == 1 else ("any", *each)
        return joined if negated is None else _contrary(joined)


def _contrary(compiled: NoticeCondition) -> NoticeCondition:
    return compiled[1] if compiled[0] == "not" else ("not", compiled)


def _compared(name: str, operator: str, text: str) -> NoticeCondition:
    if name in _OF_REPORTS:
        raise BadQuestion(
            f"{name} is of a report: a notice is compared with the full report of a master, whatever it sends"
        )
    compiled = _COMPARED[name]("=" if operator == "!=" else operator, text)
    return _contrary(compiled) if operator == "!=" else compiled


def _range(what: str) -> Callable[[str, str], NoticeCondition]:
    return lambda operator, text: ("range", what, *bounds(operator, text))


def _is(what: str, value: Callable[[str], object]) -> Callable[[str, str], NoticeCondition]:
    return lambda _, text: ("is", what, value(text))


def _word(what: str, path: str) -> Callable[[str, str], NoticeCondition]:
    return _is(what, lambda text: public(path, text))


def _distribution(text: str) -> str:
    name, _, version = text.partition(":")
    return distribution(name, version)


def _plugin(_: str, text: str) -> NoticeCondition:
    """Compile a class under all names that it had: a reporter of an earlier version knows an earlier one."""
    path, known = class_path(text), vocabulary()
    field = counted_by(told_apart(CUSTOM if path == CUSTOM else known.kind(path)))
    return ("is", _HOLDS.get(field, field), path, *sorted(old for old, newest in known.moved.items() if newest == path))


_COMPARED: Mapping[str, Callable[[str, str], NoticeCondition]] = {
    **{name: _range(name) for name in ("buildbot", "python", "twisted", "sqlalchemy", "server")},
    "worker": _range("workers"),
    "plugin": _plugin,
    "www": _is("www", str),
    "db": _word("db", "db"),
    "driver": _word("driver", "db_driver"),
    "mq": _word("mq", "mq"),
    "protocol": _is("protocols", str),
    "hook": _is("hooks", str),
    "build": _word("build", "build"),
    "system": _word("system", "platform.system"),
    "distro": _is("distro", _distribution),
    "machine": _word("machine", "platform.machine"),
    "kernel": _word("kernel", "platform.version"),
    "implementation": _word("implementation", "platform.python_implementation"),
    "multi_master": _is("multi_master", lambda text: text == "true"),
}
"""Of each term but those of reports, what compiles its comparison."""
