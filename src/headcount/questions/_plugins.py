"""Plugins by the names that people type: what each is called, what counts it, and where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from headcount.contract import CUSTOM, vocabulary
from headcount.questions._kinds import KINDS
from headcount.questions._terms import NoSuchValue, class_path
from headcount.warehouse import WWW

_OTHER = "other"
_OWN = "buildbot."  # of the path of each class of Buildbot itself


class Plugin(NamedTuple):
    """A plugin.

    ``name``: its newest path, its name in the web interface, or `custom`; ``kind``: what it is; ``by``: the way to ask of
    plugins that counts it.
    """

    name: str
    kind: str
    by: str

    @property
    def shown(self) -> str:
        """What it is called: its last component, or its whole name where that would be another one."""
        return shown_name(self.name)

    @property
    def condition(self) -> str:
        """The condition that is true of who uses it."""
        return f"{'www' if self.kind == WWW else 'plugin'} = {self.shown}"

    @property
    def is_class(self) -> bool:
        """Whether it is a public class, of which there are instances and subclasses."""
        return self.kind not in (WWW, CUSTOM)

    @property
    def is_custom(self) -> bool:
        """Whether it is no plugin, but stands for all classes of administrators that derive from no public class."""
        return self.kind == CUSTOM

    @property
    def origin(self) -> str:
        """Since when it is there, in a sentence, as far as that is known."""
        known = vocabulary()
        if not self.is_class:
            return (
                "A plugin of the web interface."
                if self.kind == WWW
                else "Classes of administrators that derive from no public class."
            )
        release = known.brought.get(self.name)
        if release is not None:
            return f"In Buildbot since {release}{', or before' if release == min(known.releases) else ''}."
        if self.name.startswith(_OWN):
            return f"Buildbot {known.newest} has it no more."
        return "Of a package beside Buildbot."


def find_plugin(name: str) -> Plugin:
    """Return the plugin of a name: that of the web interface, any path that a class ever had, or its last component.

    Raises `NoSuchValue`, which says what is near.
    """
    known = vocabulary()
    if name in known.www:
        return Plugin(name, WWW, WWW)
    path = class_path(name)
    kind = CUSTOM if path == CUSTOM else known.kind(path)
    return Plugin(path, kind, "all" if kind == CUSTOM or kind in KINDS else kind)


@cache
def shown_name(plugin: str) -> str:
    """Return what a plugin is called: its last component, or its whole name where that would be another one."""
    short = plugin.rpartition(".")[2]
    try:
        return short if short == plugin or class_path(short) == plugin else plugin
    except NoSuchValue:
        return plugin


@cache
def plugin_names() -> Sequence[str]:
    """Return the names that complete in a field for a plugin, sorted: of each the last component, if no other has it."""
    plugins = [path for path, kind in vocabulary().kinds.items() if kind != _OTHER]
    named = Counter(path.rpartition(".")[2] for path in plugins)
    return sorted(short if named[short := path.rpartition(".")[2]] == 1 else path for path in plugins)


@cache
def www_names() -> Sequence[str]:
    """Return the names of the public plugins of the web interface, sorted."""
    return sorted(vocabulary().www)
