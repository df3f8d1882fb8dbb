"""A parser that says what a mistyped word may mean."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHOICE = re.compile(r"(argument .+): invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that names the nearest command, option or choice to a word that is none."""

    def error(self, message: str) -> NoReturn:
        """End with status 2 and what is wrong."""
        wrong = _CHOICE.fullmatch(message)
        if wrong:
            where, word, listed = wrong.groups()
            known = [each.strip(" '") for each in listed.split(",")]
            what = "command" if where == "argument COMMAND" else where.replace("argument ", "")
            message = f"there is no {what} {word!r}{suggestion(word, known)}: it is one of {', '.join(known)}"
        super().error(message)

    def unrecognized(self, words: list[str]) -> NoReturn:
        """End with status 2 over words that mean nothing to this parser."""
        options = [each for action in self._actions for each in action.option_strings]
        near = next((text for word in words if (text := suggestion(word.partition("=")[0], options))), "")
        self.error(f"unrecognized arguments: {' '.join(words)}{near}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what an unknown word may mean, for the end of a sentence; empty where no known word is near."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
