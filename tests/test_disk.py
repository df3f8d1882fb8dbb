"""Durable files."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

import pytest

from headcount._disk import (
    create_durably,
    is_temporary,
    remove,
    replacing,
    sync,
    temporary_path,
    write_durably,
    write_new,
)
from tests.support.requires import require


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_is_whole_and_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Its owner alone can read it; a second writing replaces it, and nothing else is left beside it."""
    path = tmp_path / "file"
    before = os.umask(umask)
    try:
        write_durably(path, b"one")
        write_durably(path, b"two")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is synced, then the file is renamed, then its directory is synced: no other order survives a power cut."""
    path = tmp_path / "file"
    steps = []

    def fsync(descriptor: int) -> None:
        steps.append(("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file", path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_durably(path, b"one")
    assert steps == [("file", False), ("directory", True)]


def test_a_failure_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk: the old file stays, and no part of the new one."""
    path = tmp_path / "file"
    write_durably(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(path, b"two")
    assert path.read_bytes() == b"one"
    assert [*tmp_path.iterdir()] == [path]
    with pytest.raises(FileNotFoundError):
        write_durably(tmp_path / "none" / "file", b"two")


def test_a_file_is_created_once(tmp_path: Path) -> None:
    """Who comes second learns it, and changes nothing: neither a file nor what a link leads to."""
    path, link = tmp_path / "file", tmp_path / "link"
    write_new(path, b"one")
    link.symlink_to(path)
    for taken in (path, link):
        with pytest.raises(FileExistsError):
            write_new(taken, b"two")
    assert path.read_bytes() == b"one"


@pytest.mark.parametrize("link", [True, False])
def test_a_new_file_has_its_name_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, link: bool
) -> None:
    """On a full disk there is none, and it can be tried again; also on a file system without hard links."""
    path = tmp_path / "file"
    if not link:

        def without(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", without)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            create_durably(path, b"one")
    assert [*tmp_path.iterdir()] == []
    create_durably(path, b"one")
    with pytest.raises(FileExistsError):
        create_durably(path, b"two")
    assert path.read_bytes() == b"one"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_is_replaced_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    """It is private from its first byte on, and what is no file is not replaced."""
    path = tmp_path / "file"
    path.write_bytes(b"one")
    with contextlib.suppress(RuntimeError), replacing(path) as file:
        file.write(b"two")
        raise RuntimeError
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"one"]
    with replacing(path) as file:
        (temporary,) = [each for each in tmp_path.iterdir() if each != path]
        assert is_temporary(temporary)
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        file.write(b"two")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"two"]
    (tmp_path / "directory").mkdir()
    with pytest.raises(OSError, match="it is no plain file"), replacing(tmp_path / "directory"):
        pass


def test_a_temporary_file_that_is_swept_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever claims a directory cannot tell it from one that was left."""
    path = tmp_path / "file"
    swept: list[Path] = []

    def replace(self: Path, target: Path) -> Path:
        if not swept:
            swept.append(self)
            self.unlink()
        os.rename(self, target)  # noqa: PTH104  # Path.rename is as good, and this is what is replaced here
        return target

    monkeypatch.setattr(Path, "replace", replace)
    write_durably(path, b"one")
    assert path.read_bytes() == b"one"
    assert swept
    assert not is_temporary(path)
    assert is_temporary(temporary_path(path))


def test_root_hands_a_file_over_where_it_is_asked(tmp_path: Path) -> None:
    """To the owner of the directory; else the file is root's."""
    require(None if os.geteuid() == 0 else "only root makes files for others: run it as root")
    os.chown(tmp_path, 12345, 12346)
    write_new(tmp_path / "theirs", b"", hand_over=True)
    write_new(tmp_path / "ours", b"")
    theirs, ours = (tmp_path / "theirs").stat(), (tmp_path / "ours").stat()
    assert (theirs.st_uid, theirs.st_gid) == (12345, 12346)
    assert ours.st_uid == 0


def test_a_file_and_a_directory_are_synced_by_path(tmp_path: Path) -> None:
    """What is not there cannot be synced, and that is an error; removing it is none."""
    path = tmp_path / "file"
    path.touch()
    sync(path)
    sync(tmp_path)
    remove(path)
    remove(path)
    with pytest.raises(FileNotFoundError):
        sync(path)
