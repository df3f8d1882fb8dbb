"""A simulated fleet is never taken for a real one, nor put among real reports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headcount.server.data.directory import DataDirectory
from headcount.server.data.simulation import Origin, SimulationMark
from tests.support.command import Done, headcount
from tests.support.reports import REPORT
from tests.support.serving import serving
from tests.support.waiting import wait_until


def _simulate(data: Path, seed: int = 1) -> Done:
    return headcount("simulate", "--installs=3", "--days=60", f"--seed={seed}", f"--into={data}")


def _origin(data: Path) -> Origin:
    return SimulationMark(DataDirectory(data).simulated).origin()


def _do(*arguments: object) -> Done:
    done = headcount(*map(str, arguments))
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a simulated fleet."""
    path: Path = tmp_path_factory.mktemp("simulated") / "data"
    assert _simulate(path).returncode == 0
    return path


@pytest.fixture
def data(simulated: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(simulated, tmp_path / "data"))


def test_a_directory_that_is_filled_is_marked(data: Path) -> None:
    """Also one that was filled before there were marks, and one that more is put into; the doctor says so."""
    assert _origin(data) is Origin.SIMULATED
    DataDirectory(data).simulated.unlink()
    assert _simulate(data, seed=2).returncode == 0
    assert _origin(data) is Origin.SIMULATED
    doctor = _do("doctor", "--data", data)
    assert "the reports are of a simulated fleet, and every page says so" in doctor.stdout


def test_real_reports_are_left_alone(tmp_path: Path) -> None:
    """Whether they wait or are loaded, with a server or without one: one sentence, and nothing is put among them."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        assert served.post("/v1/reports", REPORT).status == 202
        refused = [_simulate(data)]
        served.wait_for_installations(1)
        refused.append(_simulate(data))
    refused.append(_simulate(data))
    for each in refused:
        assert each.returncode == 1
        assert each.stderr.startswith(f"headcount: {data} holds reports that were not simulated")
        assert each.stderr.count("\n") == 1
    assert _origin(data) is Origin.REAL
    assert [path.stem for path in DataDirectory(data).inboxes.glob("*.sqlite")] == ["serve"]


def test_real_reports_among_simulated_ones_are_said(data: Path, tmp_path: Path) -> None:
    """By the mark, which stays, and by the doctor, to whom that is wrong; no more are simulated then."""
    with serving(data, tmp_path / "stderr") as served:
        assert _simulate(data, seed=2).returncode == 0, "a server that runs takes them too"
        assert served.post("/v1/reports", REPORT).status == 202
        wait_until(lambda: _origin(data) is Origin.MIXED, "the report was noted")
    doctor = headcount("doctor", f"--data={data}")
    assert doctor.returncode == 1
    assert "real reports are among those of a simulated fleet" in doctor.stdout
    refused = _simulate(data, seed=3)
    assert (refused.returncode, _origin(data)) == (1, Origin.MIXED)


def test_a_backup_has_the_mark(data: Path, tmp_path: Path) -> None:
    """It comes back with the reports, into another directory too; and stays where the reports go, since its tables do."""
    _do("backup", tmp_path / "kept", "--data", data)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(data / "pseudonym.key", other)
    _do("restore", tmp_path / "kept", "--data", other)
    assert _origin(other) is Origin.SIMULATED
    _do("restore", "--empty", "--data", other)
    assert _origin(other) is Origin.SIMULATED


def test_an_export_has_the_mark(data: Path, tmp_path: Path) -> None:
    """It is imported where the fleet is and into a new directory, and simulated there; it is not put among real reports."""
    _do("export", tmp_path / "exported", "--data", data)
    for name in ("new", "real"):
        (tmp_path / name).mkdir()
        shutil.copy(data / "pseudonym.key", tmp_path / name)
    _do("import", tmp_path / "exported", "--data", data)
    _do("import", tmp_path / "exported", "--data", tmp_path / "new")
    for each in (data, tmp_path / "new"):
        _do("ask", "installs", "--data", each)  # which does what a server does after each load
        assert _origin(each) is Origin.SIMULATED
    _do("simulate", "--installs=1", "--days=60", "--out", tmp_path / "reports")
    _do("import", tmp_path / "reports", "--data", tmp_path / "real")
    refused = headcount("import", str(tmp_path / "exported"), f"--data={tmp_path / 'real'}")
    assert refused.returncode == 1
    assert "holds reports that were not simulated" in refused.stderr


def test_an_empty_collector_can_be_filled(tmp_path: Path) -> None:
    """One that was started and has no report yet: whoever looks around wants that."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        assert served.ever_seen() == 0
        assert _simulate(data).returncode == 0
        wait_until(lambda: served.ever_seen() > 0, "the fleet was loaded")
    assert _origin(data) is Origin.SIMULATED
