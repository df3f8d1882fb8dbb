"""What `JanitorConfigurator` added to a master, taken out of profiles that were read when it was still counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headcount.contract import Name, parse_name, without_janitor


def subtract_janitor(answers: dict[str, Any]) -> bool:
    """Take it out of a profile, in the form of `headcount.contract.Profile.canonical`; return whether there was any.

    Raises what `Name` of a text that is none raises, and ValueError.
    """
    plugins, pipelines = answers.get("plugins"), answers.get("pipelines")
    changed = without_janitor(
        None if plugins is None else tuple((_name(text), count) for text, count in plugins),
        None if pipelines is None else tuple((_names(steps), count) for steps, count in pipelines),
    )
    if "plugins" in changed:
        changed["plugins"] = [[name.wire, count] for name, count in changed["plugins"]]
    if "pipelines" in changed:
        changed["pipelines"] = [[[name.wire for name in steps], count] for steps, count in changed["pipelines"]]
    answers |= changed
    return bool(changed)


def _names(texts: Sequence[str]) -> tuple[Name, ...]:
    return tuple(map(_name, texts))


def _name(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise ValueError("a name is none")
    return name
