"""The scripts by which a shell completes the command, in a real shell."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from headcount.questions import BASES, REGISTRY
from tests.support.command import headcount
from tests.support.requires import require

_TRY = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_shtab_headcount
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash."""
    path = tmp_path_factory.mktemp("completion") / "headcount"
    path.write_text(headcount("completion", "bash").stdout)
    return path


def _completed(script: Path, line: str) -> set[str]:
    """Return what bash offers for the last word of a line."""
    words = line.split(" ")
    command = ["bash", "--norc", "-c", _TRY, "bash", str(script), "headcount", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split("\n")) - {""}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("si", {"simulate"}),
        ("ask ver", {"versions"}),
        ("ask ", set(REGISTRY)),
        ("ask versions --ov", {"--over"}),
        ("ask versions --by py", {"python", "python.release"}),
        ("ask plugins --by ch", {"change\\ source"}),
        ("ask upgrades --by 4.3", {"4.3.0"}),
        ("ask --by dis", set()),
        ("ask environments --by distro,", {"distro,db", "distro,mq"}),
        ("ask versions --over ", {"month", "week"}),
        ("ask versions --basis ", set(BASES)),
        ("ask versions --format p", {"parquet", "png"}),
        ("preview --level ", {"basic", "full"}),
        ("advise --format ", {"json", "text"}),
    ],
)
def test_bash_completes(script: Path, line: str, offered: set[str]) -> None:
    """Commands, options, questions, what each can be counted by, periods, bases and formats."""
    found = _completed(script, line)
    assert found >= offered
    assert bool(found) is bool(offered)
    assert all(each.startswith(line.rpartition(" ")[2]) for each in found)


def test_zsh_completes(tmp_path: Path) -> None:
    """As it does for who presses the tabulator."""
    require(None if shutil.which("zsh") else "zsh is missing: apt-get install -y zsh")
    (tmp_path / "_headcount").write_text(headcount("completion", "zsh").stdout)
    master, slave = os.openpty()
    environment = {**os.environ, "PS1": "ready> ", "TERM": "dumb"}
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        _type(
            master,
            f"fpath=({shlex.quote(str(tmp_path))} $fpath); autoload -U compinit; compinit -u -D; print -r lo''aded\n",
        )
        _read_until(master, "loaded")
        _type(master, "headcount ask plugins --by cha\t")
        _read_until(master, "change\\ source")
        _type(master, "--ov\tm\t")
        _read_until(master, "month")
    finally:
        shell.kill()
        shell.wait()
        os.close(master)


def _type(master: int, keys: str) -> None:
    os.write(master, keys.encode())


def _read_until(master: int, text: str) -> None:
    """Read what a shell shows until it has shown a text, but for where the cursor goes."""
    shown = ""
    while text not in shown:
        ready, _, _ = select.select([master], [], [], 60)
        assert ready, f"{text!r} is not in {shown!r}"
        shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(master, 65536).decode())


def test_each_shell_has_a_script() -> None:
    """And any other is refused."""
    for shell in ("bash", "zsh", "fish"):
        assert "headcount" in headcount("completion", shell).stdout
    assert headcount("completion", "csh").returncode == 2
