"""The process that draws: what it has, how it is bounded, and when it ends."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from headcount.dashboard.charts._rows import MOST
from headcount.questions import Answer, BadQuestion, Cell
from headcount.server._turns import Busy
from headcount.server.drawing.drawer import DrawingProcess
from tests.support.waiting import wait_until

DAY = date(2026, 10, 31)


def _days(count: int) -> Answer:
    rows: list[dict[str, Cell | None]] = [
        {"period": str(DAY - timedelta(days=count - n)), "installations": 1000 + n, "share": 0.5, "new": 3}
        for n in range(count)
    ]
    return Answer("installs", "day", "seen", DAY, DAY, 2400, 1_793_491_092, tuple(rows))


@pytest.fixture(scope="module")
def drawing() -> Iterator[DrawingProcess]:
    """One whose process runs."""
    with closing(DrawingProcess()) as made:
        made.render(_days(3), "svg")
        yield made


@pytest.mark.ci
def test_pictures_come_from_the_process(drawing: DrawingProcess) -> None:
    """And nothing that draws is loaded into this one; the figures are written here."""
    assert drawing.render(_days(3), "svg").startswith(b"<svg")
    assert drawing.render(_days(3), "png").startswith(b"\x89PNG")
    assert drawing.render(_days(MOST), "svg").startswith(b"<svg")  # the most that is drawn
    picture = drawing.picture(_days(3))
    assert picture.wide.startswith("<svg")
    assert picture.narrow.startswith("<svg")
    assert drawing.picture(_days(3), beside=_days(3)).summary
    assert drawing.render(_days(3), "csv").startswith(b"period,")
    program = """
import sys
from headcount.server.drawing.drawer import DrawingProcess
import headcount.server._serve
drawing = DrawingProcess()
assert drawing.pid is None  # it starts when it is first needed
sys.exit(bool("vl_convert" in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.ci
def test_the_process_has_nothing_of_the_server(drawing: DrawingProcess, tmp_path: Path) -> None:
    """No file, socket or lock that was open when it started, but for its end of the connection; its memory is bounded."""
    with (tmp_path / "lock").open("w") as opened, closing(DrawingProcess()) as another:
        os.set_inheritable(opened.fileno(), True)
        another.render(_days(1), "svg")
        process = Path(f"/proc/{another.pid}")
        ours, theirs = (_open(path) for path in (Path("/proc/self"), process))
        assert str(tmp_path / "lock") in ours
        assert ours & theirs <= {"/dev/null"}
        limits = (process / "limits").read_text()
        (memory,) = re.findall(r"^Max data size +\d+ +(\d+) ", limits, re.MULTILINE)
        assert 0 < int(memory) <= (1 << 30) + (16 << 20) * (os.cpu_count() or 1)


@pytest.mark.ci
def test_a_picture_is_drawn_once() -> None:
    """Also where a newer report came and changed no figure: then the process that draws is not asked."""
    with closing(DrawingProcess()) as drawing:
        picture = drawing.picture(_days(3))
        assert drawing.picture(_days(3), "ranking") != picture
        os.kill(drawing.pid or 0, signal.SIGSTOP)
        assert drawing.picture(dataclasses.replace(_days(3), data_until=1)) == picture


def test_a_chart_of_too_many_rows_is_refused() -> None:
    """Before anything is drawn, with what to do; the figures can be had all the same."""
    drawing = DrawingProcess()
    for ask in (lambda: drawing.render(_days(MOST + 1), "svg"), lambda: drawing.picture(_days(36_525))):
        with pytest.raises(BadQuestion, match=r"a chart has 800 rows at most, .*: give a later since, count by week"):
            ask()
    assert drawing.render(_days(MOST + 1), "csv").count(b"\n") == MOST + 2
    assert drawing.pid is None


@pytest.mark.ci
def test_one_that_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """The process is ended, and the next drawing has another."""
    with closing(DrawingProcess(deadline=0.0)) as drawing:
        for _ in range(2):
            with pytest.raises(
                Busy, match="the picture took longer than 0 seconds: ask for less, or for the format csv"
            ):
                drawing.render(_days(MOST), "png")
            assert drawing.pid is None
        assert len(caplog.records) == 2


@pytest.mark.ci
def test_a_process_that_died_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """While it waits, nobody notices; while it draws, whoever waits is told."""
    with closing(DrawingProcess()) as drawing, ThreadPoolExecutor(1) as pool:
        drawing.render(_days(1), "svg")
        first = drawing.pid or 0
        os.kill(first, signal.SIGKILL)
        assert drawing._process is not None
        drawing._process.popen.wait()
        assert drawing.render(_days(1), "svg").startswith(b"<svg")
        second = drawing.pid or 0
        assert second != first
        assert caplog.text == ""
        os.kill(second, signal.SIGSTOP)
        waiting = pool.submit(drawing.render, _days(1), "svg")
        wait_until(drawing._drawing.locked, "the picture is waited for")
        os.kill(second, signal.SIGKILL)
        with pytest.raises(Busy, match="could not be drawn"):
            waiting.result()
        assert drawing.render(_days(1), "svg").startswith(b"<svg")


def test_where_no_process_can_be_started_who_asks_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """For want of file descriptors, at once or after the first two: to ask for the figures. Nothing stays open."""
    with closing(DrawingProcess()) as drawing:
        before = len([*Path("/proc/self/fd").iterdir()])
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = [os.dup(0) for _ in range(3)]
        for each in free:
            os.close(each)
        for limit in (free[0], free[2]):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            try:
                with pytest.raises(Busy, match="could not be drawn: ask for the figures"):
                    drawing.render(_days(1), "svg")
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert drawing.pid is None
            assert len([*Path("/proc/self/fd").iterdir()]) == before
        assert len(caplog.records) == 2


@pytest.mark.ci
def test_few_wait_for_it() -> None:
    """Further ones are told at once to ask again; and at the end of the server all are."""
    with closing(DrawingProcess()) as drawing, ThreadPoolExecutor(12) as pool:
        drawing.render(_days(1), "svg")
        os.kill(drawing.pid or 0, signal.SIGSTOP)
        waiting = [pool.submit(drawing.render, _days(1), "svg") for _ in range(12)]
        wait_until(lambda: sum(each.done() for each in waiting) == 3, "three were told to ask again")
        for each in waiting:
            if each.done():
                assert str(each.exception()) == "too many pictures wait already: ask again in a minute"
        drawing.close()
        assert all(isinstance(each.exception(), Busy) for each in waiting)
        assert drawing.pid is None


def _open(process: Path) -> set[str]:
    """What a process has open: paths, and sockets and pipes by their numbers."""
    found = set()
    for path in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one by which the folder is read
            found.add(str(path.readlink()))
    return {name for name in found if not name.startswith("anon_inode:")}  # all of a kind have one name


_SERVER = """
import sys
from datetime import date
from headcount.questions import Answer
from headcount.server.drawing.drawer import DrawingProcess
drawing = DrawingProcess()
day = date(2026, 10, 31)
drawing.render(Answer("installs", "day", "seen", day, day, 0, None, ()), "svg")
print(drawing.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.ci
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_outlives_no_server(number: signal.Signals) -> None:
    """Whatever way the server ends."""
    with subprocess.Popen([sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert _runs(pid)
        server.send_signal(number)
    wait_until(lambda: not _runs(pid), "the process that draws ended")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
