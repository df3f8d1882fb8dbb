"""Masters that share one base directory, each with a configuration file of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headcount.contract import write_notices
from tests.support.command import preview
from tests.support.masters import SMALL, TAC, Master, collecting, start
from tests.support.waiting import wait_until

OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, id='random', level={level!r})]\n"
NAMES = {"master.cfg": "usage-report", "other.cfg": "usage-report.other.cfg"}


def _master(directory: Path, basedir: Path, configfile: str) -> Master:
    """A directory with a ``buildbot.tac`` alone."""
    directory.mkdir()
    tac = TAC.format(basedir=str(basedir)).replace("'master.cfg'", repr(configfile))
    (directory / "buildbot.tac").write_text(tac)
    return Master(directory)


@pytest.mark.ci
def test_two_masters_in_one_directory_are_two(tmp_path: Path) -> None:
    """Each has files of its own: report, secret and id, which a preview finds and `--reset-id` renews, and notices."""
    basedir = tmp_path / "shared"
    basedir.mkdir()
    masters = [_master(tmp_path / str(number), basedir, name) for number, name in enumerate(NAMES)]
    with collecting(published=write_notices([])) as collector:
        for name, level in zip(NAMES, ("basic", "full")):
            (basedir / name).write_text(SMALL + OURS.format(url=collector.url, level=level))
        with start(masters[0]) as one, start(masters[1]) as two:
            for master in (one, two):
                master.wait_for("the collector accepted the report")
            notices = [basedir / f"{stem}.notices" for stem in NAMES.values()]
            wait_until(lambda: all(path.exists() for path in notices), "each wrote that it asked for notices")
        requests = {request.body["headcount"]["level"]: request for request in collector.requests}
    both = [requests["basic"], requests["full"]]
    assert len({request.body["installid"] for request in both}) == 2
    assert len({request.headers["headcount-secret"] for request in both}) == 2
    kept = {f"{stem}.{kind}" for stem in NAMES.values() for kind in ("json", "secret", "id", "notices")}
    assert {path.name for path in basedir.iterdir() if "usage" in path.name} == kept
    for number, (name, stem) in enumerate(NAMES.items()):
        assert (basedir / f"{stem}.json").read_bytes() == both[number].text
        for argument in (str(number), basedir / name):
            compared = preview(argument, "--diff", cwd=tmp_path)
            assert (compared.returncode, compared.stdout) == (0, ""), compared.stderr
    before = {name: (basedir / name).read_text() for name in kept}
    assert preview("1", "--reset-id", cwd=tmp_path).returncode == 0
    changed = {name for name in kept if (basedir / name).read_text() != before[name]}
    assert changed == {"usage-report.other.cfg.secret", "usage-report.other.cfg.id"}


def test_the_database_is_taken_from_the_masters_own_last_report(tmp_path: Path) -> None:
    """Where it is behind a secret; the report of the other master says another one."""
    secret = "\nc['db_url'] = util.Interpolate('sqlite:///%(secret:database)s')\n"
    for name, database in zip(NAMES, ("postgresql", "mysql")):
        (tmp_path / name).write_text(SMALL + secret + OURS.format(url="https://c.invalid", level="basic"))
        (tmp_path / f"{NAMES[name]}.json").write_text(json.dumps({"db": database}))
        previewed = preview(tmp_path / name, cwd=tmp_path)
        assert json.loads(previewed.stdout)["db"] == database, previewed.stderr
