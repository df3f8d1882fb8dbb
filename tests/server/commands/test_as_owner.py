"""Commands that root runs on another user's data: what lies there stays its owner's, what lies elsewhere is root's."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from headcount.server.data.owner import acting_as_owner
from headcount.warehouse.duckdb import FILES
from tests.support.command import headcount
from tests.support.namespaces import as_unit, namespaces_missing
from tests.support.reports import report
from tests.support.requires import require
from tests.support.users import OTHER, as_other, give, owners, reachable_directory

INSTALL = f"{1:040x}"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The other user's data directory with a small fleet, beside which there is a directory that is root's alone."""
    with reachable_directory() as path:
        (path / "roots").mkdir(mode=0o700)
        made = headcount("simulate", "--installs=80", "--days=100", f"--into={path / 'data'}")
        assert made.returncode == 0, made.stderr
        give(path / "data")
        yield path / "data"


def _do(data: Path, *arguments: object, code: int = 0) -> str:
    done = headcount(*arguments, f"--{'into' if arguments[0] == 'simulate' else 'data'}={data}")
    assert done.returncode == code, done.stderr
    assert owners(data) == {OTHER}, arguments
    assert os.geteuid() == 0
    return done.stdout


@pytest.mark.ci
def test_whatever_root_does_leaves_no_file_of_roots(theirs: Path) -> None:
    """Every command that writes; and what root alone may read is read, what is to lie at root's lies there."""
    roots = theirs.parent / "roots"
    _do(theirs, "simulate", "--installs=2", "--days=3", "--seed=9")
    asked = _do(theirs, "ask", "installs", "--format=json")
    history = roots / "history.ndjson"
    history.write_text(json.dumps({"@timestamp": "2026-10-01T00:00:00Z", **report(77)}) + "\n")
    _do(theirs, "backup", roots / "kept")
    _do(theirs, "export", roots / "export")
    assert owners(roots) == {0}
    assert {stat.S_IMODE(path.stat().st_mode) for path in roots.rglob("*") if path.is_file()} == {0o600, 0o644}
    assert "1 reports" in _do(theirs, "import", history)
    assert _do(theirs, "ask", "installs", "--format=json") != asked
    _do(theirs, "import", roots / "export")
    _do(theirs, "token", "--name=Ada")
    _do(theirs, "doctor", "--rebuild", code=1)  # real reports are among simulated ones
    _do(theirs, "erase", f"{77:040x}")
    _do(theirs, "publish")
    _do(theirs, "restore", roots / "kept")
    assert _do(theirs, "ask", "installs", "--format=json") == asked
    _do(theirs, "rotate-key")


def test_a_key_that_root_replaces_is_the_owners() -> None:
    """And so is the warehouse that is made with it."""
    with reachable_directory() as path:
        assert headcount("token", "--name=Ada", f"--data={path / 'data'}").returncode == 0
        give(path / "data")
        _do(path / "data", "rotate-key")
        assert {"pseudonym.key", "warehouse.duckdb"} <= {each.name for each in (path / "data").iterdir()}


@contextmanager
def _unit(data: Path, errors: Path) -> Iterator[str]:
    """Keep a server running as the shipped unit does; yield its address."""
    require(namespaces_missing())
    command = [*as_unit(data, OTHER), sys.executable, "-m", "headcount", "serve", f"--data={data}", "--port=0"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/"}
    with (
        errors.open("wb") as err,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=environment) as process,
    ):
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            assert "token=" in lines[1], errors.read_text()
            yield lines[1].partition(": ")[2].partition("/?token=")[0]
        finally:
            process.terminate()


@pytest.mark.ci
def test_a_backup_through_the_unit_is_where_the_caller_asked(theirs: Path, tmp_path: Path) -> None:
    """In the caller's ``/tmp``, in a directory of root's, with root's name: the server sees none of these places."""
    with _unit(theirs, tmp_path / "stderr") as url:
        assert urlsplit(url).port
        for file in (tmp_path / "kept", theirs.parent / "roots" / "kept by the unit"):
            _do(theirs, "backup", file)
            assert (file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
            assert file.stat().st_size > 100_000
        _do(theirs, "export", tmp_path / "export")
        assert {path.name for path in (tmp_path / "export").iterdir()} == {"export.json", *FILES}
        assert [*(theirs / "copies").iterdir()] == []
    assert (tmp_path / "stderr").read_text() == ""
    restored = theirs.parent / "restored"
    restored.mkdir()
    shutil.copy(theirs / "pseudonym.key", restored)
    assert headcount("restore", tmp_path / "kept", f"--data={restored}").returncode == 0
    asked = [headcount("ask", "installs", "--format=json", f"--data={data}").stdout for data in (theirs, restored)]
    assert asked[0] == asked[1]


@pytest.mark.ci
def test_a_server_whose_data_are_anothers_becomes_that_user(theirs: Path) -> None:
    """For good; where that user cannot read Headcount it refuses, as no file of root's may lie in the directory."""
    with subprocess.Popen(
        [sys.executable, "-m", "headcount", "serve", f"--data={theirs}", "--port=0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            if "keeps its data in" in process.stdout.readline():
                status = Path(f"/proc/{process.pid}/status").read_text()
                assert f"Uid:\t{OTHER}\t{OTHER}\t{OTHER}\t{OTHER}" in status
                assert "CapEff:\t0000000000000000" in status
            else:
                assert "install Headcount where that user can read it" in process.stderr.read()
        finally:
            process.terminate()
    assert owners(theirs) == {OTHER}


@pytest.mark.ci
def test_a_long_file_of_roots_is_imported(theirs: Path) -> None:
    """By processes that are started, which read as root may, and where root stands."""
    roots = theirs.parent / "roots"
    assert headcount("simulate", "--installs=500", "--days=100", f"--out={roots / 'long.ndjson'}").returncode == 0
    assert (roots / "long.ndjson").stat().st_size > 2 << 20
    done = headcount("import", "long.ndjson", f"--data={theirs}", as_process=True, cwd=roots)
    assert (done.returncode, done.stderr) == (0, "")
    assert owners(theirs) == {OTHER}


@pytest.mark.ci
@pytest.mark.parametrize("command", ["serve", "ingest"])
def test_a_server_listens_before_it_is_another(command: str) -> None:
    """So at a port that only root may listen at; that it is in use is told before anything else."""
    with reachable_directory() as path, socket.socket() as taken:
        (path / "data").mkdir(mode=0o700)
        give(path / "data")
        for number in range(1023, 900, -1):
            with contextlib.suppress(OSError):
                taken.bind(("127.0.0.1", number))
                break
        port = taken.getsockname()[1]
        assert 900 < port < 1024
        taken.listen()
        named = [f"--data={path / 'data'}", f"--port={port}"]
        assert f"port {port} on 127.0.0.1 is in use" in headcount(command, *named, as_process=True).stderr
        taken.close()
        with subprocess.Popen(
            [sys.executable, "-m", "headcount", command, *named],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                assert process.stderr is not None
                line = process.stdout.readline() or process.stderr.read()
                assert f"http://127.0.0.1:{port}" in line or "install Headcount where that user can read it" in line
            finally:
                process.terminate()


def test_only_in_the_context_root_is_another() -> None:
    """In its user and groups; it may read as root, and write as the owner alone; then all is as before."""
    before = os.getresuid(), os.getresgid(), os.getgroups()
    with reachable_directory() as path:
        (path / "data").mkdir()
        give(path / "data")
        secret = path / "secret"
        secret.write_text("of root")
        secret.chmod(0o600)
        with acting_as_owner(path / "data"):
            assert (os.geteuid(), os.getegid(), os.getgroups()) == (OTHER, OTHER, [OTHER])
            assert secret.read_text() == "of root"
            with pytest.raises(PermissionError):
                secret.write_text("of another")
        assert (os.getresuid(), os.getresgid(), os.getgroups()) == before
        secret.write_text("of root again")
        with acting_as_owner(path / "not there"), acting_as_owner(path):
            assert os.geteuid() == 0


def test_another_user_cannot_hold_the_lock() -> None:
    """Of a directory that others may look into, made before under whichever umask."""
    with reachable_directory() as path:
        data = path / "data"
        data.mkdir(mode=0o755)
        before = os.umask(0o022)
        try:
            assert headcount("token", "--name=Ada", f"--data={data}").returncode == 0
        finally:
            os.umask(before)
        held = [os.open(data, os.O_RDONLY)]
        fcntl.flock(held[0], fcntl.LOCK_EX)

        def hold() -> bool:
            """Return whether some file of the directory can be opened, and so locked."""
            for each in data.rglob("*"):
                try:
                    os.close(os.open(each, os.O_RDONLY))
                except PermissionError:
                    continue
                return True
            return False

        assert not as_other(hold)
        assert headcount("token", "--name=Grace", f"--data={data}").returncode == 0  # though the directory is locked
        os.close(held[0])
