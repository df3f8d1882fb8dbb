"""Files in the master's directory."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from headcount.client._files import ReportFiles, configfile_of, keep_private, relative_to, write_private
from tests.support.requires import require


def _is_right(text: str) -> bool:
    return text.startswith("right")


def test_a_file_is_private_and_whole(tmp_path: Path) -> None:
    """Its owner alone reads it; nothing else is left beside it."""
    assert write_private(tmp_path / "file", b"one")
    assert write_private(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"two"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_directory_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """It is said, and nothing is raised."""
    assert not write_private(tmp_path / "none" / "file", b"x")
    assert keep_private(tmp_path / "none" / "file", lambda: "right", _is_right) is None


def test_what_is_kept_stays(tmp_path: Path) -> None:
    """Made once, and read from then on."""
    assert keep_private(tmp_path / "file", lambda: "right 1", _is_right) == "right 1"
    assert keep_private(tmp_path / "file", lambda: "right 2", _is_right) == "right 1"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("content", [b"", b"wrong\n", b"\xff\xfe"])
def test_what_is_spoilt_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """A file that a full disk cut off, or that somebody edited."""
    (tmp_path / "file").write_bytes(content)
    assert keep_private(tmp_path / "file", lambda: "right", _is_right) == "right"
    assert (tmp_path / "file").read_bytes() == b"right\n"


def test_two_that_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    """Who comes second takes what the first has made."""

    def make() -> str:
        (tmp_path / "file").write_text("right, and first\n")
        return "right, and second"

    assert keep_private(tmp_path / "file", make, _is_right) == "right, and first"


def test_what_is_there_and_cannot_be_read_is_not_made_up(tmp_path: Path) -> None:
    """A secret that another user's master left: a new one at each start would be a new installation at each start."""
    (tmp_path / "file").mkdir()  # for root too
    assert keep_private(tmp_path / "file", lambda: "right", _is_right) is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_system_without_links_keeps_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some that containers mount."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert keep_private(tmp_path / "file", lambda: "right 1", _is_right) == "right 1"
    assert keep_private(tmp_path / "file", lambda: "right 2", _is_right) == "right 1"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_root_makes_belongs_to_the_directorys_owner(tmp_path: Path) -> None:
    """A preview that root runs makes no file that the master then cannot read."""
    require(None if os.geteuid() == 0 else "only root makes files for others: run it as root")
    os.chown(tmp_path, 12345, 12346)
    keep_private(tmp_path / "file", lambda: "right", _is_right)
    found = (tmp_path / "file").stat()
    assert (found.st_uid, found.st_gid) == (12345, 12346)


@pytest.mark.parametrize(
    ("configfile", "stem"),
    [
        ("master.cfg", "usage-report"),
        ("./master.cfg", "usage-report"),
        ("/srv/bb/master.cfg", "usage-report"),
        ("other.cfg", "usage-report.other.cfg"),
        ("sub/master.cfg", "usage-report.sub%2Fmaster.cfg"),
        ("/srv/bb/sub/master.cfg", "usage-report.sub%2Fmaster.cfg"),
        ("/etc/bb/master.cfg", "usage-report.%2Fetc%2Fbb%2Fmaster.cfg"),
        ("../master.cfg", "usage-report...%2Fmaster.cfg"),
        ("\udcff ü.cfg", "usage-report.%FF%20%C3%BC.cfg"),
    ],
)
def test_masters_of_one_directory_have_files_of_their_own(configfile: str, stem: str) -> None:
    """By the name of the configuration file; the one of `master.cfg` has the plain names."""
    files = ReportFiles("/srv/bb", configfile)
    assert [files.report, files.secret, files.id] == [
        Path(f"/srv/bb/{stem}.{kind}") for kind in ("json", "secret", "id")
    ]


def test_a_long_name_is_cut_and_stays_one_masters(tmp_path: Path) -> None:
    """The file can be written, also in a file system that takes 143 characters; two that are cut alike are two."""
    names = ["ü" * 60 + "/" + "x" * 100 + last for last in "ab"]
    one, two = (ReportFiles(tmp_path, name) for name in names)
    assert one.secret != two.secret
    assert len(one.secret.name) + len(".0123456789abcdef.new") <= 143
    assert keep_private(one.secret, lambda: "right", _is_right) == "right"


def test_a_link_to_the_directory_leads_to_the_same_names(tmp_path: Path) -> None:
    """A file that lies elsewhere has no path from there."""
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    for basedir in ("link", "real"):
        for file in ("link", "real"):
            assert relative_to(tmp_path / basedir, tmp_path / file / "sub" / "x.cfg") == "sub/x.cfg"
    assert relative_to(tmp_path / "link", tmp_path / "x.cfg") is None


@pytest.mark.parametrize(
    ("master", "name"),
    [
        (SimpleNamespace(configFileName="a.cfg", config_loader=SimpleNamespace(configFileName="b.cfg")), "a.cfg"),
        (SimpleNamespace(configFileName=None, config_loader=SimpleNamespace(configFileName="b.cfg")), "b.cfg"),
        (SimpleNamespace(configFileName=Path("a.cfg")), "a.cfg"),
        (SimpleNamespace(configFileName=None, config_loader=SimpleNamespace()), "master.cfg"),
        (SimpleNamespace(configFileName=7), "master.cfg"),
    ],
)
def test_the_configuration_file_is_the_one_that_buildbot_has(master: object, name: str) -> None:
    """From the master, or from what loads its configuration; where that is no file, as of `master.cfg`."""
    assert configfile_of(master) == name
