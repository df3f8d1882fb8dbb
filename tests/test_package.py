"""The packages: their public surfaces, and the wheel, installed where nothing else is."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_FOR_TYPES = {"annotations", "TYPE_CHECKING"}  # names of `__future__` and `typing`, which are no surface of ours


PACKAGES = ("contract", "client", "ingest", "warehouse", "warehouse.duckdb", "questions", "dashboard", "fleet")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_offers_exactly_what_it_says(name: str) -> None:
    """Nothing public is missing from `__all__`, and nothing in it is missing."""
    package = import_module(f"headcount.{name}")
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    public = {each for each in dir(package) if not each.startswith("_")} - modules - _FOR_TYPES
    assert public == set(package.__all__)
    assert len(package.__all__) == len(public)


@pytest.mark.parametrize("name", ["questions", "dashboard"])
def test_what_shows_answers_imports_nothing_that_only_draws_estimates_or_stores(name: str) -> None:
    """A command that prints a table is to start at once."""
    heavy = ("duckdb", "numpy", "scipy", "vl_convert")
    program = f"import headcount.{name}, sys; print(*sorted(sys.modules.keys() & {{*{heavy!r}}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_client_depends_on_nothing(wheel: Path) -> None:
    """Every requirement of the wheel belongs to an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
        (points,) = [archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert metadata["Requires-Python"] == ">=3.9"
    assert all("extra ==" in requirement for requirement in metadata.get_all("Requires-Dist", []))
    assert "[buildbot.util]\nUsageData = headcount.client:UsageData" in points


def test_what_the_code_reads_is_in_the_wheel(wheel: Path) -> None:
    """The SQL, the vocabulary, the pages and the marker of types: every file of the sources, and no other."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("headcount/")}
    sources = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "headcount").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert packed == sources
    assert {"headcount/contract/vocabulary.json", "headcount/questions/sql/versions.sql", "headcount/py.typed",
            "headcount/warehouse/duckdb/sql/migrations/0001_tables.sql"} <= packed  # fmt: skip


def test_the_installed_wheel_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    """In an environment with nothing else: the vocabulary is read, the statements are there, the command answers."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    target = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(wheel) as archive:  # what an installer does with a wheel of pure Python
        archive.extractall(target.stdout.strip())
    code = (
        "from importlib.resources import files\n"
        "from headcount.contract import vocabulary\n"
        "from headcount.client import UsageData\n"
        "import headcount.cli\n"
        "assert 'buildbot.steps.shell.ShellCommand' in vocabulary().kinds\n"
        "assert 'FROM' in files('headcount').joinpath('questions', 'sql', 'versions.sql').read_text()\n"
        "migrations = files('headcount').joinpath('warehouse', 'duckdb', 'sql', 'migrations')\n"
        "assert 'CREATE' in migrations.joinpath('0001_tables.sql').read_text()\n"
        "raise SystemExit(headcount.cli.main(['preview', 'master.cfg']))\n"
    )
    (tmp_path / "master.cfg").touch()
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("Buildbot is not installed here: run it where the master runs.\n")
