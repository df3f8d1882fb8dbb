"""`headcount preview` prints the bytes that the master posts, but for the report's id and reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from headcount.contract import ACCOMPANIMENTS, CATALOG, Accompaniment, Field
from tests.support.command import Done, preview
from tests.support.masters import SMALL, Master, Request, collecting, make_master, start

OURS = "\nc['configurators'] = [util.UsageData(url={url!r}{more})]\n"
RELOCATABLE = """
import os
from twisted.application import service
from buildbot.master import BuildMaster

basedir = '.'
configfile = 'master.cfg'
if basedir == '.':
    basedir = os.path.abspath(os.path.dirname(__file__))
application = service.Application('buildmaster')
BuildMaster(basedir, configfile, umask=None).setServiceParent(application)
"""


@contextmanager
def _posted(master: Master, collected: list[Request]) -> Iterator[Request]:
    """Run a master until its report is accepted; it runs on for the rest of the context."""
    with start(master) as running:
        running.wait_for("the collector accepted the report")
        yield collected[-1]
        running.stop()


def _but_for_the_report(text: bytes) -> bytes:
    envelope = json.loads(text)["headcount"]
    return text.replace(envelope["report"].encode(), b"").replace(envelope["reason"].encode(), b"")


def _agrees(previewed: Done, request: Request) -> bool:
    assert previewed.returncode == 0, previewed.stderr
    return _but_for_the_report(previewed.stdout.encode()) == _but_for_the_report(request.text) + b"\n"


FUNCTIONS = """
from twisted.internet import defer, reactor, task
print('a configuration may print')
async def less(report):
    await task.deferLater(reactor, 0.01)
    print('a function may print')
    del report['platform']
    return report
"""


@pytest.mark.parametrize(
    "more", ["level='full', every=__import__('datetime').timedelta(days=7)", "level=less, id='random'"]
)
def test_what_is_previewed_is_what_is_posted(tmp_path: Path, more: str) -> None:
    """Before the master ever ran too, but for an id that it has yet to make, and for what its database tells of workers."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=f", {more}")
        master = make_master(tmp_path / "m", SMALL + FUNCTIONS + ours)
        before = preview("m", cwd=tmp_path)
        with _posted(master, collector.requests) as request:
            example = json.loads(before.stdout)["installid"] if "random" in more else request.body["installid"]
            printed = before.printed.replace(example.encode(), request.body["installid"].encode())
            seen = json.dumps({"workers": request.body["workers"]}, separators=(",", ":")).encode()
            printed = printed.replace(b'"db_driver":', seen[1:-1] + b',"db_driver":')
            assert _agrees(replace(before, printed=printed), request)
        after = preview("m/master.cfg", cwd=tmp_path)
        assert _agrees(after, request)
    assert "what releases the workers have cannot be known before the master ran: left out" in before.stderr
    assert "what releases the workers have is taken from the last report" in after.stderr
    assert before.stdout.count("\n") == 1
    assert "a configuration may print" in before.stderr


def test_a_relocatable_master_behind_a_link_has_the_id_of_the_running_one(tmp_path: Path) -> None:
    """Its directory is the one that links lead to, since that is where the master's process is."""
    with collecting() as collector:
        master = make_master(tmp_path / "real", SMALL + OURS.format(url=collector.url, more=""))
        (tmp_path / "real" / "buildbot.tac").write_text(RELOCATABLE)
        (tmp_path / "link").symlink_to("real")
        with _posted(Master(tmp_path / "link"), collector.requests) as request:
            for name in ("link", "real", "link/master.cfg"):
                previewed = preview(name, cwd=tmp_path)
                assert _agrees(previewed, request)
                assert previewed.stderr == ""
        assert master.log()


def test_without_a_tac_the_directory_is_assumed(tmp_path: Path) -> None:
    """With only a `master.cfg`, it is said what had to be assumed, on standard error."""
    with collecting() as collector:
        master = make_master(tmp_path / "m", SMALL + OURS.format(url=collector.url, more=""))
        tac = (tmp_path / "m" / "buildbot.tac").read_text()
        (tmp_path / "m" / "buildbot.tac").unlink()
        for name in ("m", "m/master.cfg"):
            previewed = preview(name, cwd=tmp_path)
            assert f"assumed that the master's directory is {tmp_path / 'm'}" in previewed.stderr
        (tmp_path / "m" / "buildbot.tac").write_text(tac)
        with _posted(master, collector.requests) as request:
            assert _agrees(previewed, request)


JANITOR = (
    "c['configurators'] = [util.JanitorConfigurator(logHorizon=__import__('datetime').timedelta(weeks=1), hour=3)]"
)


@pytest.mark.parametrize(
    "ours", ["", "\nc['configurators'].append(util.UsageData('https://collector.invalid', level=None))"]
)
def test_before_it_is_switched_on_a_preview_tells_what_would_leave(tmp_path: Path, ours: str) -> None:
    """With a level that is asked for; also of the configurators, which only they who configure can know."""
    make_master(tmp_path / "m", SMALL + JANITOR + ours)
    previewed = preview("m", "--level", "full", cwd=tmp_path)
    body = json.loads(previewed.stdout)
    assert body["configurators"] == {"buildbot.configurators.janitor.JanitorConfigurator": 1}
    assert "buildbot.schedulers.timed.Nightly" not in body["plugins"]
    assert "what releases the workers have cannot be known" in previewed.stderr


SECRET = """
from buildbot.plugins import secrets
c['secretsProviders'] = [secrets.SecretInAFile(basedir + '/secrets')]
c['db_url'] = util.Interpolate('sqlite:///%(secret:database)s')
"""


def test_a_database_behind_a_secret_is_taken_from_the_last_report(tmp_path: Path) -> None:
    """The preview asks no secret; before the first report it leaves the database out, and says so."""
    with collecting() as collector:
        master = make_master(tmp_path / "m", SMALL + SECRET + OURS.format(url=collector.url, more=""))
        (tmp_path / "m" / "secrets").mkdir(mode=0o700)
        secret = tmp_path / "m" / "secrets" / "database"
        secret.write_text("hidden.sqlite")
        secret.chmod(0o600)
        first = preview("m", cwd=tmp_path)
        assert "db" not in json.loads(first.stdout)
        assert "the type of the database cannot be known before the master ran: left out" in first.stderr
        master.upgrade()
        with _posted(master, collector.requests) as request:
            previewed = preview("m", cwd=tmp_path)
            assert _agrees(previewed, request)
        assert request.body["db"] == "sqlite"
    assert "its type is taken from the last report" in previewed.stderr
    assert "hidden" not in request.text.decode() + previewed.stdout


def test_it_is_explained_and_compared(tmp_path: Path) -> None:
    """`--explain`: why each field; `--diff`: what has changed since it was last sent."""
    with collecting() as collector:
        configuration = SMALL + OURS.format(url=collector.url, more=", level='full'")
        master = make_master(tmp_path / "m", configuration)
        never = preview("m", "--diff", cwd=tmp_path)
        assert (never.returncode, never.stdout) == (1, "")
        assert "nothing was sent yet" in never.stderr
        with _posted(master, collector.requests):
            pass
    same = preview("m", "--diff", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "")
    (tmp_path / "m" / "master.cfg").write_text(configuration.replace("steps.ShellCommand(command=['true'])", ""))
    changed = preview("m", "--diff", cwd=tmp_path)
    assert '-  "buildbot.steps.shell.ShellCommand": 1,' in changed.stdout
    explained = preview("m", "--explain", cwd=tmp_path)
    told: list[Field | Accompaniment] = [*CATALOG, *ACCOMPANIMENTS]
    for thing in told:
        assert f"{thing.path} = " in explained.stdout
        assert thing.why in explained.stdout
    assert "Not sent: " not in explained.stdout
    assert (
        "Not sent: versions.SQLAlchemy, builders, multi_master, build, workers, db_driver"
        in preview("m", "--explain", "--level", "basic", cwd=tmp_path).stdout
    )


@pytest.mark.parametrize(
    ("configured", "arguments", "says"),
    [
        ("", ("--reset-id",), "give id='random' to UsageData"),
        (", level=lambda report: 1 / 0", (), "the function raised ZeroDivisionError"),
        (
            ", level=lambda report: dict(home=basedir)",
            (),
            "the function added 1 key that the catalog of fields does not",
        ),
        (", level=None", (), "this master sends nothing: its level is None"),
        (
            ")]\nc['buildbotNetUsageData'], c['configurators'] = None, [*(",
            (),
            "this master sends nothing: util.UsageData is in master.cfg, but not among",
        ),
        (", every=7", (), "every of UsageData must be a number of whole days"),
        (", id='mine'", (), "the id of UsageData must be 'random', or left out"),
    ],
)
def test_where_nothing_would_be_sent_it_says_why(
    tmp_path: Path, configured: str, arguments: tuple[str, ...], says: str
) -> None:
    """One sentence on standard error, nothing on standard output, and status 1."""
    make_master(tmp_path / "m", SMALL + OURS.format(url="https://collector.invalid", more=configured))
    done = preview("m", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("headcount preview: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_switches_the_preview_off_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the master that has it; a level that is asked for is shown all the same."""
    make_master(tmp_path / "m", SMALL + OURS.format(url="https://collector.invalid", more=""))
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    done = preview("m", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "DO_NOT_TRACK is set in this environment" in done.stderr
    assert preview("m", "--level", "basic", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("more", ["", ", id='random'"])
def test_a_preview_writes_nothing(tmp_path: Path, more: str) -> None:
    """Executing `buildbot.tac` would open the master's log: it is read as syntax. Secret and id are made to be sent."""
    make_master(tmp_path / "m", SMALL + OURS.format(url="https://collector.invalid", more=more))
    one, two = preview("m", cwd=tmp_path), preview("m", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "m").iterdir()} == {"buildbot.tac", "master.cfg"}
    if more:
        assert "there is no usage-report.id yet: the installid is an example" in one.stderr
        assert json.loads(one.stdout)["installid"] != json.loads(two.stdout)["installid"]
    else:
        assert _agrees(one, Request("", {}, two.printed.rstrip()))
