"""`headcount preview FILE` is of that file, and of the master that loads it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.command import preview
from tests.support.masters import SMALL, TAC, Master, collecting, start

OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, level='full')]\n"
BESIDE = """
import os.path
from beside import builders
c['builders'] += builders
open(os.path.join(basedir, 'beside.py')).close()
"""
BUILDERS = """
from buildbot.plugins import util
builders = [util.BuilderConfig(f'more{i}', workernames=['w1'], factory=util.BuildFactory([])) for i in range(3)]
"""
SCHEDULED = (
    "\nc['schedulers'][0] = schedulers.ForceScheduler('force', builderNames=[each.name for each in c['builders']])\n"
)
PARENT = """
import os
from twisted.application import service
from buildbot.master import BuildMaster

{first}basedir = os.path.dirname(os.path.dirname(os.path.abspath({file})))
configfile = 'sub/master.cfg'
application = service.Application('buildmaster')
BuildMaster(basedir, configfile, umask=None).setServiceParent(application)
"""

NEVER_RAN = "headcount preview: what releases the workers have cannot be known before the master ran: left out\n"


def _tac(directory: Path, basedir: str, configfile: str = "master.cfg") -> None:
    directory.mkdir(exist_ok=True)
    text = TAC.format(basedir=basedir).replace("'master.cfg'", repr(configfile))
    (directory / "buildbot.tac").write_text(text)


def _configuration(path: Path, more: str = "", url: str = "https://collector.invalid") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(SMALL + more + OURS.format(url=url))


def test_a_checkout_whose_tac_names_a_directory_that_is_not_here(tmp_path: Path) -> None:
    """The file is loaded beside what it imports, as `buildbot checkconfig` does; the id is of the directory of the tac."""
    checkout = tmp_path / "checkout"
    _tac(checkout, "/srv/buildbot/none")
    _configuration(checkout / "master.cfg", BESIDE + SCHEDULED)
    (checkout / "beside.py").write_text(BUILDERS)
    found = preview("checkout/master.cfg", cwd=tmp_path)
    assert json.loads(found.stdout)["plugins"]["buildbot.config.builder.BuilderConfig"] == 4, found.stderr
    assert "buildbot.tac says that the master's directory is /srv/buildbot/none" in found.stderr
    assert f"{checkout}/master.cfg is not in the master's directory, /srv/buildbot/none: it is loaded" in found.stderr
    here = preview("checkout/master.cfg", "--basedir", "checkout", cwd=tmp_path)
    assert here.stderr == NEVER_RAN
    given = preview("checkout/master.cfg", "--basedir", "/srv/buildbot/none", cwd=tmp_path)
    ids = [json.loads(each.stdout)["installid"] for each in (found, here, given)]
    assert ids[0] == ids[2] != ids[1]
    directory = preview("checkout", cwd=tmp_path)
    assert (directory.returncode, directory.stdout) == (1, "")
    assert "there is no /srv/buildbot/none/master.cfg" in directory.stderr
    assert json.loads(preview("checkout", "--basedir", "checkout", cwd=tmp_path).stdout)["installid"] == ids[1]


def test_the_file_that_was_named_and_not_its_namesake(tmp_path: Path) -> None:
    """Where the tac's directory is here and has a file of that name; its last report is what `--diff` compares with."""
    master, checkout = tmp_path / "master", tmp_path / "checkout"
    _configuration(master / "master.cfg", "c['title'] = 'the one that runs'\nc['multiMaster'] = True\n")
    _tac(checkout, str(master))
    _configuration(checkout / "master.cfg")
    (master / "usage-report.json").write_text(preview("master/master.cfg", cwd=tmp_path).stdout)
    named = preview("checkout/master.cfg", cwd=tmp_path)
    assert json.loads(named.stdout)["multi_master"] is False, named.stderr
    assert json.loads(preview("checkout", cwd=tmp_path).stdout)["multi_master"] is True
    compared = preview("checkout/master.cfg", "--diff", cwd=tmp_path).stdout
    changed = [line for line in compared.splitlines() if line.startswith(("- ", "+ "))]
    assert changed == ['- "multi_master": true,', '+ "multi_master": false,']


@pytest.mark.parametrize("first", ["", "basedir = '.'\n"])
def test_a_tac_that_computes_its_directory_as_the_parent(tmp_path: Path, first: str) -> None:
    """The tac's path of the file tells the directory; named as a directory, `--basedir` tells it."""
    basedir = tmp_path / "m"
    with collecting() as collector:
        _configuration(basedir / "master.cfg")
        _configuration(basedir / "sub" / "master.cfg", BESIDE + SCHEDULED, collector.url)
        (basedir / "beside.py").write_text(BUILDERS)
        # twistd executes a tac without `__file__`, from the directory of the tac
        (basedir / "sub" / "buildbot.tac").write_text(PARENT.format(first=first, file="'buildbot.tac'"))
        with start(Master(basedir / "sub")) as running:
            running.wait_for("the collector accepted the report")
            report = json.loads((basedir / "usage-report.sub%2Fmaster.cfg.json").read_text())
    assert report["installid"] == collector.requests[0].body["installid"]
    for arguments in (["m/sub/master.cfg"], ["m/sub", "--basedir", "m"], ["m/sub/master.cfg", "--basedir", "m"]):
        found = preview(*arguments, cwd=tmp_path)
        assert json.loads(found.stdout)["installid"] == report["installid"], found.stderr
        assert (f"assumed that it is {basedir}" in found.stderr) == ("--basedir" not in arguments)
        assert preview(*arguments, "--diff", cwd=tmp_path).stdout == ""


def test_a_file_in_a_subdirectory_that_a_tac_above_names(tmp_path: Path) -> None:
    """It is loaded from the tac's directory, and without a word; a file that no tac names has its own directory."""
    basedir = tmp_path / "m"
    _tac(basedir, str(basedir), "sub/own.cfg")
    _configuration(basedir / "sub" / "own.cfg", BESIDE + SCHEDULED)
    (basedir / "beside.py").write_text(BUILDERS)
    by_file, by_directory = preview("m/sub/own.cfg", cwd=tmp_path), preview("m", cwd=tmp_path)
    ids = [json.loads(each.stdout)["installid"] for each in (by_file, by_directory)]
    assert ids[0] == ids[1]
    assert by_file.stderr == NEVER_RAN
    shutil.copy(basedir / "beside.py", basedir / "sub")
    shutil.copy(basedir / "sub" / "own.cfg", basedir / "sub" / "other.cfg")
    other = preview("m/sub/other.cfg", cwd=tmp_path)
    assert json.loads(other.stdout)["installid"] != ids[0]
    assert f"assumed that the master's directory is {basedir}/sub" in other.stderr


def test_a_file_by_an_absolute_path_in_the_tac(tmp_path: Path) -> None:
    """It lies elsewhere and is the master's own: it is loaded in the master's directory."""
    basedir, elsewhere = tmp_path / "m", tmp_path / "elsewhere"
    basedir.mkdir()
    _tac(elsewhere, str(basedir), str(elsewhere / "master.cfg"))
    _configuration(elsewhere / "master.cfg", BESIDE + SCHEDULED)
    (basedir / "beside.py").write_text(BUILDERS)
    by_file, by_directory = preview("elsewhere/master.cfg", cwd=tmp_path), preview("elsewhere", cwd=tmp_path)
    ids = [json.loads(each.stdout)["installid"] for each in (by_file, by_directory)]
    assert ids[0] == ids[1], by_file.stderr
