"""A backup holds what nothing can make again, and a restore puts it back beside the warehouse."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from headcount.questions import Removal
from headcount.server import commands
from headcount.server.commands.backup import backup_to
from headcount.server.commands.companions import missing, read_companions
from headcount.server.data.directory import DataDirectory
from headcount.server.data.removals import Removals
from headcount.server.data.simulation import Origin
from tests.support.command import headcount
from tests.support.serving import serving


def restore_from(path: Path, file: Path) -> dict[str, object]:
    """Bring a backup back; return what was put beside the warehouse."""
    restored: dict[str, object] = commands.run(path, "restore", file=str(file))
    return restored


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> DataDirectory:
    """A data directory with a fleet, a publication, a token, a removal that is planned, and a log of what was asked."""
    path: Path = tmp_path_factory.mktemp("backup")
    made = headcount("simulate", "--installs=80", "--days=450", "--seed=3", f"--into={path / 'data'}")
    assert made.returncode == 0, made.stderr
    backup_to(path / "data", path / "before it was published")
    assert headcount("publish", "--data", str(path / "data")).returncode == 0
    assert headcount("token", "--name", "Ada", "--data", str(path / "data")).returncode == 0
    Removals(DataDirectory(path / "data").removals).keep(Removal("python < 3.9", "its support has ended"))
    with serving(path / "data", path / "stderr") as server:
        server.ask("installs")
        server.stop()
    return DataDirectory(path / "data")


@pytest.fixture
def kept(original: DataDirectory, tmp_path: Path) -> Path:
    """Its backup."""
    backup_to(original.path, tmp_path / "kept")
    return tmp_path / "kept"


def _fresh(path: Path, original: DataDirectory) -> DataDirectory:
    """An empty directory but for the key."""
    path.mkdir()
    fresh = DataDirectory(path)
    (path / "HEADCOUNT").write_bytes((original.path / "HEADCOUNT").read_bytes())
    fresh.key.write_bytes(original.key.read_bytes())
    fresh.key.chmod(0o600)
    return fresh


def _answers(data: DataDirectory) -> str:
    asked = [headcount("ask", name, "--format", "json", "--data", str(data.path)) for name in ("installs", "plugins")]
    assert all(one.returncode == 0 for one in asked), asked
    return "".join(one.stdout for one in asked)


def test_all_but_the_key_and_the_log_is_there_again(original: DataDirectory, kept: Path, tmp_path: Path) -> None:
    """Byte for byte, also tokens and removals; and the same answers. The key is in no backup, and neither is the log."""
    fresh = _fresh(tmp_path / "fresh", original)
    restored = headcount("restore", str(kept), "--data", str(fresh.path))
    assert restored.returncode == 0, restored.stderr
    assert "are there again: 1." in restored.stdout
    assert "headcount token --list" in restored.stdout
    assert len(read_companions(original)) == 4
    assert read_companions(fresh) == read_companions(original)
    assert fresh.tokens.stat().st_mode & 0o077 == 0
    assert _answers(fresh) == _answers(original)
    assert original.questions.exists()
    assert not fresh.questions.exists()
    assert original.key.read_bytes() not in kept.read_bytes()
    with closing(duckdb.connect(str(fresh.warehouse), read_only=True)) as db:
        assert db.execute("FROM duckdb_tables() WHERE table_name = 'companions'").fetchall() == []


def test_a_server_makes_the_same_backup(original: DataDirectory, kept: Path, tmp_path: Path) -> None:
    """Through its socket."""
    with serving(original.path, tmp_path / "stderr") as server:
        backup_to(original.path, tmp_path / "served")
        assert server.stop() == ""
    fresh = [_fresh(tmp_path / name, original) for name in ("one", "two")]
    for data, file in zip(fresh, (kept, tmp_path / "served"), strict=True):
        restore_from(data.path, file)
    assert read_companions(fresh[0]) == read_companions(fresh[1])
    assert _answers(fresh[0]) == _answers(fresh[1])


def test_what_is_newer_stays(original: DataDirectory, kept: Path, tmp_path: Path) -> None:
    """A token that was revoked since does not hold again; what was published since stays; what was damaged is whole."""
    data = _fresh(tmp_path / "data", original)
    restore_from(data.path, kept)
    (token,) = json.loads(data.tokens.read_text())["tokens"]
    assert headcount("token", "--revoke", token["id"], "--data", str(data.path)).returncode == 0
    (published,) = data.publications.glob("*.json")
    whole = published.read_bytes()
    published.write_bytes(whole[:100])
    newer = whole.replace(f'"week": "{published.stem}"'.encode(), b'"week": "2099-W01"')
    (data.publications / "2099-W01.json").write_bytes(newer)
    assert restore_from(data.path, kept) == {"publications": 1, "records": 0, "tokens": False}
    assert published.read_bytes() == whole
    assert (data.publications / "2099-W01.json").read_bytes() == newer
    assert json.loads(data.tokens.read_text())["tokens"] == []
    assert restore_from(data.path, kept) == {"publications": 0, "records": 0, "tokens": False}


def test_a_damaged_publication_is_not_backed_up(original: DataDirectory, tmp_path: Path) -> None:
    """It would be put in the place of nothing."""
    data = _fresh(tmp_path / "data", original)
    data.publications.mkdir()
    (data.publications / "2026-W40.json").write_text("{")
    (data.publications / "2026-W41.json").write_bytes(next(original.publications.glob("*.json")).read_bytes())
    assert read_companions(data) == {}


def test_a_restore_writes_nowhere_else(original: DataDirectory, tmp_path: Path) -> None:
    """Only publications and tokens have a place, whatever names a backup holds."""
    data = _fresh(tmp_path / "data", original)
    content = next(original.publications.glob("*.json")).read_bytes()
    before = sorted(tmp_path.rglob("*"))
    names = ("../2026-W40.json", "publications/../../2026-W40.json", "pseudonym.key", "/tmp/2026-W40.json", "HEADCOUNT")
    assert missing(data, dict.fromkeys(names, content)) == {}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_week_that_may_have_been_published_is_not_computed_from_an_older_backup(
    original: DataDirectory, tmp_path: Path
) -> None:
    """Of what was loaded since, the backup knows nothing: its figures would be others."""
    data = _fresh(tmp_path / "data", original)
    restore_from(data.path, original.path.parent / "before it was published")
    refused = headcount("publish", "--data", str(data.path))
    assert refused.returncode == 1
    assert "was published before, or may have been" in refused.stderr
    assert read_companions(data).keys() == {"SIMULATED"}


def test_history_that_is_imported_changes_no_week_that_is_published(
    original: DataDirectory, kept: Path, tmp_path: Path
) -> None:
    """Not where it is asked for again; where its file is lost the warehouse has it."""
    data = _fresh(tmp_path / "data", original)
    restore_from(data.path, kept)
    history = tmp_path / "history.ndjson"
    assert headcount("simulate", "--installs=40", "--days=300", "--seed=9", f"--out={history}").returncode == 0
    before = _answers(data)
    assert headcount("import", str(history), "--data", str(data.path)).returncode == 0
    assert _answers(data) != before
    assert "stays as it is" in headcount("publish", "--data", str(data.path)).stdout
    assert read_companions(data) == {**read_companions(original), "SIMULATED": Origin.MIXED.value.encode()}
    file = next(data.publications.glob("*.json"))
    published = file.read_bytes()
    file.unlink()
    assert "stays as it is" in headcount("publish", "--data", str(data.path)).stdout
    assert file.read_bytes() == published
