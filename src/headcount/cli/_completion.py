"""``completion``: a shell completes the command, with the script that this prints."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from headcount.cli._common import DONE, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from headcount.cli._common import Commands

_SHELLS = ("bash", "zsh", "fish")
_HOW = """\
bash: headcount completion bash > ~/.local/share/bash-completion/completions/headcount
zsh:  headcount completion zsh > "${fpath[1]}/_headcount"
fish: headcount completion fish > ~/.config/fish/completions/headcount.fish
"""


def add(commands: Commands, make_parser: Callable[[], argparse.ArgumentParser]) -> None:
    """Add the command to the parser; ``make_parser`` returns one of all commands."""
    completion = commands.add_parser(
        "completion",
        help="print the script by which a shell completes this command",
        epilog=_HOW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=_SHELLS, help="whose script")
    completion.set_defaults(run=_completion, make_parser=make_parser)


def _completion(options: argparse.Namespace) -> int:
    import shtab

    from headcount.questions import BASES, PERIODS, REGISTRY

    parser = options.make_parser()
    known = {"question": list(REGISTRY), "basis": list(BASES), "over": list(PERIODS)}
    commands = next(action for action in parser._actions if action.dest == "command").choices  # noqa: SLF001  # shtab reads it too
    for name, command in commands.items():
        for action in command.completed()._actions:  # noqa: SLF001  # as above
            if action.type is Path:
                action.complete = shtab.FILE
            elif name == "ask" and action.dest in known:
                action.choices = known[action.dest]
            elif name == "ask" and action.dest == "by":
                action.complete = {"bash": "_headcount_by", "zsh": "_headcount_by_zsh"}
    ways = {name: list(question.by) for name, question in REGISTRY.items()}
    preamble = {"bash": _bash(ways), "zsh": _zsh(ways)}
    write(shtab.complete(parser, shell=options.shell, preamble=preamble.get(options.shell, "")))
    return DONE


def _cases(ways: dict[str, list[str]]) -> str:
    return "\n".join(
        f'    {name}) printf "%s\\n" {" ".join(_quoted(by) for by in each)} ;;' for name, each in ways.items()
    )


def _quoted(word: str) -> str:
    return f"'{word}'"


def _bash(ways: dict[str, list[str]]) -> str:
    """Return the functions that complete ``--by``, by the question on the command line."""
    return f"""\
_headcount_ways() {{
  case "$1" in
{_cases(ways)}
  esac
}}
_headcount_by() {{
  local IFS=$'\\n' word
  for word in "${{COMP_WORDS[@]}}"; do
    local ways="$(_headcount_ways "$word")"
    if [ -n "$ways" ]; then
      compgen -W "$ways" -- "$1" | sed 's/ /\\\\ /g'
      return
    fi
  done
}}
"""


def _zsh(ways: dict[str, list[str]]) -> str:
    return f"""\
_headcount_ways() {{
  case "$1" in
{_cases(ways)}
  esac
}}
_headcount_by_zsh() {{
  local word ways
  for word in $words; do
    ways=("${{(@f)$(_headcount_ways $word)}}")
    if [[ -n "$ways" ]]; then
      compadd -a ways
      return
    fi
  done
}}
"""
