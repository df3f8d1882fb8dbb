"""A restore puts a backup in the place of the warehouse whole or not at all, whenever it is killed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from headcount.contract import read_report, vocabulary
from headcount.ingest import Inbox, Pseudonymizer, arrival, load_key
from headcount.server.commands.companions import read_companions
from headcount.server.data.directory import DataDirectory, open_directory
from tests.support.command import headcount
from tests.support.killed import headcount_killed, headcount_killed_at
from tests.support.reports import REPORTS, report
from tests.support.serving import serving


class State(NamedTuple):
    """What a data directory answers, how many reports wait in it, and what lies beside its warehouse."""

    answers: str
    companions: dict[str, bytes]


class Case(NamedTuple):
    """A data directory, a backup of another state, and what is right before and after it is restored."""

    data: Path
    backup: Path
    before: State
    after: State


def _state(data: Path) -> State:
    """Return it; what waits is loaded by that, and what was ended midway is carried on."""
    asked = headcount("ask", "installs", "--format=json", f"--data={data}")
    assert asked.returncode == 0, asked.stderr
    return State(asked.stdout, read_companions(DataDirectory(data)))


def _count(state: State) -> int:
    return int(json.loads(state.answers)["denominator"])


def _let_wait(data: Path, number: int) -> None:
    """Put a report into an inbox, acknowledged and not loaded."""
    directory = open_directory(data, create=False)
    pseudonymizer = Pseudonymizer(load_key(directory.key, create=False))
    with closing(Inbox(directory.inbox("ingest-1"), owner=True, key=pseudonymizer.fingerprint)) as inbox:
        read = read_report(report(number), vocabulary())
        inbox.append([arrival(read, read.install, 1_790_000_000, pseudonymizer, None)])


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The backup has a publication and a token that the directory lost, and fewer installations; a report waits."""
    path: Path = tmp_path_factory.mktemp("restore")
    data, backup = path / "data", path / "kept"
    for arguments in (
        ("simulate", "--installs=80", "--days=100", f"--into={data}"),
        ("publish", f"--data={data}"),
        ("token", "--name=Ada", f"--data={data}"),
        ("backup", str(backup), f"--data={data}"),
        ("simulate", "--installs=20", "--days=20", "--seed=7", f"--into={data}"),
    ):
        done = headcount(*arguments)
        assert done.returncode == 0, done.stderr
    shutil.rmtree(data / "publications")
    (data / "tokens.json").unlink()
    _let_wait(data, 1)
    states = []
    for name, restored in (("before", False), ("after", True)):
        copy = shutil.copytree(data, path / name)
        if restored:
            done = headcount("restore", backup, f"--data={copy}")
            assert done.returncode == 0, done.stderr
        states.append(_state(copy))
        shutil.rmtree(copy)
    assert states[0].answers != states[1].answers
    assert (len(states[0].companions), len(states[1].companions)) == (1, 3)  # of both the mark of a simulated fleet
    return Case(data, backup, *states)


def _assert_whole(case: Case, data: Path, *, was_restored: bool) -> bool:
    """Assert that a directory is as before or as after; return whether as after, which it stays once it was."""
    state = _state(data)
    assert state in (case.before, case.after)
    is_restored = state == case.after
    assert is_restored or not was_restored
    assert _left(data) == []
    return is_restored


def _left(data: Path) -> list[str]:
    known = {
        "HEADCOUNT",
        "pseudonym.key",
        "warehouse.duckdb",
        "inbox",
        "copies",
        "publications",
        "records",
        "tokens.json",
        "clock",
    }
    return [path.name for path in data.iterdir() if path.name not in known] + [
        path.name for path in (data / "copies").glob("*")
    ]


def _kill_each_time(case: Case, tmp_path: Path, run: Callable[[Path, int], bool]) -> int:
    """Kill a restore before each of its steps, until it ends by itself; return how many there were."""
    restored, number, ended = False, 0, False
    while not ended:
        number += 1
        data = shutil.copytree(case.data, tmp_path / "data")
        ended = run(data, number)
        restored = _assert_whole(case, data, was_restored=restored)
        shutil.rmtree(data)
    assert restored
    return number - 1


@pytest.mark.soak
def test_a_restore_that_is_killed_before_any_step_is_whole(case: Case, tmp_path: Path) -> None:
    """Each step that Python does in the data directory; what was acknowledged, published and given is there either way."""

    def run(data: Path, number: int) -> bool:
        done = headcount_killed(data, number, "restore", case.backup, f"--data={data}")
        assert done is None or done.returncode == 0, done
        return done is not None

    assert _kill_each_time(case, tmp_path, run) > 10


@pytest.mark.soak
@pytest.mark.parametrize(
    "calls", ["rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,link,fsync,fdatasync,ftruncate", "write,pwrite64"]
)
def test_a_restore_that_is_killed_at_any_system_call_is_whole(case: Case, tmp_path: Path, calls: str) -> None:
    """Of DuckDB and SQLite too."""

    def run(data: Path, number: int) -> bool:
        return headcount_killed_at(calls, number, "restore", case.backup, f"--data={data}").returncode == 0

    _kill_each_time(case, tmp_path, run)


@pytest.mark.ci
def test_a_restore_leaves_nothing_of_the_warehouse_before(case: Case, tmp_path: Path) -> None:
    """Not what its server had not written into the file yet when it was killed."""
    data = shutil.copytree(case.data, tmp_path / "data")
    with serving(data, tmp_path / "stderr") as server:
        assert server.post(REPORTS, report(2)).status == 202
        server.wait_for_installations(_count(case.before) + 1)
        server.process.kill()
        server.process.wait()
    assert (data / "warehouse.duckdb.wal").stat().st_size
    for end in ("checkpoint", "recovery"):
        shutil.copy(data / "warehouse.duckdb.wal", data / f"warehouse.duckdb.wal.{end}")
    assert headcount("restore", case.backup, f"--data={data}").returncode == 0
    assert [path.name for path in data.glob("warehouse.duckdb*")] == ["warehouse.duckdb"]
    assert _count(_state(data)) == _count(case.after) - 1  # what waited was loaded into the warehouse before


@pytest.mark.ci
def test_a_directory_that_lost_its_warehouse_is_damaged(case: Case, tmp_path: Path) -> None:
    """No server begins an empty one; a backup, or the wish to begin anew, mends it."""
    data = shutil.copytree(case.data, tmp_path / "data")
    (data / "warehouse.duckdb").unlink()
    refused = headcount("serve", f"--data={data}", "--port=0")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "has lost its warehouse" in refused.stderr
    assert "`headcount restore FILE`" in refused.stderr
    assert not (data / "warehouse.duckdb").exists()
    doctor = headcount("doctor", f"--data={data}")
    assert (doctor.returncode, "has lost its warehouse" in doctor.stdout) == (1, True)
    assert headcount("restore", case.backup, f"--data={data}").returncode == 0
    assert _state(data) == case.after


@pytest.mark.ci
def test_whoever_wishes_it_begins_anew(case: Case, tmp_path: Path) -> None:
    """Under the same key, with who was erased left out, what waits loaded, and the week that is due not computed again."""
    data = shutil.copytree(case.data, tmp_path / "data")
    (data / "warehouse.duckdb").unlink()
    assert headcount("restore", f"--data={data}").returncode == 2
    assert headcount("restore", case.backup, "--empty", f"--data={data}").returncode == 2
    begun = headcount("restore", "--empty", f"--data={data}")
    assert (begun.returncode, begun.stderr) == (0, "")
    assert json.loads(headcount("ask", "installs", "--format=json", f"--data={data}").stdout)["denominator"] == 1
    assert "was published before, or may have been" in headcount("publish", f"--data={data}").stderr
    (data / "pseudonym.key").unlink()
    (data / "warehouse.duckdb").unlink()
    refused = headcount("restore", "--empty", f"--data={data}")
    assert (refused.returncode, "put it back at" in refused.stderr) == (1, True)


@pytest.mark.parametrize("beside", ["pseudonym.key", "tombstones", "publications", "records"])
def test_what_lies_beside_a_warehouse_tells_that_there_was_one(tmp_path: Path, beside: str) -> None:
    """A key alone may belong to a directory that is to be new; the marker and a key are of one that was used."""
    data = open_directory(tmp_path / "data", create=True)
    load_key(data.key)
    if beside == "pseudonym.key":
        (data.path / "NEW").unlink()
    elif beside == "tombstones":
        data.tombstones.touch()
    else:
        (data.path / beside).mkdir()
    asked = headcount("ask", "installs", f"--data={data.path}")
    assert (asked.returncode, "has lost its warehouse" in asked.stderr) == (1, True)


@pytest.mark.ci
def test_a_server_whose_warehouse_is_taken_away_loses_nothing(tmp_path: Path) -> None:
    """It answers no more, makes no new one, and lets reports wait until the file is back."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as server:
        assert server.post(REPORTS, report(1)).status == 202
        server.wait_for_installations(1)
        kept = tmp_path / "kept"
        (data / "warehouse.duckdb").rename(kept)
        assert server.post(REPORTS, report(2)).status == 202
        log = server.stop()
    assert not (data / "warehouse.duckdb").exists()
    assert re.search(r"warehouse\.duckdb (was taken away while it was open|is missing)", log)
    kept.rename(data / "warehouse.duckdb")
    with serving(data, tmp_path / "stderr") as server:
        server.wait_for_installations(2)
        assert server.stop() == ""
