"""Names on the wire and inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.contract import CUSTOM, MAX_DEPTH, Name, parse_name, vocabulary

IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
PATHS = st.lists(IDENTIFIERS, min_size=1, max_size=5).map(".".join)


@given(PATHS, st.integers(0, MAX_DEPTH))
def test_a_name_survives_the_wire(path: str, depth: int) -> None:
    """What is written is read again, with dots and with stock's slashes."""
    name = Name(path, depth)
    assert parse_name(name.wire) == name
    assert parse_name(name.wire.replace(".", "/")) == name


@pytest.mark.parametrize(
    ("text", "base", "depth"),
    [
        ("buildbot.steps.source.git.Git", "buildbot.steps.source.git.Git", 0),
        (">>buildbot.steps.trigger.Trigger", "buildbot.steps.trigger.Trigger", 1),
        (">>>buildbot/worker/base/Worker", "buildbot.worker.base.Worker", 2),
        (">buildbot.steps.shell.Test", "buildbot.steps.shell.Test", 0),
    ],
)
def test_the_prefix_counts_the_class_itself_twice(text: str, base: str, depth: int) -> None:
    """`>>` is a direct subclass, as stock has it; a lone `>`, which does not occur, is the class itself."""
    assert parse_name(text) == Name(base, depth)


@pytest.mark.parametrize("text", ["", ">>", "a..b", "a b", "http://host/x", "1a", "a.b.", "é.a", "a\n", "root@host"])
def test_what_is_no_name_is_refused(text: str) -> None:
    """Only dotted or slashed identifiers are names."""
    assert parse_name(text) is None


def test_moved_classes_are_one() -> None:
    """A class under an old path is the class under its newest path."""
    public = vocabulary().public
    assert public(Name("buildbot.config.BuilderConfig", 1)) == Name("buildbot.config.builder.BuilderConfig", 1)
    assert public(Name("buildbot.worker.base.AbstractLatentWorker")) == Name(
        "buildbot.worker.latent.AbstractLatentWorker"
    )


def test_a_name_that_was_never_published_is_custom() -> None:
    """Also one that looks like Buildbot's own."""
    assert vocabulary().public(Name("buildbot.acme_contrib.takeover.LayoffStep", 1)) == Name(CUSTOM, 1)


class _Mixin:
    pass


class _Own(_Mixin):
    pass


def _published(name: str, *bases: type) -> type:
    module, _, cls = name.rpartition(".")
    return type(cls, bases, {"__module__": module})


def test_the_name_of_a_class_is_its_nearest_public_ancestor() -> None:
    """The depth is the number of classes stepped over, mixins included; without a public one it is custom."""
    shell = _published("buildbot.steps.shell.ShellCommand")
    name_of = vocabulary().name_of
    assert name_of(shell) == Name("buildbot.steps.shell.ShellCommand", 0)
    assert name_of(type("Mine", (shell,), {})) == Name("buildbot.steps.shell.ShellCommand", 1)
    assert name_of(type("Mixed", (_Mixin, shell), {})) == Name("buildbot.steps.shell.ShellCommand", 2)
    assert name_of(_Mixin) == Name(CUSTOM, 0)
    assert name_of(_Own) == Name(CUSTOM, 1)


class _Hiding(type):
    """A metaclass that answers for its classes, and not well."""

    @property
    def __mro__(cls) -> tuple[type, ...]:
        raise RuntimeError("secret")

    def __getattribute__(cls, name: str) -> object:
        raise RuntimeError("secret")


def test_what_a_metaclass_says_is_not_asked() -> None:
    """The code of an administrator's metaclass is not run, and hides no ancestor."""
    shell = _published("buildbot.steps.shell.ShellCommand")
    hidden = _Hiding("Hidden", (shell,), {})
    assert vocabulary().name_of(hidden) == Name("buildbot.steps.shell.ShellCommand", 1)


def test_a_class_with_odd_attributes_has_a_name() -> None:
    """A class whose module or name is no string is stepped over; a metaclass is a class like others."""
    assert vocabulary().name_of(type("Odd", (), {"__module__": 7})) == Name(CUSTOM, 0)
    assert vocabulary().name_of(type).base == CUSTOM
