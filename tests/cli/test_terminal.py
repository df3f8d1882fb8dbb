"""What `ask` shows on a real terminal, of a running server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import terminals
from tests.support.command import headcount
from tests.support.serving import Served, serving
from tests.support.terminals import terminal

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_BLOCKS = "█▏▎▍▌▋▊▉"
HEAVY = (
    "duckdb", "starlette", "uvicorn", "jinja2", "vl_convert", "lark", "rich", "asyncio", "headcount.questions",
    "headcount.warehouse", "headcount.contract", "headcount.dashboard", "headcount.server.web", "headcount.server.http",
)  # fmt: skip
"""What `ask` needs nothing of where a server answers."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a small fleet."""
    made = tmp_path_factory.mktemp("terminal")
    done = headcount("simulate", "--installs", "80", "--days", "400", "--seed", "3", "--into", made / "data")
    assert done.returncode == 0, done.stderr
    with serving(made / "data", made / "errors") as running:
        yield running


def _ask(served: Served, *arguments: str, columns: int = 80, **environment: str) -> str:
    """Return what is shown of an answer."""
    done = terminals.headcount("ask", *arguments, "--data", served.data, columns=columns, environment=environment)
    assert done.process.returncode == 0, done.out + done.err
    assert re.fullmatch(r"(\r(asking: \d+ s | *))*", done.err), (
        "nothing but how long it takes, where the machine is busy"
    )
    return done.out


def test_the_sentence_comes_first_and_bars_fit_the_width(served: Served) -> None:
    """In 60 columns too; versions are in their order, and what is past its end is said in words."""
    lines = _ESCAPES.sub("", _ask(served, "versions", "--by", "python", columns=60)).splitlines()
    assert lines[0].startswith("Of ")
    assert all(len(line) <= 60 for line in lines)
    rows = [line for line in lines if re.match(r"\d\.\d+ ", line)]
    versions = [tuple(map(int, row.split()[0].split("."))) for row in rows]
    assert versions == sorted(versions, reverse=True)
    assert all("past its end" in row for row, version in zip(rows, versions, strict=True) if version < (3, 9))
    assert any(block in "".join(rows) for block in _BLOCKS)
    assert any(line.startswith("A whole bar stands for a share of ") for line in lines)
    assert any("(--wide shows all)" in line for line in lines)


def test_an_answer_over_periods_has_a_trend_in_each_row(served: Served) -> None:
    """A line of characters from the first period to the last, which are named."""
    lines = _ask(served, "versions", "--over", "month", columns=70, NO_COLOR="1").splitlines()
    rows = [line for line in lines if re.match(r"\d\.\d+ ", line)]
    assert rows
    assert all(re.search(r"[▁▂▃▄▅▆▇█]{12}$", row) for row in rows)
    assert any(re.match(r"Trend of the share: \d{4}-\d\d to \d{4}-\d\d", line) for line in lines)


@pytest.mark.parametrize(
    ("environment", "has"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_as_the_environment_asks(served: Served, environment: dict[str, str], has: bool) -> None:
    """On a terminal, unless it cannot, or nobody wants it."""
    done = terminals.headcount("ask", "installs", "--data", served.data, environment=environment)
    assert ("\x1b[" in done.out) is has


def test_where_characters_are_missing_others_do(served: Served) -> None:
    """A terminal in ASCII gets ASCII; `COLUMNS` is its width, whatever it says itself."""
    shown = _ask(
        served, "pipelines", "--by", "pairs", columns=200, PYTHONIOENCODING="ascii", COLUMNS="50", NO_COLOR="1"
    )
    assert shown.isascii()
    assert " -> " in shown
    assert all(len(line) <= 50 for line in shown.splitlines())
    assert "##" in _ask(served, "installs", PYTHONIOENCODING="ascii")


def test_a_list_of_all_questions_fits_too() -> None:
    """For who asks none."""
    listed = terminals.headcount("ask", columns=50).out.splitlines()
    assert "    headcount ask drop --by year --where 'plugin =" in listed
    assert all(len(line) <= 50 for line in listed)


def test_classes_have_short_names(served: Served) -> None:
    """Whole ones are in the whole table, which is that of a pipe, below the sentence."""
    assert "buildbot." not in _ask(served, "plugins", columns=60)
    wide = _ask(served, "plugins", "--wide", columns=60, NO_COLOR="1")
    piped = headcount("ask", "plugins", "--data", served.data).stdout
    assert wide.startswith("Of ")
    assert wide.endswith("\n\n" + piped)


def test_a_pipe_gets_what_it_always_got(served: Served) -> None:
    """Byte for byte, whatever the environment says of colours: the table that the server's API gives."""
    command = [sys.executable, "-m", "headcount", "ask", "versions", "--wide", "--data", str(served.data)]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": "40"}
    piped = subprocess.run(command, capture_output=True, check=True, env=environment)
    api = served.request("GET", "/api/ask/versions?format=table", headers={"Authorization": f"Bearer {served.token}"})
    assert piped.stdout == api.body
    assert piped.stderr == b""


def test_a_server_at_an_address_shows_the_same(served: Served) -> None:
    """The same layout, of what the API gives."""
    by_url = terminals.headcount("ask", "sizes", "--url", served.url, environment={"HEADCOUNT_TOKEN": served.token})
    assert by_url.out == _ask(served, "sizes")


@pytest.mark.parametrize("where", ["--data", "--url"])
def test_nothing_heavy_is_imported_where_a_server_answers(served: Served, where: str) -> None:
    """So that the whole command is over in the time that an interpreter takes, and little more."""
    place = {"--data": str(served.data), "--url": served.url}[where]
    command = [sys.executable, "-X", "importtime", "-m", "headcount", "ask", "plugins", where, place]
    with terminal(*command, environment={"HEADCOUNT_TOKEN": served.token}) as running:
        done = running.end()
    assert done.process.returncode == 0, done.out
    assert "BuilderConfig" in done.out
    imported = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert "headcount.cli._layout" in imported
    assert not {each for each in imported if any(f"{each}.".startswith(f"{name}.") for name in HEAVY)}


def test_open_opens_the_page_that_answers_the_same(served: Served, tmp_path: Path) -> None:
    """In the browser that there is; without one its address is printed."""
    asked = ("versions", "--by", "python", "--where", "db = sqlite", "--open")
    page = f"{served.url}/questions/versions?where=db+%3D+sqlite&by=python"
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    done = terminals.headcount("ask", *asked, "--data", served.data, environment={"BROWSER": f"{browser} %s"})
    assert (done.process.returncode, done.out) == (0, ""), done.err
    assert opened.read_text() == page
    assert _ask(served, *asked, PATH=str(tmp_path / "none")) == f"{page}\n"
    by_url = terminals.headcount("ask", "drop", "--open", "--url", "https://h.example/", environment={"PATH": "/none"})
    assert by_url.out == "https://h.example/questions/drop\n"


def test_open_without_a_server_says_what_to_do(tmp_path: Path) -> None:
    """There is no page to open."""
    headcount("token", "--data", tmp_path / "data")
    done = headcount("ask", "versions", "--open", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "start one with `headcount serve`" in done.stderr


def test_what_was_published_is_shown_likewise(served: Served) -> None:
    """With counts that are not said as such."""
    assert headcount("publish", "--data", served.data).returncode == 0
    shown = _ask(served, "versions", "--public", columns=60, NO_COLOR="1")
    assert "Protected: every count has noise" in shown.replace("\n", " ")
    by_url = terminals.headcount(
        "ask", "versions", "--public", "--url", served.url, columns=60, environment={"NO_COLOR": "1"}
    )
    assert by_url.out == shown
