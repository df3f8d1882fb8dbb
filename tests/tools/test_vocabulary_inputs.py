"""What the vocabulary is made from, and how its files are written."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # `tools` is not installed

from tools.vocabulary.__main__ import days  # noqa: E402
from tools.vocabulary._classes import classes_of_package  # noqa: E402
from tools.vocabulary._document import dated, replaced  # noqa: E402
from tools.vocabulary._fetch import WrongArchive, digest  # noqa: E402
from tools.vocabulary._inputs import read_repository, render  # noqa: E402
from tools.vocabulary._kind import Codebase  # noqa: E402
from tools.vocabulary._source import read_modules  # noqa: E402

STEP = {"buildbot/process/buildstep.py": "class BuildStep: pass\n"}


def test_a_package_that_is_only_in_a_repository_is_read_from_its_file(tmp_path: Path) -> None:
    """Any file of this form; a base that a module imports from its own package is found there; the digest must be right."""
    modules = {
        "nest": {"Egg": ["buildbot.process.buildstep.BuildStep"]},
        "nest.tree": {"Bird": ["nest.tree.Egg"], "Wing": ["nest.tree.Missing"], "Leaf": []},
    }
    versions = {"1.0": {"commit": "a" * 40, "modules": modules}, "HEAD": {"commit": "b" * 40, "modules": modules}}
    path = tmp_path / "nest.json"
    path.write_text(json.dumps({"repository": "somebody/nest", "versions": versions}), encoding="utf-8")
    found = read_repository(path, digest(path))
    assert list(found) == ["1.0", "b" * 12]
    classes, moved = classes_of_package("nest", found, {"1.0.0": Codebase(read_modules(STEP, "buildbot"))})
    assert moved == {}
    assert {name: entry["kind"] for name, entry in classes.items()} == {
        "nest.Egg": "step", "nest.tree.Bird": "step", "nest.tree.Wing": "other", "nest.tree.Leaf": "other",
    }  # fmt: skip
    with pytest.raises(WrongArchive, match=r"nest\.json is not the file whose digest was recorded"):
        read_repository(path, digest(path).translate(str.maketrans("0123456789", "1234567890")))


def test_a_release_is_read_from_its_last_post_release() -> None:
    """And releases are in the order of versions."""
    assert list(replaced(["1.10.0", "1.2.0.post10", "1.2.0", "1.2.0.post9"]).items()) == [
        ("1.2.0", "1.2.0.post10"),
        ("1.10.0", "1.10.0"),
    ]


def test_the_file_of_days_is_in_the_order_of_days() -> None:
    """Where no release is new, the committed one is what the command writes."""
    path = ROOT / "src/headcount/questions/releases.csv"
    assert days([], path, dt.date(2026, 11, 29)) == path.read_text(encoding="utf-8")


def test_a_vocabulary_that_says_the_same_keeps_its_version(tmp_path: Path) -> None:
    """Another one remembers those before it, each with the newest release that it knew, and never itself."""
    path, said = tmp_path / "v.json", {"buildbot": "1.0.0", "classes": {"a": {"kind": "step"}}}
    first = dated(said, path, "2026.01.01")
    assert first == {"version": "2026.01.01", "earlier": {}, **said}
    path.write_text(json.dumps(first), encoding="utf-8")
    assert dated(said, path, "2026.02.02") is None
    other = {**said, "buildbot": "1.1.0"}
    assert dated(other, path, "2026.01.01") == {"version": "2026.01.01", "earlier": {}, **other}
    assert dated(other, path, "2026.02.02") == {"version": "2026.02.02", "earlier": {"2026.01.01": "1.0.0"}, **other}


def test_the_file_has_one_sorted_entry_a_line() -> None:
    """The written document is JSON, and a new class is one new line of it."""
    text = render({"version": "1", "releases": ["1.0.0"], "moved": {"b": "x", "a": "x"}})
    assert json.loads(text) == {"version": "1", "releases": ["1.0.0"], "moved": {"a": "x", "b": "x"}}
    assert text.splitlines()[4:6] == ['  "a": "x",', '  "b": "x"']
