"""What a reconfig changes, when else a master reports, and under which id, on real masters."""

from __future__ import annotations

import json
from pathlib import Path

from headcount.client import secret_for
from tests.support.command import preview
from tests.support.masters import SMALL, collecting, make_master, running, start

BUILDER = """
c['builders'].append(util.BuilderConfig('b{0}', workernames=['w1'], factory=util.BuildFactory([])))
c['schedulers'].append(schedulers.ForceScheduler('force{0}', builderNames=['b{0}']))
"""
OURS = "\nc['configurators'] = [util.UsageData(url={url!r}{more})]\n"
STOCK = """
from buildbot import buildbot_net_usage_data
buildbot_net_usage_data.PHONE_HOME_URL = {url!r} + '/events/phone_home'
"""


def _quiet(log: str) -> bool:
    return "Traceback" not in log and "Unhandled" not in log and "reconfig aborted" not in log


_SENT, _NOT = "the collector accepted the report", "nothing is sent"


def test_a_reconfig_reports_what_it_changed_and_nothing_else(tmp_path: Path) -> None:
    """Another level, another configuration, off and on: each once; a reconfig that changes nothing sends nothing."""
    with collecting() as collector:

        def configuration(key: str, builders: int) -> str:
            more = "".join(BUILDER.format(number) for number in range(2, builders + 1))
            return (
                f"{SMALL}c['buildbotNetUsageData'] = {key}\n{more}{(OURS + STOCK).format(url=collector.url, more='')}"
            )

        first, *steps = [
            ("'basic'", 1, _SENT),
            ("'basic'", 1, _NOT),
            ("'basic'", 2, _SENT),
            ("'basic'", 2, _NOT),
            ("'full'", 2, _SENT),
            ("None", 2, None),
            ("None", 3, None),
            ("'basic'", 3, _SENT),
            ("lambda report: {'db': report['db']}", 3, _SENT),
            ("lambda report: dict(db='sqlite')", 3, _NOT),
            ("lambda report: None", 3, _NOT),
            ("'basic'", 4, _SENT),
        ]
        with running(tmp_path / "m", configuration(*first[:2])) as master:
            master.wait_for(_SENT)
            for key, builders, outcome in steps:
                (master.basedir / "master.cfg").write_text(configuration(key, builders))
                before = master.log().count(outcome) if outcome else 0
                master.reconfigure()
                if outcome:
                    master.wait_for(outcome, before + 1)
            log = master.stop()
        told = [(request.path, request.body["headcount"]["reason"], request.body["headcount"]["level"],
                 request.body.get("plugins", {}).get("buildbot.config.builder.BuilderConfig"))
                for request in collector.requests]  # fmt: skip
    assert told == [
        ("/v1/reports", "start", "basic", 1),
        ("/v1/reports", "reconfig", "basic", 2),
        ("/v1/reports", "reconfig", "full", 2),
        ("/v1/reports", "reconfig", "basic", 3),
        ("/v1/reports", "reconfig", "custom", None),
        ("/v1/reports", "reconfig", "basic", 4),
    ]
    assert len({request.body["headcount"]["report"] for request in collector.requests}) == len(told)
    assert "nothing is sent: the function returned None" in log
    assert _quiet(log)


WAITS = """
import os, time
def waits(report):
    while not os.path.exists(basedir + '/go'):
        time.sleep(0.02)
    return report
"""


def test_a_reconfig_overtakes_a_report_in_the_making(tmp_path: Path) -> None:
    """What an older setting would have sent is not sent; the report that is says `start`, since the start is unreported."""
    with collecting() as collector:
        base = SMALL + WAITS + OURS.format(url=collector.url, more="")
        with running(tmp_path / "m", f"{base}c['buildbotNetUsageData'] = waits\n") as master:
            for key in ("'full'", "'basic'"):
                (master.basedir / "master.cfg").write_text(f"{base}c['buildbotNetUsageData'] = {key}\n")
                master.reconfigure()
            (master.basedir / "go").touch()
            master.wait_for(_NOT)
            log = master.stop()
        told = [request.body["headcount"] for request in collector.requests]
    assert [(one["level"], one["reason"]) for one in told] == [("basic", "start")]
    assert _quiet(log)


HURRIED = """
from headcount.client import _courier
_courier._FIRST = 0.2
"""


def test_a_reconfig_withdraws_a_report_that_was_not_delivered(tmp_path: Path) -> None:
    """Where nothing is to be said now, what was to be said before is not tried again; it is new when it is wanted again."""
    with collecting(status=503) as collector:
        base = SMALL + HURRIED + OURS.format(url=collector.url, more="")
        full, nothing = (f"{base}c['buildbotNetUsageData'] = {key}\n" for key in ("'full'", "lambda report: None"))
        with running(tmp_path / "m", full) as master:
            collector.wait(2)
            (master.basedir / "master.cfg").write_text(nothing)
            master.reconfigure()
            master.wait_for(_NOT)
            tried = len(collector.requests)
            (master.basedir / "master.cfg").write_text(full)
            master.reconfigure()
            collector.wait(tried + 3)
            log = master.stop()
        ids = [request.body["headcount"]["report"] for request in collector.requests]
    assert ids[0] not in ids[tried + 1 :]  # but for one that was under way
    assert len(set(ids[tried + 1 :])) == 1
    assert _quiet(log)


FAST = """
from twisted.internet import reactor
from headcount.client import _service
class Fast:  # a clock on which a day takes half a second
    rate = 2 * 86400
    def seconds(self):
        return reactor.seconds() * self.rate
    def callLater(self, seconds, *arguments, **keywords):
        return reactor.callLater(seconds / self.rate, *arguments, **keywords)
_service.reactor = Fast()
from datetime import timedelta
"""


def test_a_periodic_reporter_reports_by_the_calendar(tmp_path: Path) -> None:
    """Every so many days, as a report of its own each time, that says how many; a master may run for a year."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=", every=timedelta(days=2)")
        with running(tmp_path / "m", SMALL + FAST + ours) as master:
            collector.wait(3)
            log = master.stop()
        bodies = [request.body for request in collector.requests]
    assert [body["headcount"]["reason"] for body in bodies[:3]] == ["start", "periodic", "periodic"]
    assert {body["headcount"]["every"] for body in bodies} == {2}
    assert len({body["headcount"]["report"] for body in bodies}) == len(bodies)
    assert _quiet(log)


def test_two_masters_on_one_database_are_two_and_stay_so(tmp_path: Path) -> None:
    """Each keeps its random id and its secret in its own directory, over a restart; `--reset-id` makes them anew."""
    with collecting() as collector:
        shared = f"c['db_url'] = 'sqlite:///{tmp_path}/shared.sqlite'\nc['multiMaster'] = True\n"
        ours = OURS.format(url=collector.url, more=", level='full', id='random'")
        configuration = SMALL + shared + ours
        seen: list[tuple[str, str]] = []
        one, two = (make_master(tmp_path / name, configuration) for name in ("one", "two"))
        one.upgrade()
        for master in (one, two, one):
            with start(master):
                request = collector.wait(len(seen) + 1)
                master.wait_for("the collector accepted the report")
                log = master.stop()
            assert _quiet(log)
            seen.append((request.body["installid"], request.headers["headcount-secret"]))
            assert request.body["multi_master"] is True
            assert request.headers["headcount-secret"] not in log + request.text.decode()
        assert seen[0] != seen[1]
        assert seen[0] == seen[2]
    previewed = json.loads(preview("one", cwd=tmp_path).stdout)
    assert previewed["installid"] == seen[0][0]
    reset = preview("one", "--reset-id", cwd=tmp_path)
    assert reset.returncode == 0, reset.stderr
    anew = json.loads(reset.stdout)["installid"]
    assert anew != seen[0][0]
    assert json.loads(preview("one", cwd=tmp_path).stdout)["installid"] == anew
    secret = (tmp_path / "one" / "usage-report.secret").read_text().strip()
    assert len(secret) == 64
    assert secret_for(collector.url, secret) != seen[0][1]


UNWRITABLE = """
from headcount.client import _files
def refuse(*_):  # as a read-only file system does; root is not kept out by the mode of a directory
    raise OSError(30, 'Read-only file system')
_files._write = refuse
"""


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The report is sent, without a secret and without an id that would be new at each start; the log alone has it."""
    with collecting() as collector:
        ours = OURS.format(url=collector.url, more=", id='random'")
        unwritable = (
            "\nimport headcount.client._files as files\nfiles._write = lambda *_: (_ for _ in ()).throw(OSError())\n"
        )
        with running(tmp_path / "m", SMALL + unwritable + ours) as master:
            request = collector.wait()
            master.wait_for("the collector accepted the report")
            log = master.stop()
    assert "installid" not in request.body
    assert "headcount-secret" not in request.headers
    assert "the master's directory cannot be written" in log
    assert "a random id cannot be kept, so the report has none" in log
    assert request.text.decode() in log
    assert not list((tmp_path / "m").glob("usage-report*"))
    assert _quiet(log)


def test_the_environment_switches_it_off(tmp_path: Path) -> None:
    """`DO_NOT_TRACK=1` or `HEADCOUNT=off`: neither our reporter nor stock's sends, and the log says why."""
    with collecting() as collector:
        configuration = SMALL + (OURS + STOCK).format(url=collector.url, more=", level='full'")
        for name, value in (("DO_NOT_TRACK", "1"), ("HEADCOUNT", "off")):
            with running(tmp_path / name, configuration, {name: value}) as master:
                log = master.stop()
            assert f"headcount: nothing is reported: {name}" in log
            assert "sending" not in log
            assert _quiet(log)
        assert collector.requests == []
