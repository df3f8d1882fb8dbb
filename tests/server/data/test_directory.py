"""The data directory: made whole or not at all, private, and written by Headcount alone."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from headcount._refused import Refused
from headcount.server.data.directory import open_directory, refuse_target
from headcount.server.data.keys import open_key
from tests.support.command import headcount
from tests.support.disks import disk
from tests.support.killed import headcount_killed, headcount_killed_at
from tests.support.serving import serving

MARKER = b"headcount-data 1\n"
FIRST = ("simulate", "--installs=1", "--days=1")
"""A command that makes a data directory, an inbox, a key and a warehouse."""


def test_a_first_start_on_a_full_disk_can_be_repeated(tmp_path: Path) -> None:
    """However little room there is for it: what it leaves is no reason to refuse it later."""
    with disk(tmp_path / "disk", 1) as small:
        for leave in (0, 0, 4096, 8192, 16_384, 65_536):
            small.fill(leave)
            done = headcount("token", "--name=Ada", f"--data={small.path / 'data'}")
            small.empty()
            if done.returncode:
                assert "No space left" in done.stderr
        data = open_directory(small.path / "data", create=True)
        assert data.path.joinpath("HEADCOUNT").read_bytes() == MARKER
        assert open_key(data).fingerprint == open_key(data).fingerprint


@pytest.mark.ci
def test_a_first_warehouse_on_a_full_disk_can_be_repeated(tmp_path: Path) -> None:
    """However little room there is for it."""
    with disk(tmp_path / "disk", 12) as small:
        data = small.path / "data"
        for leave in (0, 4096, 65_536, 300_000, 600_000, 1_200_000, 2_400_000):
            small.fill(leave)
            headcount(*FIRST, f"--into={data}")
            small.empty()
            done = headcount(*FIRST, f"--into={data}")
            assert (done.returncode, done.stderr) == (0, ""), leave
            shutil.rmtree(data)


@pytest.mark.ci
def test_a_first_start_that_is_killed_can_be_repeated(tmp_path: Path) -> None:
    """Before each of its steps; what is left is private, whole, and not taken for something that was lost."""
    number, done = 0, None
    while done is None:
        number += 1
        data = tmp_path / f"data {number}"
        done = headcount_killed(data, number, *FIRST, f"--into={data}")
        again = headcount(*FIRST, f"--into={data}")
        assert (again.returncode, again.stderr) == (0, "")
        left = {path.name for path in data.iterdir()} - {"clock"}  # which is noted once it is due
        assert left == {"HEADCOUNT", "SIMULATED", "inbox", "pseudonym.key", "warehouse.duckdb"}
    assert number > 5


@pytest.mark.soak
@pytest.mark.parametrize("calls", ["write,pwrite64", "fsync,fdatasync,ftruncate,rename,link,unlink"])
def test_a_first_start_that_is_killed_at_any_system_call_can_be_repeated(tmp_path: Path, calls: str) -> None:
    """Of DuckDB too, whose file may be there in part."""
    number, done = 0, None
    while done is None or done.returncode != 0:
        number += 1
        data = tmp_path / f"data {number}"
        done = headcount_killed_at(calls, number, *FIRST, f"--into={data}")
        again = headcount(*FIRST, f"--into={data}")
        assert (again.returncode, again.stderr) == (0, ""), number
        shutil.rmtree(data)


@pytest.mark.parametrize("length", range(len(MARKER) - 1))
def test_what_an_earlier_version_left_of_a_first_start_is_finished(tmp_path: Path, length: int) -> None:
    """A marker that the disk had no room for."""
    (tmp_path / "HEADCOUNT").write_bytes(MARKER[:length])
    assert open_directory(tmp_path, create=True).is_new
    assert (tmp_path / "HEADCOUNT").read_bytes() == MARKER


@pytest.mark.parametrize("name", ["letter.txt", "HEADCOUNT.txt", "warehouse.duckdb"])
def test_what_is_somebodys_is_not_taken_for_it(tmp_path: Path, name: str) -> None:
    """Also beside an empty marker; nothing is changed."""
    (tmp_path / name).write_text("mine")
    (tmp_path / "HEADCOUNT").touch()
    with pytest.raises(Refused, match="is not empty, and no data directory"):
        open_directory(tmp_path, create=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["HEADCOUNT", name])


@pytest.mark.ci
def test_a_directory_is_new_until_it_has_a_warehouse(tmp_path: Path) -> None:
    """However often its first start is ended before; a key may be put there by hand."""
    (tmp_path / "pseudonym.key").write_bytes(b"k" * 32)
    data = open_directory(tmp_path, create=True)
    open_key(data)
    assert data.is_new
    assert headcount("ask", "installs", f"--data={tmp_path}").returncode == 0
    assert data.key.read_bytes() == b"k" * 32
    assert not data.is_new
    assert not (tmp_path / "NEW").exists()


@pytest.mark.ci
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_everything_is_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Files, directories and sockets, of a server and of commands beside it."""
    before = os.umask(umask)
    try:
        if umask != 0o777:
            (tmp_path / "data").mkdir()
        with serving(tmp_path / "data", tmp_path / "stderr") as server:
            assert headcount("token", "--name=Ada", f"--data={server.data}").returncode == 0
            assert headcount("backup", tmp_path / "kept", f"--data={server.data}").returncode == 0
            inside = {path: stat.S_IMODE(path.lstat().st_mode) for path in [*server.data.rglob("*"), tmp_path / "kept"]}
            server.stop()
    finally:
        os.umask(before)
    assert [f"{path} {mode:o}" for path, mode in inside.items() if mode & 0o077] == []
    assert {"headcount.sock", "warehouse.duckdb", "serve.sqlite", "serve.sqlite-wal"} <= {path.name for path in inside}


def _direct(data: Path, _: Path) -> Path:
    return data


def _by_link(data: Path, beside: Path) -> Path:
    (beside / "link").symlink_to(data)
    return beside / "link"


def _by_dots(data: Path, _: Path) -> Path:
    return data / "inbox" / ".." / ".." / data.name


def _below(data: Path, _: Path) -> Path:
    return data / "inbox"


def _not_there_yet(data: Path, _: Path) -> Path:
    return data / "backups" / "of today"


@pytest.mark.parametrize("way", [_direct, _by_link, _by_dots, _below, _not_there_yet])
def test_nothing_is_written_into_a_data_directory(tmp_path: Path, way: Callable[[Path, Path], Path]) -> None:
    """By no command that is told a place, whichever way it leads there, and into no other data directory either."""
    data, other = (open_directory(tmp_path / name, create=True).path for name in ("data", "other"))
    place = way(data, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for arguments in (
        ("backup", place / "warehouse.duckdb", f"--data={data}"),
        ("backup", place / "pseudonym.key", f"--data={other}"),
        ("export", place / "export", f"--data={data}"),
        ("simulate", "--installs=1", "--days=1", f"--out={place / 'fleet'}"),
    ):
        refused = headcount(*arguments)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1), arguments
        assert "where only Headcount writes: give another place" in refused.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.ci
def test_a_link_to_a_file_of_the_data_is_refused(tmp_path: Path) -> None:
    """What is written replaces a file: the one that a link leads to. A second name of a file elsewhere is replaced alone."""
    data = open_directory(tmp_path / "data", create=True)
    open_key(data)
    key = data.key.read_bytes()
    (tmp_path / "link").symlink_to(data.key)
    with pytest.raises(Refused, match="where only Headcount writes"):
        refuse_target(tmp_path / "link", data.path)
    os.link(data.key, tmp_path / "name")
    assert headcount("backup", tmp_path / "name", f"--data={data.path}").returncode == 0
    assert data.key.read_bytes() == key


@pytest.mark.parametrize("target", ["/dev/null", "loop"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, target: str) -> None:
    """A device stays one, and a link that leads to itself is refused."""
    open_directory(tmp_path / "data", create=True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused = headcount("backup", tmp_path / target, f"--data={tmp_path / 'data'}")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "cannot be written" in refused.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
