"""The terms of a condition, and the SQL over ``profiles`` into which each comparison is compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from headcount.contract import CUSTOM, Release, choices, distribution, public, vocabulary
from headcount.questions._condition import NamedClass
from headcount.questions._kinds import told_apart
from headcount.questions._suggestion import suggestion
from headcount.questions.entries.environments import PROTOCOLS
from headcount.warehouse import WWW

EQUALITY = ("=", "!=")
ORDER = ("=", "!=", "<", "<=", ">", ">=")
_VERSION = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:\.\*)?", re.ASCII)
_OTHER = "other"
_OWN = "buildbot."  # of the path of each class of Buildbot itself, and of no other package


class NoSuchValue(ValueError):
    """A text that is not a value of the term it is compared with; the message says what the values are."""


@dataclass
class Bindings:
    """The parameters of a condition, with their values so far; ``letter``: with which their names begin."""

    letter: str = "w"
    values: dict[str, str | int] = field(default_factory=dict)
    classes: dict[str, NamedClass] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values) + len(self.classes)

    def bind(self, value: str | int | NamedClass) -> str:
        """Return a new parameter as SQL; the value of a class will be its number."""
        name = f"{self.letter}{len(self):02}"  # no name begins another one
        if isinstance(value, NamedClass):
            self.classes[name] = value
        else:
            self.values[name] = value
        return f"${name}"


@dataclass(frozen=True)
class Term:
    """A word that a condition compares with a value.

    ``fields``: the paths of the catalog that must be answered, beside those of the classes that it is compared with;
    ``operators``: those that it takes; ``compile`` returns the SQL for an operator and a text, and raises `NoSuchValue`.
    """

    meaning: str
    fields: tuple[str, ...]
    operators: tuple[str, ...]
    compile: Callable[[str, str, Bindings], str]


def _compared(number: str, operator: str, text: str, bindings: Bindings) -> str:
    """Compare a version by its `bounds`. ``number``: SQL, the version as `Release.number` writes it."""
    low, high = bounds(operator, text)
    sides = ((">=", low), ("<", high))
    return " AND ".join(f"{number} {side} {bindings.bind(end)}" for side, end in sides if end is not None)


def bounds(operator: str, text: str) -> tuple[int | None, int | None]:
    """Return from which number up, and below which, the releases lie that a comparison means; None for no bound.

    The precision is the given one: ``3.10`` is every 3.10.x, ``> 3.10`` begins with 3.11. ``operator``: any but ``!=``.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        raise NoSuchValue(f"{text!r} is no version such as 3.10")
    numbers = [int(part) for part in match.groups() if part is not None]
    low = Release(*numbers, *[0] * (3 - len(numbers))).number
    high = low + 1000 ** (3 - len(numbers))
    return {"=": (low, high), "<": (None, low), "<=": (None, high), ">": (high, None), ">=": (low, None)}[operator]


def _check_release(text: str) -> None:
    """Raise `NoSuchValue` for what is no release or series of Buildbot, and comes before the newest one that is known."""
    match = _VERSION.fullmatch(text)
    numbers = tuple(int(part) for part in match.groups() if part is not None) if match else ()
    known = sorted({tuple(release)[: len(numbers)] for release in vocabulary().releases})
    if match and numbers <= known[-1] and numbers not in known:
        before = [release for release in known if release < numbers]
        near = f"the one before it is {_dotted(before[-1])}" if before else f"the first is {_dotted(known[0])}"
        raise NoSuchValue(f"Buildbot has no release {text}: {near}")


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _version_term(meaning: str, path: str, number: str, holds: str = "{}") -> Term:
    """A version; ``holds``: SQL of a profile, of which ``{}`` is the comparison of ``number``."""

    def compile_(operator: str, text: str, bindings: Bindings) -> str:
        if path == "versions.Buildbot" and operator in EQUALITY:
            _check_release(text)
        compared = _compared(number, "=" if operator in EQUALITY else operator, text, bindings)
        return _equal("!=" if operator == "!=" else "=", holds.format(compared))

    return Term(meaning, (path,), ORDER, compile_)


def _versions(product: str) -> Term:
    return _version_term(f"the release of {product}", f"versions.{product}", product.lower())


_PART = "toUInt32OrZero(splitByChar('.', server)[{}])"
_SERVER = f"{_PART.format(1)} * 1000000 + {_PART.format(2)} * 1000"
_RUN_BY = "SELECT profile AS holder, arrayJoin(worker_releases) AS ran FROM profiles"
_WORKER = f"profile IN (SELECT holder FROM ({_RUN_BY}) WHERE {{}})"  # noqa: S608  # our own words


def _equal(operator: str, sql: str) -> str:
    return f"({sql})" if operator == "=" else f"(NOT ({sql}))"


def _word(column: str, path: str, meaning: str) -> Term:
    """A field that holds one of a closed set of words."""

    def compile_(operator: str, text: str, bindings: Bindings) -> str:
        word = public(path, text)
        if word is None or (word == _OTHER and text != _OTHER):
            near = suggestion(text, sorted(choices(path)))
            raise NoSuchValue(
                f"{text!r} is none of the values of {column}{near}: `environments --by {column}` lists them"
            )
        return _equal(operator, f"{column} = {bindings.bind(str(word))}")

    return Term(meaning, (path,), EQUALITY, compile_)


def _distribution(operator: str, text: str, bindings: Bindings) -> str:
    """``debian:12``, or ``debian`` for all of them."""
    name, _, version = text.partition(":")
    known = distribution(name, version)
    if known == _OTHER != text:
        near = suggestion(name, sorted(choices("platform.distro")))
        raise NoSuchValue(f"{text!r} is no distribution with a published id, such as debian:12 or debian{near}")
    if ":" in known or text == _OTHER:
        return _equal(operator, f"distro = {bindings.bind(known)}")
    whole, start = bindings.bind(known), bindings.bind(f"{known}:")
    return _equal(operator, f"distro = {whole} OR substring(distro, 1, {len(known) + 1}) = {start}")


def _closed(column: str, *words: str) -> Callable[[str, str, Bindings], str]:
    def compile_(operator: str, text: str, bindings: Bindings) -> str:
        if text not in words:
            raise NoSuchValue(f"{text!r} is none of {', '.join(words)}{suggestion(text, words)}")
        return _equal(operator, f"{column} = {bindings.bind(text)}")

    return compile_


def _flag(operator: str, text: str, bindings: Bindings) -> str:
    if text not in ("true", "false"):
        raise NoSuchValue(f"{text!r} is neither true nor false")
    return _equal(operator, f"multi_master = {bindings.bind(int(text == 'true'))}")


def class_path(text: str) -> str:
    """Return the newest path of a class, from any path that it ever had, or from its name if no other
    class has that name.

    A plugin goes before what is none, and a class of Buildbot before those of other packages. Raises `NoSuchValue`.
    """
    known = vocabulary()
    dotted = text.replace("/", ".")
    if dotted == CUSTOM:
        return CUSTOM
    if (path := known.path(dotted)) is not None:
        return path
    named = [path for path in known.kinds if path.rpartition(".")[2] == dotted]
    plugins = [path for path in named if known.kind(path) != _OTHER] or named
    own = [path for path in plugins if path.startswith(_OWN)] or plugins
    if len(own) == 1:
        return own[0]
    if own:
        raise NoSuchValue(f"{text!r} is the name of several classes: {', '.join(own)}")
    names = [path.rpartition(".")[2] for path in known.kinds]
    raise NoSuchValue(f"{text!r} is no public class{suggestion(dotted, [*known.kinds, *known.moved, *names])}")


def _plugin(operator: str, text: str, bindings: Bindings) -> str:
    path = class_path(text)
    kind = CUSTOM if path == CUSTOM else vocabulary().kind(path)
    return _equal(operator, f"has(classes, {bindings.bind(NamedClass(path, told_apart(kind)))})")


def _www(operator: str, text: str, bindings: Bindings) -> str:
    known = vocabulary().www
    if text not in known and text != CUSTOM:
        raise NoSuchValue(f"{text!r} is no public plugin of the web interface{suggestion(text, known)}")
    return _equal(operator, f"has(classes, {bindings.bind(NamedClass(text, WWW))})")


def _protocol(operator: str, text: str, bindings: Bindings) -> str:
    if text not in PROTOCOLS:
        raise NoSuchValue(f"{text!r} is none of {', '.join(PROTOCOLS)}{suggestion(text, PROTOCOLS)}")
    return _equal(operator, f"has(protocols, {bindings.bind(text)})")


def _hook(operator: str, text: str, bindings: Bindings) -> str:
    known = vocabulary().hooks
    if text not in known and text != CUSTOM:
        raise NoSuchValue(f"{text!r} is no public change hook{suggestion(text, known)}")
    return _equal(operator, f"has(hooks, {bindings.bind(text)})")


TERMS: Mapping[str, Term] = {
    **{product.lower(): _versions(product) for product in ("Buildbot", "Python", "Twisted", "SQLAlchemy")},
    "worker": _version_term(
        "the release of buildbot-worker of any worker: `!=` is of no worker", "workers", "ran", _WORKER
    ),
    "plugin": Term("a class that is used, or subclassed", (), EQUALITY, _plugin),
    "www": Term("a plugin of the web interface that is used", (), EQUALITY, _www),
    "db": _word("db", "db", "the database"),
    "driver": _word("driver", "db_driver", "the driver of the database"),
    "server": _version_term("the version of the database's server, whichever that is", "db_server", _SERVER),
    "mq": _word("mq", "mq", "the message queue"),
    "protocol": Term("a protocol between master and workers that is used", ("protocols",), EQUALITY, _protocol),
    "hook": Term("a change hook that is used", ("hooks",), EQUALITY, _hook),
    "build": _word("build", "build", "how Buildbot itself was built"),
    "system": _word("system", "platform.system", "the operating system"),
    "distro": Term("the distribution", ("platform.distro",), EQUALITY, _distribution),
    "machine": _word("machine", "platform.machine", "the processor"),
    "kernel": _word("kernel", "platform.version", "the first two numbers of the kernel's release"),
    "implementation": _word("implementation", "platform.python_implementation", "the implementation of Python"),
    "multi_master": Term("whether several masters share its database", ("multi_master",), EQUALITY, _flag),
    "level": Term("the level of the report", (), EQUALITY, _closed("level", "basic", "full", "custom")),
    "sender": Term("whose reporter sent it", (), EQUALITY, _closed("sender", "stock", "headcount")),
}
"""Every term, in the order of the documentation."""
