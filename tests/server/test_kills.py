"""`kill -9` at any moment of a load: no acknowledged report is lost, and none is counted twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headcount.server.commands.connection import running_server
from headcount.server.data.directory import DataDirectory
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.command import headcount
from tests.support.load import Load
from tests.support.reports import REPORTS, report
from tests.support.serving import Served, ingesting, serving
from tests.support.waiting import wait_until

_ERASED = 900_000_000  # ids from here on are those that are erased


def _kill_again_and_again(tmp_path: Path, kills: int, seed: int) -> tuple[str, int]:
    """Load a server, and an ingest process beside it, that are killed and started again, while the server erases too.

    Return a line that says what was done, and how many erasures were acknowledged.
    """
    chance = random.Random(seed)
    data = tmp_path / "data"
    errors = tmp_path / "stderr"
    gone: list[int] = []
    with Load(seed) as load:
        for number in range(kills):
            with serving(data, errors) as server, ingesting(data, tmp_path / "stderr of ingest") as beside:
                load.ports = (_port(server), _port(beside))
                time.sleep(chance.random() / 2)
                if chance.random() < 0.5:
                    beside.process.kill()
                assert server.post(REPORTS, report(_ERASED + number)).status == 202
                with _erasing(data, _ERASED + number, gone):
                    # the moment of the kill: in a commit, a load, a checkpoint, the rewriting of the file
                    time.sleep(chance.random() * chance.choice((0.2, 1, 3)))
                    server.process.kill()
                    server.process.wait()
                load.ports = ()
            assert "Traceback" not in errors.read_text() + beside.errors.read_text()
        with serving(data, errors) as server:
            load.ports = (_port(server),)
            load.finish()
            _is_whole(server, load.acknowledged, gone, kills)
            assert server.stop() == ""
    _each_counted_once(data, load.acknowledged)
    said = (
        f"{kills} kills: {load.acknowledged:,} reports acknowledged and as many counted, each once; "
        f"{len(gone)} erasures acknowledged, none came back"
    )
    return said, len(gone)


def _kill_ingest_again_and_again(tmp_path: Path, kills: int, seed: int) -> str:
    """Load a server and an ingest process beside it, which is killed and started again while the server goes on.

    Return a line that says what was done.
    """
    chance = random.Random(seed)
    data, errors = tmp_path / "data", tmp_path / "stderr of ingest"
    with serving(data, tmp_path / "stderr") as server:
        with Load(seed) as load:
            for _ in range(kills):
                with ingesting(data, errors) as beside:
                    load.ports = (_port(server), _port(beside))
                    # the moment of the kill: in a commit, while the server loads, while it deletes what it loaded
                    time.sleep(chance.random() * chance.choice((0.2, 0.5, 1)))
                    beside.process.kill()
                    beside.process.wait()
                load.ports = (_port(server),)
                assert errors.read_text() == ""
            load.finish()
        by_it = load.acknowledged - load.taken[_port(server)]
        wait_until(lambda: server.ever_seen() >= load.acknowledged, "all is loaded")
        assert server.stop() == ""
    _each_counted_once(data, load.acknowledged)
    assert by_it > kills
    return (
        f"{kills} kills of ingest: {load.acknowledged:,} reports acknowledged, {by_it:,} of them by it, "
        "and as many counted, each once"
    )


def _each_counted_once(data: Path, acknowledged: int) -> None:
    with closing(DuckWarehouse(data / "warehouse.duckdb")) as warehouse, warehouse.snapshot() as snapshot:
        ((sightings, installs),) = snapshot.query("SELECT count(*), count(DISTINCT install) FROM sightings", {})
        ((counted,),) = snapshot.query("SELECT sum(installs) FROM daily", {})
    assert sightings == installs == acknowledged == int(str(counted))
    assert headcount("doctor", "--data", str(data)).returncode == 0


@contextlib.contextmanager
def _erasing(data: Path, number: int, gone: list[int]) -> Iterator[None]:
    """Erase an installation meanwhile; it is put on the list where the server says that it is done."""

    def erase() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException), running_server(DataDirectory(data)) as server:
            if server is not None:
                server.request("POST", "/installation/erase", json.dumps({"id": f"{number:040x}"}))
                if server.getresponse().status == http.client.OK:
                    gone.append(number)

    thread = threading.Thread(target=erase)
    thread.start()
    yield
    thread.join()


def _port(served: Served) -> int:
    return int(served.url.rpartition(":")[2])


def _is_whole(server: Served, acknowledged: int, gone: list[int], kills: int) -> None:
    for number in range(kills):
        found = headcount("erase", f"{_ERASED + number:040x}", "--data", str(server.data))
        assert found.returncode == (1 if _ERASED + number in gone else found.returncode)
    wait_until(lambda: server.ever_seen() >= acknowledged, "all is loaded")
    assert server.ever_seen() == acknowledged


@pytest.mark.ci
def test_a_few_kills(tmp_path: Path) -> None:
    """Real processes, real files."""
    _kill_again_and_again(tmp_path, 3, 3)


@pytest.mark.ci
def test_a_few_kills_of_ingest(tmp_path: Path) -> None:
    """Its inbox is the next one's, and the server's to load; what was sent again to the server is not counted again."""
    _kill_ingest_again_and_again(tmp_path, 5, 3)


@pytest.mark.soak
def test_200_kills_of_ingest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, two hundred times; what was done is said."""
    done = _kill_ingest_again_and_again(tmp_path, 200, 2)
    with capsys.disabled():
        print(f"\n{done}")  # noqa: T201  # the summary of `make soak`


@pytest.mark.soak
def test_200_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, two hundred times; what was done is said."""
    done, erased = _kill_again_and_again(tmp_path, 200, 1)
    assert erased  # or nothing would be known about a file that is rewritten; how many get done is a matter of speed
    with capsys.disabled():
        print(f"\n{done}")  # noqa: T201  # the summary of `make soak`
