"""What is forked starts, runs and ends as what is started."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.support.zygote import of_buildbot

ROOT = Path(__file__).parent.parent.parent


def tell() -> int:
    """Print what a process knows of itself, and end with status 3, once a thread that is no daemon has ended."""
    from twisted.internet import reactor

    told = {
        "arguments": sys.argv, "cwd": str(Path.cwd()), "environment": dict(os.environ),
        "headcount": [name for name in sys.modules if name.startswith("headcount")],
        "buildbot": "buildbot.master" in sys.modules, "readers": len(reactor.getReaders()),
    }  # fmt: skip
    print(json.dumps(told))  # noqa: T201  # read by the test
    threading.Timer(0.1, sys.stderr.write, ["waited for"]).start()
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return 3


def fail() -> None:
    """Raise, with a Deferred left behind whose failure nobody takes."""
    from twisted.internet import defer
    from twisted.python import log

    log.startLogging(sys.stderr)
    defer.fail(ValueError("nobody took it"))
    raise KeyError


def kill() -> None:
    """End by a signal."""
    os.kill(os.getpid(), signal.SIGTERM)


def _run(name: str, **environment: str) -> tuple[int, str, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        fork = of_buildbot().fork(
            f"tests.support.test_zygote:{name}", ["name", "a"], cwd=ROOT, out=out, err=err, environment=environment
        )
        assert fork.pid != os.getpid()
        code = fork.wait(30)
        assert (fork.poll(), fork.returncode) == (code, code)
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


def test_it_is_a_process_of_its_own() -> None:
    """Its arguments, directory, environment and reactor are its own; Buildbot is imported, and nothing of Headcount."""
    code, out, err = _run("tell", ONLY="this")
    told = json.loads(out)
    assert (code, err) == (3, "waited for")
    assert (told["arguments"], told["cwd"], told["environment"]) == (["name", "a"], str(ROOT), {"ONLY": "this"})
    assert (told["buildbot"], told["headcount"], told["readers"]) == (True, [], 1)


@pytest.mark.parametrize(("name", "status"), [("fail", 1), ("kill", -signal.SIGTERM)])
def test_how_it_ended_is_told(name: str, status: int) -> None:
    """By what it raised, which is on its standard error, or by a signal; what nobody took is in the log."""
    code, _, err = _run(name)
    assert code == status
    if name == "fail":
        assert "KeyError" in err
        assert "Unhandled error in Deferred" in err
        assert "nobody took it" in err
