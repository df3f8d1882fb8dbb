"""A parser that says what a mistyped word may mean."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_CHOICE = re.compile(r"(argument .+): invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that names the nearest command, option or choice to a word that is none.

    ``complete`` adds what it is long to make, and is called once the parser is used.
    """

    complete: Callable[[], None] | None = None

    def completed(self) -> Parser:
        """Return it with all its options."""
        complete, self.complete = self.complete, None
        if complete is not None:
            complete()
        return self

    def parse_known_args(self, *arguments: Any) -> Any:  # type: ignore[override]  # it is called in one way
        """Read arguments."""
        self.completed()
        return super().parse_known_args(*arguments)

    def format_help(self) -> str:
        """Return the help."""
        self.completed()
        return super().format_help()

    def format_usage(self) -> str:
        """Return the usage."""
        self.completed()
        return super().format_usage()

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
