"""History in and out: `headcount import` and `headcount export`."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from headcount.contract import Arrival
from headcount.server.commands.history import import_files
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import captures
from tests.support.command import Done, headcount
from tests.support.reports import REPORT
from tests.support.serving import serving
from tests.support.waiting import wait_until

MARCH = "2025-03"
STOCK = captures.body("430-rich-full")


def _run(*arguments: object, code: int = 0, as_process: bool = False) -> Done:
    done = headcount(*arguments, as_process=as_process)
    assert done.returncode == code, done.stderr
    return done


def _answers(data: Path) -> list[str]:
    ways: list[tuple[str, dict[str, str]]] = [
        ("installs", {}),
        ("installs", {"by": "month"}),
        ("versions", {}),
        ("plugins", {"basis": "confirmed"}),
    ]
    asked = [
        headcount(
            "ask", question, *(f"--{name}={text}" for name, text in parameters.items()), "--format=csv", "--data", data
        )
        for question, parameters in ways
    ]
    assert all(answer.returncode == 0 for answer in asked), asked
    return [answer.stdout for answer in asked]


def _write(path: Path, lines: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A simulated fleet in a file, and the data directory that it was put into without one."""
    path = tmp_path_factory.mktemp("fleet")
    arguments = ("--installs", 150, "--days", 500, "--seed", 5)
    _run("simulate", *arguments, "--out", path / "fleet.ndjson")
    _run("simulate", *arguments, "--into", path / "straight")
    return path / "fleet.ndjson", path / "straight"


@pytest.mark.ci
def test_history_gives_the_answers_that_the_reports_would_have_given(fleet: tuple[Path, Path], tmp_path: Path) -> None:
    """Taken in twice, once gzipped: the same answers; from an export the same again; nothing is printed on the way."""
    file, straight = fleet
    expected = _answers(straight)
    data = tmp_path / "data"
    done = _run("import", file, "--data", data)
    count = len(file.read_text().splitlines())
    assert (done.stdout, done.stderr) == (f"{count:,} reports were taken into {data}.\n", "")
    assert _answers(data) == expected
    packed = tmp_path / "fleet.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    _run("import", packed, "--data", data)
    assert _answers(data) == expected

    _run("export", tmp_path / "out", "--data", data)
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(data / "pseudonym.key", again)
    _run("import", tmp_path / "out", "--data", again)
    assert _answers(again) == expected


@pytest.mark.ci
def test_an_import_that_was_killed_goes_on(fleet: tuple[Path, Path], tmp_path: Path) -> None:
    """Killed while it reads, with all its processes; then run again: each report is there, and once."""
    file, straight = fleet
    many = tmp_path / "many.ndjson"
    with many.open("wb") as out:
        for _ in range(5):
            out.write(file.read_bytes())
    data = tmp_path / "data"
    command = [sys.executable, "-m", "headcount", "import", str(many), "--data", str(data)]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until((data / "warehouse.duckdb").exists, "the import began")
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: subprocess.run(["pgrep", "-s", str(process.pid)], capture_output=True, check=False).returncode != 0,
               "its processes ended")  # fmt: skip
    _run("import", many, "--data", data)
    assert _answers(data) == _answers(straight)
    assert not (data / "import.json").exists()


def test_a_running_server_loads_what_is_imported_and_gives_what_is_exported(tmp_path: Path) -> None:
    """Both go by the one owner of the warehouse; the answers change a moment later."""
    days = [f"2026-10-{day:02}T12:00:00Z" for day in (1, 2, 3)]
    lines = [{"@timestamp": day, **REPORT, "installid": f"{number:040x}"} for number, day in enumerate(days)]
    with serving(tmp_path / "data", tmp_path / "stderr") as served:
        _run("import", _write(tmp_path / "a.ndjson", lines), "--data", served.data)
        served.wait_for_installations(3)
        done = _run("export", tmp_path / "out", "--data", served.data)
        assert done.stdout == f"3 sightings of 1 profiles are in {tmp_path / 'out'}.\n"
        assert not list(served.data.glob("export-*"))
        _run("import", tmp_path / "out", "--data", served.data)
        assert served.stop() == ""
    assert "alive,3," in _run("ask", "installs", "--data", tmp_path / "data", "--format", "csv").stdout


def _logstash(number: int, **more: Any) -> dict[str, Any]:
    """A report as Logstash handed it to Elasticsearch."""
    return {
        **STOCK, "installid": f"{number:040x}", "@timestamp": f"{MARCH}-{number + 1:02}T01:02:03.456Z", "@version": "1",
        "host": "203.0.113.77", "headers": {"http_user_agent": "zqagent", "http_x_forwarded_for": "203.0.113.78"}, **more,
    }  # fmt: skip


def test_dumps_of_the_old_collector_are_read(tmp_path: Path) -> None:
    """One document a line, answers of a search, and the bulk format; what Logstash added is nowhere afterwards."""
    lines = [
        {"_index": "logstash-2017.03.01", "_type": "logs", "_id": "a", "_score": 1, "_source": _logstash(0)},
        {"hits": {"total": 2, "hits": [{"_id": "b", "_source": _logstash(1)}, {"_id": "c", "_source": _logstash(2)}]}},
        {"index": {"_index": "logstash-2017.03.04", "_id": "d"}},
        _logstash(3),
        {"_source": _logstash(4, **{"@timestamp": 1741136523456})},
    ]
    data = tmp_path / "data"
    assert _run("import", _write(tmp_path / "dump", lines), "--data", data).stdout.startswith("5 reports ")
    window = ("--since", f"{MARCH}-01", "--until", f"{MARCH}-31", "--data", data, "--format", "csv")
    days = _run("ask", "installs", "--by", "day", *window)
    plugins = _run("ask", "plugins", "--basis", "seen", *window).stdout
    assert "buildbot.steps.shell.ShellCommand,step,5," in plugins
    counted = {row["period"]: int(row["installations"]) for row in csv.DictReader(days.stdout.splitlines())}
    assert counted == {f"{MARCH}-{day:02}": int(day <= 5) for day in range(1, 32)}
    stored = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    for marker in (b"zqagent", b"203.0.113", b"logstash"):
        assert marker not in stored


def test_lines_that_are_no_reports_are_named_and_left_out(tmp_path: Path) -> None:
    """Where each is and what is wrong with it, without what it says; the rest is taken."""
    path = tmp_path / "mixed.ndjson"
    good = json.dumps({"@timestamp": "2026-10-01T00:00:00Z", **STOCK})
    bad = json.dumps(
        {"@timestamp": "2026-10-01T00:00:00Z", "path": "/v1/reports", "report": {**REPORT, "db": 7, "zq": 1}}
    )
    path.write_text("\n".join([good, "{zqtext", "", bad, json.dumps(STOCK), "[]", good]) + "\n")
    done = _run("import", path, "--data", tmp_path / "data")
    assert done.stdout.startswith("2 reports ")
    assert done.stderr.splitlines() == [
        "headcount: 4 lines are no reports and were left out; the first of them:",
        f"  {path}, line 2: not JSON",
        f"  {path}, line 4: zq: is not in the catalog of fields; db: must be a string, not a number",
        f"  {path}, line 5: @timestamp: must be a time such as 2026-10-02T12:00:00Z",
        f"  {path}, line 6: must be an object",
    ]
    path.write_text("nothing\n")
    assert _run("import", path, "--data", tmp_path / "data", code=1).stdout.startswith("0 reports ")


@pytest.mark.ci
@pytest.mark.parametrize("served", [False, True])
def test_lines_of_impossible_times_and_without_an_end_stop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: bool
) -> None:
    """Beside a server and without one alike: each is named, the others are taken, and the server loads, then and after."""
    monkeypatch.setattr("headcount.ingest._lines.LONGEST", 4096)
    stamps = [
        "2026-10-01T00:00:00Z",
        "1969-12-31T23:00:00Z",
        "1999-12-31T23:59:59Z",
        1,
        "2000-01-01T00:00:00Z",
        "9999-01-01",
    ]
    lines: list[object] = [{"@timestamp": stamp, **REPORT, "installid": f"{n:040x}"} for n, stamp in enumerate(stamps)]
    lines[3:3] = [{"@timestamp": stamps[0], **REPORT, "x": "x" * 100_000}]
    good = lines[0]
    data = tmp_path / "data"
    path = _write(tmp_path / "a.ndjson", [*lines, good])
    with path.open("a") as unfinished:
        unfinished.write("x" * 100_000)
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with ExitStack() as stack:
        if served:
            server = stack.enter_context(serving(data, tmp_path / "stderr"))
        for file in (path, packed):
            done = _run("import", file, "--data", data)
            assert done.stdout == f"3 reports were taken into {data}.\n"
            assert done.stderr.splitlines() == [
                "headcount: 6 lines are no reports and were left out; the first of them:",
                f"  {file}, line 2: @timestamp: is before 2000-01-01, when nobody could report",
                f"  {file}, line 3: @timestamp: is before 2000-01-01, when nobody could report",
                f"  {file}, line 4: longer than 32 MiB: a line holds a report, or an answer of a search that is no longer",
                f"  {file}, line 5: @timestamp: is before 2000-01-01, when nobody could report",
                f"  {file}, line 7: @timestamp: is later than can be stored",
            ]
        if served:
            assert server.post("/v1/reports", {**REPORT, "installid": f"{99:040x}"}).status == 202
        asked = _run("ask", "installs", "--data", data, "--format", "csv").stdout
        assert f"alive,{1 + served}," in asked
        assert "lapsed,1," in asked
        if served:
            assert server.request("GET", "/readyz").status == 200
            assert server.stop() == ""


_MEASURED = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss, flush=True)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.ci
def test_a_line_without_an_end_takes_little_memory(tmp_path: Path) -> None:
    """Some hundreds of MiB of it, from a gzipped file of some hundreds of kB; what follows is taken."""
    good = json.dumps({"@timestamp": "2026-10-01T00:00:00Z", **STOCK}).encode() + b"\n"
    packed = tmp_path / "long.gz"
    with gzip.open(packed, "wb", compresslevel=1) as out:
        out.write(good + b'{"x":"')
        for _ in range(500):
            out.write(bytes(1024 * 1024))
        out.write(b"\n" + good)
    command = [sys.executable, "-m", "headcount", "import", str(packed), "--data", str(tmp_path / "data")]
    # A process counts the memory of the one that forked it: so a small one does, and not that of the tests.
    done = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("2 reports ")
    assert done.stderr.count("line 2: longer than 32 MiB") == 1
    assert int(done.stdout.splitlines()[-1]) < 400 * 1024  # KiB


@pytest.mark.ci
def test_a_bad_export_does_not_keep_other_files_out(tmp_path: Path) -> None:
    """It is named, and those after it are taken."""
    (tmp_path / "empty").mkdir()
    good = _write(tmp_path / "good.ndjson", [{"@timestamp": "2026-10-01T00:00:00Z", **STOCK}])
    done = _run("import", tmp_path / "empty", good, "--data", tmp_path / "data", code=1)
    assert "holds no export" in done.stderr
    assert done.stdout.startswith("1 reports ")


@pytest.mark.ci
def test_a_file_that_was_damaged_and_is_mended_is_taken_whole(fleet: tuple[Path, Path], tmp_path: Path) -> None:
    """Said is that it could not be read to its end, and how many lines of it made no sense; the next file is taken too."""
    file, straight = fleet
    whole = gzip.compress(file.read_bytes())
    damaged = bytearray(whole)
    damaged[len(whole) // 3] ^= 16
    packed = tmp_path / "fleet.gz"
    packed.write_bytes(damaged)
    other = _write(tmp_path / "other.ndjson", [{"@timestamp": "2026-10-01T00:00:00Z", **STOCK}])
    data = tmp_path / "data"
    done = _run("import", packed, other, "--data", data, code=1)
    assert (
        f"headcount: {packed} could not be read to its end: what is gzipped in it is damaged, or cut off" in done.stderr
    )
    assert "when it is mended, import it again: what is taken twice counts once." in done.stderr
    assert int(done.stdout.partition(" ")[0].replace(",", "")) >= 1
    assert not (data / "import.json").exists()

    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(data / "pseudonym.key", again)
    packed.write_bytes(whole)
    _run("import", packed, "--data", again)
    assert _answers(again) == _answers(straight)


@pytest.mark.ci
def test_what_waits_to_be_loaded_is_bounded_by_its_bytes(
    fleet: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few reports that are: large ones would else take all memory."""
    file, straight = fleet
    loads: list[int] = []
    load = DuckWarehouse.load

    def counted(self: DuckWarehouse, arrivals: Sequence[Arrival], **more: Any) -> None:
        loads.append(len(arrivals))
        load(self, arrivals, **more)

    monkeypatch.setattr(DuckWarehouse, "load", counted)
    monkeypatch.setattr("headcount.server.commands.history._MOST", 1)
    many = tmp_path / "many.ndjson"
    many.write_bytes(file.read_bytes() * 3)
    count = len(file.read_bytes().splitlines()) * 3
    assert import_files(tmp_path / "data", [many], lambda *_: None).taken == count == sum(loads)
    assert max(loads) <= count / (many.stat().st_size // (2 * 1024 * 1024))
    assert _answers(tmp_path / "data") == _answers(straight)


def test_what_cannot_be_taken_is_one_sentence(fleet: tuple[Path, Path], tmp_path: Path) -> None:
    """A file that is not there, a directory that holds no export, one of another key, and a place that is taken."""
    _, straight = fleet
    _run("export", tmp_path / "out", "--data", straight)
    (tmp_path / "empty").mkdir()
    for what, says in [
        (tmp_path / "nowhere", "cannot be read: is it there, and is it yours?"),
        (tmp_path / "empty", "holds no export"),
        (Path("/dev/null"), "is neither a file nor a directory"),
        (tmp_path / "out", "was exported under another pseudonym key"),
    ]:
        refused = _run("import", what, "--data", tmp_path / "data", code=1)
        assert says in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert "is there already" in _run("export", tmp_path / "out", "--data", straight, code=1).stderr
    damaged = tmp_path / "out" / "sightings.parquet"
    damaged.write_bytes(damaged.read_bytes()[:1000])
    assert "holds no export of Headcount's" in _run("import", tmp_path / "out", "--data", straight, code=1).stderr
