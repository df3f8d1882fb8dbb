"""The sources of a configuration: the files that it imports from its own directory tree, read and never executed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headcount.client.advice import _sources, read_sources
from tests.support.users import as_other, reachable_directory


def _write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory / "master.cfg"


def _names(configfile: Path) -> list[str]:
    return [source.name for source in read_sources(configfile)]


def test_what_is_imported_is_read_once(tmp_path: Path) -> None:
    """Modules, packages, relative imports, imports in functions and circles are followed; the library's are not."""
    master = _write(
        tmp_path,
        {
            "master.cfg": "import os, own\nfrom package import one\nfrom package.deep.two import x\ndef f(): import late",
            "own.py": "import own\nimport package.one",
            "package/__init__.py": "from . import one\nfrom .three import *",
            "package/one.py": "from .. import own\nfrom .deep import two",
            "package/three.py": "",
            "package/deep/two.py": "from ..one import y",
            "late.py": "import master",
            "never.py": "",
        },
    )
    package = ["package/__init__.py", "package/deep/two.py", "package/one.py", "package/three.py"]
    assert sorted(_names(master)) == ["late.py", "master.cfg", "own.py", *package]
    assert _names(master)[0] == "master.cfg"


def test_nothing_is_executed(tmp_path: Path) -> None:
    """Reading a file that would leave a trace leaves none."""
    mark = tmp_path / "executed"
    text = f"open({str(mark)!r}, 'w')"
    assert _names(_write(tmp_path, {"master.cfg": f"import own\n{text}", "own.py": text})) == ["master.cfg", "own.py"]
    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"print 'of before'\n", "it is no Python 3"),
        (b"\x00\x00", "it is no Python 3"),
        (b"\xff\xfe\x00x", "it is no Python 3"),
        (b"# coding: nowhere\n", "it is no Python 3"),
        (b"(" * 500, "it is no Python 3"),
        (b"x = '\\d'\n", ""),
        (b"# coding: latin-1\nx = '\xe9'\n", ""),
        (b"#" * (_sources.MAX_BYTES + 1), "it is larger than 2 MB"),
    ],
)
def test_what_is_no_python_3_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    """A file that cannot be read as Python 3 is named with why, and the others are read all the same."""
    master = _write(tmp_path, {"master.cfg": "import bad, good", "good.py": "x = 1"})
    (tmp_path / "bad.py").write_bytes(content)
    assert [(source.name, source.unread) for source in read_sources(master)] == [
        ("master.cfg", ""),
        ("bad.py", why),
        ("good.py", ""),
    ]


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    """A configuration that is absent, a directory or a pipe is named, and nobody waits for it."""
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, why in {
        "absent": "No such file or directory",
        "directory": "it is no file",
        "pipe": "it is no file",
    }.items():
        (source,) = read_sources(tmp_path / name)
        assert (source.name, source.unread, source.tree.body) == (name, why, [])


def test_a_link_to_a_file_of_the_tree_is_that_file(tmp_path: Path) -> None:
    """Two names of one file, and a link that leads to itself, add nothing."""
    master = _write(tmp_path, {"master.cfg": "import own, alias, circle", "own.py": ""})
    (tmp_path / "alias.py").symlink_to("own.py")
    (tmp_path / "circle.py").symlink_to("circle.py")
    assert _names(master) == ["master.cfg", "own.py"]


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    """No more than 500 files are read."""
    files = {f"own{number}.py": f"import own{number + 1}" for number in range(_sources.MAX_FILES + 1)}
    assert len(_names(_write(tmp_path, {"master.cfg": "import own0", **files}))) == _sources.MAX_FILES


def test_a_directory_without_rights_is_no_error() -> None:
    """Who may not look into a package, or read a file, is told what was not read, and gets the rest."""
    with reachable_directory() as directory:
        master = _write(
            directory, {"master.cfg": "import secret, shut.own, own", "secret.py": "", "shut/own.py": "", "own.py": ""}
        )
        (directory / "secret.py").chmod(0)
        (directory / "shut").chmod(0)
        wanted = [("master.cfg", ""), ("secret.py", "Permission denied"), ("own.py", "")]
        assert as_other(lambda: [(source.name, source.unread) for source in read_sources(master)] == wanted)
