"""One way to fail: every route and every command, over a warehouse that cannot be used."""

from __future__ import annotations

import shutil
from argparse import _SubParsersAction
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from headcount import cli
from headcount.server.data.directory import open_directory
from headcount.warehouse.duckdb._migrations import migrate, migrations
from tests.support.command import headcount
from tests.support.disks import disk
from tests.support.reports import REPORTS, report
from tests.support.routes import all_routes
from tests.support.serving import serving
from tests.support.walks import READABLE, SECRET, assert_one_sentence, commands, run, walk_commands, walk_routes


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a small fleet, a publication and a token."""
    path: Path = tmp_path_factory.mktemp("whole")
    for arguments in (
        ("simulate", "--installs=80", "--days=100", f"--into={path / 'data'}"),
        ("publish", f"--data={path / 'data'}"),
        ("backup", str(path / "kept"), f"--data={path / 'data'}"),
    ):
        done = headcount(*arguments)
        assert done.returncode == 0, done.stderr
    return path / "data"


def _cut_short(warehouse: Path) -> None:
    content = warehouse.read_bytes()
    warehouse.write_bytes(content[: len(content) // 4])


def _with_bad_blocks(warehouse: Path) -> None:
    """Opens as it should: that blocks of it are damaged is seen when they are read."""
    content = bytearray(warehouse.read_bytes())
    for at in range(12_288 + 4_096, len(content) - 262_144, 16_384):  # behind the headers, before the newest blocks
        content[at : at + 64] = bytes(64)
    warehouse.write_bytes(content)


def _no_database(warehouse: Path) -> None:
    warehouse.write_bytes(b"no database " * 5000)


def _of_another_program(warehouse: Path) -> None:
    warehouse.unlink()
    with closing(duckdb.connect(str(warehouse))) as db:
        db.execute("CREATE TABLE theirs (x INTEGER)")


def _newer(warehouse: Path) -> None:
    with closing(duckdb.connect(str(warehouse))) as db:
        migrate(db, "newer", {**migrations(), 99: "SELECT 1"})


def _lost(warehouse: Path) -> None:
    warehouse.unlink()


STATES: dict[str, Callable[[Path], None]] = {
    "cut short": _cut_short,
    "bad blocks": _with_bad_blocks,
    "no database": _no_database,
    "of another program": _of_another_program,
    "newer": _newer,
}
LOST = "lost"
"""No state in which a server starts: one that made a new warehouse would hide that the old one is gone."""


@contextmanager
def _in_state(state: str, whole: Path, tmp_path: Path) -> Iterator[Path]:
    data = shutil.copytree(whole, tmp_path / "data")
    {**STATES, LOST: _lost}[state](data / "warehouse.duckdb")
    yield data


def test_no_command_is_left_out(tmp_path: Path) -> None:
    """Each that works on a data directory is among those that are tried below."""
    (subparsers,) = [action for action in cli._parser()._actions if isinstance(action, _SubParsersAction)]
    tried = {arguments[0] for arguments in commands(tmp_path, tmp_path).values()}
    assert tried == subparsers.choices.keys() - {"serve", "ingest", "preview", "advise", "help", "completion"}


_MOST_IN_CI = [*STATES][:1] + [pytest.param(state, marks=pytest.mark.ci) for state in [*STATES][1:]]


@pytest.mark.parametrize("state", _MOST_IN_CI)
def test_a_server_over_a_warehouse_that_cannot_be_used(state: str, whole: Path, tmp_path: Path) -> None:
    """It starts and takes reports; what can be read is answered, the rest is a page or JSON with 503; never 500."""
    routes = all_routes(tmp_path / "routes")
    with _in_state(state, whole, tmp_path) as data, serving(data, tmp_path / "stderr") as server:
        before = (data / "warehouse.duckdb").read_bytes()
        assert server.post(REPORTS, report(1), {"Headcount-Secret": SECRET}).status == 202
        statuses = walk_routes(server, routes)
        assert statuses.pop("POST /sign-out") == [303, 303]
        assert statuses.pop("POST /next") == [400, 400]  # what is sent is no condition
        assert {status for each in statuses.values() for status in each} <= {200, 404, 503}
        needs = {path for path, each in statuses.items() if 503 in each} - {"/readyz"}
        assert {"/", "/questions/{name}", "/api/ask/{question}"} <= needs
        assert all(set(statuses[path]) == {503} for path in needs)
        for path in ("/public", "/public/api/{question}", "/metrics", "/privacy", "/healthz"):
            assert statuses[path] == [200, 200]
        metrics = server.request("GET", "/metrics", headers={"Authorization": f"Bearer {server.token}"}).body.decode()
        assert "headcount_loader_failing" in metrics
        assert "headcount_reports_total" in metrics
        walk_commands(data, tmp_path / "out", served=True)
        if state != "bad blocks":  # which opens, and is written
            assert (data / "warehouse.duckdb").read_bytes() == before
        log = server.stop()
    assert "Traceback" not in log


def test_no_server_starts_over_a_warehouse_that_is_lost(whole: Path, tmp_path: Path) -> None:
    """It says what to do, and leaves all as it is; reports can be taken by an ingest process, and wait."""
    with _in_state(LOST, whole, tmp_path) as data:
        refused = headcount("serve", f"--data={data}", "--port=0")
        assert refused.returncode == 1
        assert_one_sentence("serve", refused.stderr)
        assert "has lost its warehouse" in refused.stderr
        assert not (data / "warehouse.duckdb").exists()


@pytest.mark.parametrize("state", [*_MOST_IN_CI, pytest.param(LOST, marks=pytest.mark.ci)])
def test_commands_over_a_warehouse_that_cannot_be_used(state: str, whole: Path, tmp_path: Path) -> None:
    """Without a server: one sentence, and exit status 1."""
    with _in_state(state, whole, tmp_path) as data:
        readable = READABLE - {"publish"} if state == LOST else READABLE
        walk_commands(data, tmp_path / "out", served=False, readable=readable)


def test_a_warehouse_that_another_process_owns(whole: Path, tmp_path: Path) -> None:
    """No server starts over it, and each command says so in one sentence; what needs no warehouse is done."""
    data = shutil.copytree(whole, tmp_path / "data")
    with open_directory(data, create=False).owned():
        refused = headcount("serve", f"--data={data}", "--port=0")
        assert refused.returncode == 1
        assert "another process works on" in refused.stderr
        (tmp_path / "out").mkdir()
        for name, arguments in commands(data, tmp_path / "out").items():
            done = run(arguments, data)
            if name in ("ask-published", "token-list"):
                assert done.returncode == 0, (name, done)
            elif name == "doctor":
                assert (done.returncode, done.stderr) == (1, "")
                assert "another process works on" in done.stdout
            elif name in ("restore", "freeze"):  # which say what else they lack
                assert done.returncode == 1
            else:
                assert done.returncode == 1, (name, done)
                assert "another process works on" in done.stderr
                assert_one_sentence(name, done.stderr)


@pytest.mark.ci
def test_a_full_disk(whole: Path, tmp_path: Path) -> None:
    """With a server and without: what is written is refused in one sentence, and what is read is answered."""
    routes = all_routes(tmp_path / "routes")
    with disk(tmp_path / "disk", 64) as small:
        data = shutil.copytree(whole, small.path / "data")
        with serving(data, tmp_path / "stderr") as server:
            server.ask("installs")
            small.fill()
            assert server.post(REPORTS, report(1), {"Headcount-Secret": SECRET}).status in (202, 503)
            statuses = walk_routes(server, routes)
            assert (statuses.pop("POST /sign-out"), statuses.pop("POST /next")) == ([303, 303], [400, 400])
            assert {status for each in statuses.values() for status in each} <= {200, 404, 503}
            assert statuses["/metrics"] == statuses["/public"] == [200, 200]
            _walk_on_a_full_disk(data, tmp_path / "served")
            assert "Traceback" not in server.stop()
        small.empty()
        small.fill()
        _walk_on_a_full_disk(data, tmp_path / "alone")


def _walk_on_a_full_disk(data: Path, out: Path) -> None:
    out.mkdir()
    for name, arguments in commands(data, out).items():
        done = run(arguments, data)
        assert done.returncode in (0, 1), (name, done)
        if name != "doctor" and done.returncode:
            assert_one_sentence(name, done.stderr)
        assert "Traceback" not in done.stderr
    doctor = run(("doctor",), data)
    assert "the disk is nearly full" in doctor.stdout
