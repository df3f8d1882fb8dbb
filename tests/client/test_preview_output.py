"""What `headcount preview` prints on standard output: the report and nothing else, or nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import terminals
from tests.support.command import preview
from tests.support.masters import SMALL, make_master
from tests.support.waiting import wait_until

USAGE = "\nc['configurators'] = [util.UsageData(url='https://collector.invalid', level={level}{more})]\n"
LOUD = """
import os, subprocess, sys
def loud(report=None):
    print('printed')
    sys.__stdout__.write('written to the original\\n')
    os.system('echo from a shell')
    subprocess.run(['echo', 'from a process'], check=True)
    os.write(1, b'to the descriptor\\n')
    return report
loud()
"""
SAID = ("printed", "written to the original", "from a shell", "from a process", "to the descriptor")


def test_whatever_a_configuration_and_a_function_write(tmp_path: Path) -> None:
    """All of it is on standard error; standard output is as it was afterwards."""
    make_master(tmp_path / "m", SMALL + LOUD + USAGE.format(level="loud", more=""))
    done = preview("m", cwd=tmp_path)
    assert json.loads(done.stdout)["headcount"]["level"] == "custom", done.stderr
    assert done.stdout.count("\n") == 1
    for text in SAID:
        assert done.stderr.count(text) == 2


def test_standard_output_is_as_it_was_afterwards(tmp_path: Path) -> None:
    """Also where there is no standard error to write to."""
    make_master(tmp_path / "m", SMALL + LOUD + USAGE.format(level="'basic'", more=""))
    code = (
        "import io, os\nfrom headcount.client._preview import preview\nos.close(2)\nout = io.StringIO()\n"
        "status = preview('m', out, io.StringIO())\nos.system('echo after')\n"
        "print(status, out.getvalue().count(chr(10)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout == "after\n0 1\n"


@pytest.mark.parametrize(
    ("call", "says"),
    [("sys.exit(3)", "sys.exit(3)"), ("sys.exit()", "sys.exit()"), ("sys.exit('no')", "sys.exit('no')")],
)
def test_a_configuration_that_exits_is_one_sentence(tmp_path: Path, call: str, says: str) -> None:
    """With status 1, whatever it exits with."""
    make_master(tmp_path / "m", f"{SMALL}import sys\n{call}\n")
    done = preview("m", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"headcount preview: the configuration calls {says}, which ends the master too.\n"


WAITS = """
import os, time
from twisted.internet import defer, reactor, task
def blocks(report):
    os.close(os.open(basedir + '/began', os.O_CREAT))
    time.sleep(60)
def late(report):
    waiting = defer.Deferred()
    def stopping():
        waiting.callback(report)
        return task.deferLater(reactor, 1, lambda: None)  # until then the reactor runs on
    reactor.addSystemEventTrigger('before', 'shutdown', stopping)
    os.close(os.open(basedir + '/began', os.O_CREAT))
    return waiting
"""


@pytest.mark.parametrize("function", ["blocks", "late"])
def test_an_interrupted_preview_prints_nothing(tmp_path: Path, function: str) -> None:
    """Status 130; a function that gives the report back as the process ends has not passed it."""
    make_master(tmp_path / "m", SMALL + WAITS + USAGE.format(level=function, more=""))
    process = subprocess.Popen(
        [sys.executable, "-m", "headcount", "preview", str(tmp_path / "m")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    wait_until((tmp_path / "m" / "began").exists, "the function began")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), err
    assert "Traceback" not in err


def test_a_report_that_the_function_has_not_passed_cannot_be_encoded() -> None:
    """Whoever asks for it: the facts are not what is sent."""
    from headcount.client._assemble import NotSent
    from headcount.client._database import Database
    from headcount.client._draft import Draft
    from headcount.client._files import ReportFiles
    from headcount.client._settings import Setting

    setting = Setting("https://collector.invalid", "custom", dict)
    draft = Draft(setting, ReportFiles("none", "master.cfg"), "host:none", None, Database("sqlite"))
    with pytest.raises(NotSent, match="the function has not passed the report"):
        draft.encode("start")


def test_a_function_finds_its_files_where_the_master_does(tmp_path: Path) -> None:
    """It runs in the master's directory, as in the running master, wherever the preview was called."""
    function = "\ndef reads(report):\n    open('beside.txt').close()\n    return report\n"
    make_master(tmp_path / "m", SMALL + function + USAGE.format(level="reads", more=""))
    (tmp_path / "m" / "beside.txt").touch()
    assert preview("m", cwd=tmp_path).returncode == 0


def test_a_terminal_is_told_why_each_field_is_in_it(tmp_path: Path) -> None:
    """On standard error; standard output has the bytes, as in a pipe."""
    make_master(tmp_path / "m", SMALL + USAGE.format(level="'basic'", more=""))
    piped = preview("m", cwd=tmp_path)
    shown = terminals.headcount("preview", tmp_path / "m")
    assert shown.process.returncode == 0, shown.err
    bodies = [json.loads(text) for text in (shown.out, piped.stdout)]
    for body in bodies:
        assert body["headcount"].pop("report")  # each has its own
    assert bodies[0] == bodies[1]
    assert (shown.out.count("\n"), shown.out[-1]) == (1, "\n")
    assert "versions.Buildbot = " in shown.err
    assert "level basic)" in shown.err
    assert "Not sent: " in shown.err
    assert "versions.Buildbot = " not in piped.stderr
