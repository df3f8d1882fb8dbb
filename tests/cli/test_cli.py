"""The `headcount` command."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from headcount.cli import main
from headcount.questions import PARAMETERS, REGISTRY
from headcount.server.web.openapi import openapi
from tests.support import masters
from tests.support.command import headcount
from tests.support.reports import REPORT
from tests.support.terminals import terminal
from tests.support.waiting import wait_until

OURS = {"headcount", "headcount._progress", "headcount._refused", "headcount.cli"}
THEIRS = ("duckdb", "starlette", "uvicorn", "orjson", "jinja2", "vl_convert", "buildbot", "twisted")


def test_help_imports_nothing_of_the_server() -> None:
    """Nor of any other part: it is quick because it loads the command alone."""
    code = (
        "import sys\nfrom headcount.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    rooms = ("headcount.cli._", "headcount.settings._")
    ours = [name for name in loaded if name.startswith("headcount") and not name.startswith(rooms)]
    assert set(ours) == OURS
    assert not [name for name in loaded if name.startswith(THEIRS)]
    for command in ("serve", "ingest", "preview", "ask", "simulate"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["ask", "--nonsense"], ["serve", "--port", "99999"], ["simulate", "--installs", "0"]],
)
def test_bad_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With what is wrong on standard error, as argparse has it."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: headcount" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["aks"], "headcount: error: there is no command 'aks' (did you mean ask?)"),
        (["help", "expotr"], "there is no command 'expotr' (did you mean export?)"),
        (["ask", "versions", "--format", "jsn"], "there is no --format 'jsn' (did you mean json?)"),
        (
            ["ask", "versions", "--ovr", "month"],
            "headcount ask: error: unrecognized arguments: --ovr month (did you mean --over?)",
        ),
        (["preview", "m", "--level", "ful"], "there is no --level 'ful' (did you mean full?)"),
    ],
)
def test_a_mistyped_word_of_the_command_line_is_answered_with_the_nearest(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command, an option, and what an option can be."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_a_mistyped_word_of_a_question_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """And of many right ones some are listed."""
    data = tmp_path / "data"
    assert main(["simulate", "--installs=2", "--days=2", f"--into={data}"]) == 0

    def said(*arguments: str) -> str:
        done = headcount("ask", *arguments, "--data", data)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        return done.stderr

    assert "(did you mean python?)" in said("versions", "--by", "pyhton")
    assert "(did you mean confirmed?)" in said("versions", "--basis", "confirmd")
    assert "(did you mean month?)" in said("versions", "--over", "mnth")
    many = said("upgrades", "--by", "4.3")
    assert "(did you mean 4.3.0?)" in many
    assert len(many) < 200
    assert re.search(r"4\.2\.1, .* \d+ more\n$", many)


def test_help_is_a_command_too() -> None:
    """Of all, or of one."""
    assert headcount("help").stdout == headcount("--help").stdout
    assert headcount("help", "ask").stdout == headcount("ask", "--help").stdout


def test_without_the_servers_parts_it_says_how_to_get_them(tmp_path: Path) -> None:
    """Where the client alone is installed, `serve` names the extra, and there is no traceback."""
    code = "import sys; sys.modules['duckdb'] = None\nfrom headcount.cli import main\nsys.exit(main(['serve']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr
        == "headcount: duckdb is missing: install the server's parts with `pip install 'headcount[server]'`.\n"
    )


def test_a_simulated_fleet_can_be_asked(tmp_path: Path) -> None:
    """The whole way of `simulate --into`: every installation that it made up is there, in each format."""
    data = tmp_path / "data"
    made = headcount("simulate", "--installs", "40", "--days", "400", "--seed", "3", "--into", data, as_process=True)
    assert made.returncode == 0, made.stderr
    assert "a simulated fleet of 40 installations" in made.stdout
    answer = json.loads(headcount("ask", "installs", "--data", data, "--format", "json", as_process=True).stdout)
    assert 20 < answer["denominator"] <= 200  # some have several ids
    table = headcount("ask", "versions", "--by", "python", "--basis", "confirmed", "--data", str(data))
    assert table.stdout.startswith("Versions by python\nversion ")
    assert "confirmed that answered versions.Python" in table.stdout
    wrong = headcount("ask", "plugs", "--data", str(data))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    known = ", ".join(REGISTRY)
    assert wrong.stderr == f"headcount: there is no question 'plugs' (did you mean plugins?): it is one of {known}\n"
    matching = headcount("ask", "versions", "--where", "python < 3.10", "--data", str(data), "--format", "json")
    assert json.loads(matching.stdout)["where"] == "python < 3.10"
    typo = headcount("ask", "versions", "--where", "pythn < 3.10", "--data", str(data))
    assert (typo.returncode, typo.stdout) == (1, "")
    assert typo.stderr.startswith("headcount: where, character 1: there is no 'pythn' (did you mean python?)")
    assert typo.stderr.endswith("\n  pythn < 3.10\n  ^\n")


def test_a_simulated_fleet_can_be_written(tmp_path: Path) -> None:
    """NDJSON, one report a line, and the truth beside it; equal seeds make equal files."""
    one, two = tmp_path / "one.ndjson", tmp_path / "two.ndjson"
    for path, as_process in ((one, True), (two, False)):
        done = headcount(
            "simulate", "--installs", "5", "--days", "300", "--seed", "9", "--out", path, as_process=as_process
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert one.read_bytes() == two.read_bytes()
    lines = [json.loads(line) for line in one.read_text().splitlines()]
    assert all(set(line) - {"secret"} == {"@timestamp", "path", "report"} for line in lines)
    assert len(one.with_name("one.ndjson.truth").read_text().splitlines()) == len(lines) > 0
    refused = headcount("simulate", "--installs", "1", "--days", "1", "--out", str(tmp_path / "no" / "file"))
    assert refused.returncode == 1
    assert "cannot be written: No such file or directory." in refused.stderr


@pytest.mark.parametrize(
    ("url", "says"),
    [("ftp://x", "is no address of a server"), ("http://127.0.0.1:9", "gave no answer")],
)
def test_a_server_that_is_not_there_is_one_sentence(url: str, says: str) -> None:
    """No traceback."""
    done = headcount("ask", "installs", "--url", url)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def _interrupted(arguments: Sequence[str], began: Callable[[subprocess.Popen[str]], object]) -> subprocess.Popen[str]:
    """Start a command in a session of its own, and press Ctrl-C once it began: its process group gets SIGINT."""
    command = [sys.executable, "-m", "headcount", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    began(process)
    os.killpg(process.pid, signal.SIGINT)
    return process


def _assert_interrupted(process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in out + err


def test_ctrl_c_ends_a_command_that_waits_for_a_server(tmp_path: Path) -> None:
    """With 130, as shells have it, and no traceback."""
    data = tmp_path / "data"
    assert main(["token", "--data", str(data)]) == 0
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(data / "headcount.sock"))
        hanging.listen()
        accepted: list[socket.socket] = []
        process = _interrupted(["ask", "installs", "--data", str(data)], lambda _: accepted.append(hanging.accept()[0]))
        _assert_interrupted(process)
        with terminal(sys.executable, "-m", "headcount", "ask", "installs", "--data", str(data)) as running:
            accepted.append(hanging.accept()[0])
            running.wait_for("asking: 1 s")
            os.killpg(running.process.pid, signal.SIGINT)
            done = running.end()
        assert done.process.returncode == 130
        assert "Traceback" not in done.out + done.err
        for connection in accepted:
            connection.close()


@pytest.mark.parametrize("command", ["serve", "ingest"])
def test_ctrl_c_ends_a_server(tmp_path: Path, command: str) -> None:
    """Likewise; what was taken is written first."""

    def began(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        process.stdout.readline()

    _assert_interrupted(_interrupted([command, "--data", str(tmp_path / "data"), "--port", "0"], began))


def test_ctrl_c_ends_a_simulation(tmp_path: Path) -> None:
    """Likewise, and nothing is left that is half written."""
    simulate = ("simulate", "--installs", "100000", "--days", "400", "--out", str(tmp_path / "reports"))
    with terminal(sys.executable, "-m", "headcount", *simulate) as running:
        running.wait_for("making up the fleet:   0%")
        os.killpg(running.process.pid, signal.SIGINT)
        done = running.end()
    assert done.process.returncode == 130, done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
def test_ctrl_c_ends_an_import_with_all_its_processes(tmp_path: Path) -> None:
    """None of them says anything; run again, it goes on."""
    history, data = tmp_path / "history", tmp_path / "data"
    line = json.dumps({"@timestamp": "2026-10-01T00:00:00Z", **REPORT}) + "\n"
    history.write_text(line * (24_000_000 // len(line)))
    process = _interrupted(
        ["import", str(history), "--data", str(data)],
        lambda process: wait_until(lambda: len(_session(process)) > 2, "its processes have begun"),
    )
    _assert_interrupted(process)
    wait_until(lambda: not _session(process), "its processes have ended")


def _session(process: subprocess.Popen[str]) -> list[str]:
    """The processes of a session."""
    listed = subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True, text=True, check=False)
    return listed.stdout.split()


def test_ctrl_c_ends_a_preview(tmp_path: Path) -> None:
    """In the configuration, and while a function of the administrator's goes on."""
    began = tmp_path / "began"
    waiting = f"import time\nopen({str(began)!r}, 'w').close()\ntime.sleep(60)\n"
    deferred = (
        "from twisted.internet import defer\n"
        f"def function(report):\n    open({str(began)!r}, 'w').close()\n    return defer.Deferred()\n"
    )
    for name, text in (("waiting", waiting), ("deferred", deferred)):
        path = tmp_path / f"{name}.cfg"
        usage = "c['buildbotNetUsageData'] = function\nc['configurators'] = [util.UsageData(url='https://h.example')]\n"
        path.write_text(masters.SMALL + text + (usage if name == "deferred" else ""))
        _assert_interrupted(_interrupted(["preview", str(path)], lambda _: wait_until(began.exists, "it began")))
        began.unlink()


@pytest.mark.parametrize(
    "arguments", [["token", "--data", "{}"], ["ask", "installs", "--data", "{}"], ["preview", "{}"]]
)
def test_a_full_disk_under_standard_output_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    """And status 1: who reads the output later is not to take it for whole."""
    data = tmp_path / "data"
    if arguments[0] == "preview":
        data.mkdir()
        (data / "master.cfg").write_text(
            masters.SMALL + "c['configurators'] = [util.UsageData(url='https://h.example')]\n"
        )
    else:
        assert main(["simulate", "--installs=2", "--days=2", f"--into={data}"]) == 0
    command = [sys.executable, "-m", "headcount", *(argument.format(data) for argument in arguments)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("headcount: standard output cannot be written: No space left on device.\n")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_who_reads_versions_by_a_program_is_told_of_series(tmp_path: Path) -> None:
    """Once, on standard error, where an older script may have read releases; a person sees it in the table."""
    data = tmp_path / "data"
    headcount("simulate", "--installs", "5", "--days", "90", "--seed", "3", "--into", str(data))

    def told(*arguments: str) -> str:
        asked = headcount("ask", *arguments, "--data", str(data))
        assert asked.returncode == 0, asked.stderr
        return asked.stderr

    for form in ("json", "csv", "parquet"):
        for by, arguments in (("python", ("--by", "python")), ("buildbot", ()), ("worker", ("--by", "worker"))):
            said = told("versions", *arguments, "--format", form)
            assert (
                said
                == f"headcount: versions by {by} counts series now, such as 4.3: --by {by}.release gives releases\n"
            )
    assert told("versions", "--by", "python") == ""
    assert told("versions", "--by", "python.release", "--format", "csv") == ""
    assert told("plugins", "--format", "csv") == ""
    answer = json.loads(headcount("ask", "versions", "--data", str(data), "--format", "json").stdout)
    assert answer["grain"] == "series"


def test_ask_alone_lists_the_questions() -> None:
    """Each with an example; with a parameter it is not known which is asked."""
    listed = headcount("ask")
    assert listed.returncode == 0
    assert "drop: " in listed.stdout
    assert "    headcount ask versions --by " in listed.stdout
    assert headcount("ask", "--by", "python").returncode == 1


def test_every_parameter_of_a_question_is_an_option_and_in_the_openapi_document() -> None:
    """By the same name."""
    shown = headcount("ask", "--help").stdout
    (asked,) = [path["get"] for path in openapi()["paths"].values() if path.get("get", {}).get("operationId") == "ask"]
    documented = {parameter["name"] for parameter in asked["parameters"]}
    assert documented == {"question", "format", *PARAMETERS}
    assert all(f"--{name} " in shown for name in (*PARAMETERS, "format"))
